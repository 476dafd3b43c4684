import type { Violation } from "../../errors.ts";
import { type Fields, list, map, message, oneOf, text, textValue } from "../../message.ts";
import {
  complainIf,
  complaint,
  each,
  fields,
  isSet,
  list as items,
  text as textOf,
} from "../../rules/checks.ts";
import { type EnvoyType, envoyProblem, envoyResourceProblem } from "../../rules/envoy.ts";
import { checkSelectors } from "../../rules/tags.ts";
import type { Kind } from "../kind.ts";
import { notEmpty, olderPolicy, selectorsOnly } from "./older-policy.ts";

const modification = (match: Parameters<typeof message>[0]) =>
  message({ match: message({ origin: text, name: text, ...match }), operation: text, value: text });

const filter = modification({ listenerName: text, listenerTags: map(textValue) });

/** What is changed in the configuration of Envoy. */
export const proxyTemplate: Kind = olderPolicy(
  "ProxyTemplate",
  "proxytemplates",
  {
    ...selectorsOnly,
    conf: message({
      imports: list(textValue),
      resources: list(message({ name: text, version: text, resource: text })),
      modifications: list(
        oneOf({
          cluster: modification({}),
          listener: modification({ tags: map(textValue) }),
          networkFilter: filter,
          httpFilter: filter,
          virtualHost: modification({ routeConfigurationName: text }),
        }),
      ),
    }),
  },
  ({ selectors, conf }) => [
    ...checkSelectors(selectors, "selectors", { some: true, service: true }, { mayBeNone: true }),
    ...checkImports(fields(conf).imports),
    ...each(fields(conf).resources, "conf.resources", checkResource),
    ...each(fields(conf).modifications, "conf.modifications", checkModification),
  ],
);

const PROFILES = ["default-proxy", "egress-proxy", "gateway-proxy", "ingress-proxy"];

function checkImports(imports: unknown): Violation[] {
  return items(imports).flatMap((profile, index) => {
    const field = `conf.imports[${index}]`;
    if (profile === "") return complaint(field, "cannot be empty");
    const reason = `profile not found. Available profiles: ${PROFILES.join(",")}`;
    return complainIf(!PROFILES.includes(textOf(profile)), field, reason);
  });
}

const notValid = (problem: string | undefined, field: string): Violation[] =>
  problem === undefined ? [] : complaint(field, `native Envoy resource is not valid: ${problem}`);

function checkResource({ name, version, resource }: Fields, field: string): Violation[] {
  return [
    ...notEmpty(name, `${field}.name`),
    ...notEmpty(version, `${field}.version`),
    ...(isSet(resource)
      ? notValid(envoyResourceProblem(textOf(resource)), `${field}.resource`)
      : complaint(`${field}.resource`, "cannot be empty")),
  ];
}

const MODIFIED: Record<string, EnvoyType> = {
  cluster: "Cluster",
  listener: "Listener",
  networkFilter: "Filter",
  httpFilter: "HttpFilter",
  virtualHost: "VirtualHost",
};

function checkModification(change: Fields, parent: string): Violation[] {
  const [name] = Object.keys(change);
  if (name === undefined) return [];
  const { operation, match, value } = fields(change[name]);
  const field = `${parent}.${name}`;
  const isFilter = name.endsWith("Filter");
  const operations = isFilter
    ? ["addFirst", "addLast", "addBefore", "addAfter", "patch", "remove"]
    : ["add", "patch", "remove"];
  if (!operations.includes(textOf(operation))) {
    const known = operations.map((each) => JSON.stringify(each)).join(", ");
    return complaint(`${field}.operation`, `invalid operation. Available operations: ${known}`);
  }
  if (operation === "remove") return [];
  return [
    ...checkMatch(name, textOf(operation), match, field),
    ...notValid(
      envoyProblem(MODIFIED[name] ?? "Cluster", textOf(value), operation !== "patch"),
      `${field}.value`,
    ),
  ];
}

function checkMatch(name: string, operation: string, match: unknown, field: string): Violation[] {
  const isNamed = isSet(fields(match).name);
  if (operation === "add") {
    return name === "virtualHost"
      ? complainIf(isNamed, `${field}.match.name`, "cannot be defined")
      : complainIf(isSet(match), `${field}.match`, "cannot be defined");
  }
  if (!name.endsWith("Filter")) return [];
  const pick = (place: string) =>
    `cannot be empty. You need to pick a filter ${place} which this one will be added`;
  const reasons: Record<string, string> = {
    addBefore: pick("before"),
    addAfter: pick("after"),
    patch: "cannot be empty",
  };
  const reason = reasons[operation];
  return reason && !isNamed ? complaint(`${field}.match.name`, reason) : [];
}
