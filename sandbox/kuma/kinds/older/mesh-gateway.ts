import type { Violation } from "../../errors.ts";
import {
  dataSource,
  type Fields,
  flag,
  list,
  map,
  message,
  oneOfNames,
  text,
  textValue,
  uint32,
} from "../../message.ts";
import {
  at,
  complainIf,
  complaint,
  each,
  fields,
  isSet,
  list as items,
  text as textOf,
} from "../../rules/checks.ts";
import { checkSelector, checkSelectors } from "../../rules/tags.ts";
import { checkPort, type Kind } from "../kind.ts";
import { olderPolicy, selectorsOnly } from "./older-policy.ts";

const { policy: _, ...general } = olderPolicy(
  "MeshGateway",
  "meshgateways",
  {
    ...selectorsOnly,
    tags: map(textValue),
    conf: message({
      listeners: list(
        message({
          hostname: text,
          port: uint32,
          // 2 was a protocol once.
          protocol: oneOfNames(
            "kuma.mesh.v1alpha1.MeshGateway.Listener.Protocol",
            "NONE",
            "TCP",
            "",
            "TLS",
            "HTTP",
            "HTTPS",
          ),
          tls: message({
            mode: oneOfNames("kuma.mesh.v1alpha1.MeshGateway.TLS.Mode", "NONE", "TERMINATE", "PASSTHROUGH"),
            certificates: list(dataSource),
            options: message({}),
          }),
          tags: map(textValue),
          crossMesh: flag,
          resources: message({ connection_limit: uint32 }),
        }),
      ),
    }),
  },
  ({ selectors, tags, conf }) => [
    ...checkSelectors(
      selectors,
      "selectors",
      { some: true, service: true },
      items(fields(conf).listeners).some((each) => fields(each).crossMesh === true)
        ? { atMostOne: true }
        : {},
    ),
    ...checkOwnTags(tags, "tags"),
    ...(isSet(conf) ? checkConf(fields(conf)) : complaint("conf", "cannot be empty")),
  ],
);

/** A gateway into the mesh; it has the form of an older policy, but a zone may have its own. */
export const meshGateway: Kind = {
  ...general,
  shortName: "mgw",
  writtenOn: "either",
  goesUp: true,
};

const TAKEN = ["kuma.io/external-service-name", "kuma.io/protocol", "kuma.io/service", "kuma.io/zone"];

function checkOwnTags(tags: unknown, field: string): Violation[] {
  return [
    ...checkSelector(tags, field),
    ...Object.keys(fields(tags)).flatMap((name) =>
      complainIf(TAKEN.includes(name), at(field, name), `tag name must not be ${JSON.stringify(name)}`),
    ),
  ];
}

function checkConf({ listeners }: Fields): Violation[] {
  const field = "conf.listeners";
  return [
    ...complainIf(items(listeners).length === 0, field, "cannot be empty"),
    ...each(listeners, field, checkListener),
    ...checkTogether(items(listeners).map(fields), field),
  ];
}

function checkListener(listener: Fields, field: string): Violation[] {
  const { hostname, port, protocol, tls, tags, crossMesh } = listener;
  return [
    ...(isSet(hostname) ? checkHostname(textOf(hostname), `${field}.hostname`) : []),
    ...checkPort(`${field}.port`, Number(port ?? 0)),
    ...complainIf(!isSet(protocol), `${field}.protocol`, "cannot be empty"),
    ...(protocol === "HTTPS" ? checkHttps(listener, field) : []),
    ...(isSet(tls) ? checkTls(fields(tls), crossMesh === true, `${field}.tls`) : []),
    ...checkOwnTags(tags, `${field}.tags`),
  ];
}

function checkHttps({ tls, crossMesh }: Fields, field: string): Violation[] {
  if (crossMesh === true) return complaint(`${field}.protocol`, "protocol is not supported with crossMesh");
  if (!isSet(tls)) return complaint(`${field}.tls`, "cannot be empty");
  const isThrough = fields(tls).mode === "PASSTHROUGH";
  return complainIf(isThrough, `${field}.tls.mode`, "mode is not supported on HTTPS listeners");
}

function checkTls({ mode, certificates }: Fields, isCrossMesh: boolean, field: string): Violation[] {
  const count = items(certificates).length;
  if (isCrossMesh) return complainIf(isSet(mode) || count > 0, field, "must be empty with crossMesh");
  return [
    ...complainIf(!isSet(mode), `${field}.mode`, "cannot be empty"),
    ...complainIf(
      mode === "TERMINATE" && count === 0,
      `${field}.certificates`,
      "cannot be empty in TLS termination mode",
    ),
    ...complainIf(
      mode === "TERMINATE" && count > 2,
      `${field}.certificates`,
      "cannot have more than 2 certificates",
    ),
  ];
}

const label = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const domain = new RegExp(`^${label}(\\.${label})*$`);

function checkHostname(name: string, field: string): Violation[] {
  if (name === "*") return [];
  const isWild = name.startsWith("*.");
  const isLegal = domain.test(isWild ? name.slice(2) : name);
  return [
    ...complainIf(name.length > 253, field, "must be at most 253 characters"),
    ...complainIf(!isLegal, field, isWild ? "invalid wildcard domain" : "invalid hostname"),
  ];
}

/** Complaints about listeners of one port that do not agree with each other. */
function checkTogether(listeners: Fields[], field: string): Violation[] {
  const hostOf = ({ hostname }: Fields) => textOf(hostname) || "*";
  const limitOf = ({ resources }: Fields) => Number(fields(resources).connectionLimit ?? 0);
  return listeners.flatMap((listener, index) => {
    const others = listeners.filter((other) => other !== listener && other.port === listener.port);
    const limit = limitOf(listener);
    const isLimitedOtherwise = others.some((other) => limitOf(other) !== 0 && limitOf(other) !== limit);
    const place = `${field}[${index}]`;
    return [
      ...complainIf(
        others.some(({ protocol }) => protocol !== listener.protocol),
        place,
        "protocol conflicts with other listeners on this port",
      ),
      ...complainIf(
        others.some((other) => hostOf(other) === hostOf(listener)),
        place,
        "multiple listeners for hostname on this port",
      ),
      ...complainIf(
        limit !== 0 && isLimitedOtherwise,
        `${place}.resources.connectionLimit`,
        "conflicting values for this port",
      ),
    ];
  });
}
