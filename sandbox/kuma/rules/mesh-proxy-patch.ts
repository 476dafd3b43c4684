import type { Violation } from "../errors.ts";
import type { Fields } from "../message.ts";
import { complainIf, complaint, each, fields, isSet, list, text } from "./checks.ts";
import { type EnvoyType, envoyProblem } from "./envoy.ts";
import { checkTop, policyWarnings, type Rules, TOP } from "./policy.ts";

/** What a modification changes, with the type of Envoy that its value has. */
const MODIFIED: Record<string, EnvoyType> = {
  cluster: "Cluster",
  listener: "Listener",
  virtualHost: "VirtualHost",
  networkFilter: "Filter",
  httpFilter: "HttpFilter",
};

/** Changes of Envoy: one at a time, and values that are resources of Envoy. */
export const meshProxyPatch: Rules = {
  typing: { keptNull: ["jsonPatches.value"] },
  check(spec, circumstances) {
    const { appendModifications } = fields(spec.default);
    const field = "spec.default.appendModifications";
    return [
      ...checkTop(spec, circumstances, TOP, { byRole: true, noInbound: true, noListeners: true }),
      ...complainIf(list(appendModifications).length === 0, field, "must not be empty"),
      ...each(appendModifications, field, checkModification),
    ];
  },
  warnings: (spec) => policyWarnings(spec),
};

function checkModification(modification: Fields, field: string): Violation[] {
  const names = Object.keys(MODIFIED).filter((name) => isSet(modification[name]));
  const [name] = names;
  if (name === undefined || names.length > 1) {
    const count = `Currently, ${names.length} modifications are defined`;
    return complaint(field, `exactly one modification can be defined at a time. ${count}`);
  }
  const change = fields(modification[name]);
  return [
    ...checkMatch(name, change, `${field}.${name}.match`),
    ...checkValue(name, change, `${field}.${name}`),
  ];
}

function checkMatch(name: string, { operation, match }: Fields, field: string): Violation[] {
  const isNamed = isSet(fields(match).name);
  if (!name.endsWith("Filter")) {
    if (operation !== "Add") return [];
    return name === "virtualHost"
      ? complainIf(isNamed, `${field}.name`, "must not be defined")
      : complainIf(isSet(match), field, "must not be defined");
  }
  const pick = (place: string) =>
    `must be defined. You need to pick a filter ${place} which this one will be added`;
  const reasons: Record<string, string> = {
    AddBefore: pick("before"),
    AddAfter: pick("after"),
    Patch: "must be defined",
  };
  const reason = reasons[text(operation)];
  return reason && !isNamed ? complaint(`${field}.name`, reason) : [];
}

function checkValue(name: string, { operation, value, jsonPatches }: Fields, field: string): Violation[] {
  if (operation === "Remove") return complainIf(isSet(value), `${field}.value`, "must not be defined");
  if (operation !== "Patch") {
    if (!isSet(value)) return complaint(`${field}.value`, "must be defined");
    return checkResource(name, text(value), `${field}.value`, true);
  }
  const hasPatches = list(jsonPatches).length > 0;
  if (isSet(value)) {
    const both = `${name} must have only one type defined: value, jsonPatches`;
    return hasPatches ? complaint(field, both) : checkResource(name, text(value), `${field}.value`, false);
  }
  if (!hasPatches) return complaint(field, `${name} must have exactly one defined: value, jsonPatches`);
  return each(jsonPatches, `${field}.jsonPatches`, checkJsonPatch);
}

function checkResource(name: string, value: string, field: string, isWhole: boolean): Violation[] {
  const problem = envoyProblem(MODIFIED[name] ?? "Cluster", value, isWhole);
  return problem === undefined ? [] : complaint(field, `native Envoy resource is not valid: ${problem}`);
}

function checkJsonPatch({ op, from, value, path }: Fields, field: string): Violation[] {
  const only = (name: string, given: unknown, ...operations: string[]): Violation[] => {
    const among = `one of [${operations.map((operation) => JSON.stringify(operation)).join(", ")}]`;
    const isNeeded = operations.includes(text(op));
    if (isNeeded === isSet(given)) return [];
    const what = isNeeded ? "must not be empty" : "is allowed only";
    return complaint(`${field}.${name}`, `"${name}" ${what} when "op" is ${among}`);
  };
  return [
    ...only("from", from, "move", "copy"),
    ...only("value", value, "add", "replace"),
    ...complainIf(!isSet(path), `${field}.path`, "must be defined"),
    ...complainIf(
      op === "remove" && (path === "" || path === "/"),
      `${field}.path`,
      "root path cannot be removed",
    ),
  ];
}
