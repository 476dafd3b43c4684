import { notValid, type Violation } from "../errors.ts";
import { dataSource, type Fields, isFields, message, open } from "../message.ts";
import type { Kind } from "./kind.ts";

const sourceOrOpen = (value: unknown) => (isFields(value) ? dataSource(value) : value);
const withDefaults =
  (defaults: Fields, keep: (value: unknown) => Fields) =>
  (value: unknown): unknown =>
    isFields(value) ? { ...defaults, ...keep(value) } : value;
const items = (item: (value: unknown) => unknown) => (value: unknown) =>
  Array.isArray(value) ? value.map(item) : value;

const decodeSpec = withDefaults(
  {},
  message({
    match: withDefaults({ protocol: "tcp" }, message({ type: open, port: open, protocol: open })),
    extension: open,
    endpoints: items((value) =>
      isFields(value) ? message({ address: open, port: open, priority: open })(value) : value,
    ),
    tls: withDefaults(
      { enabled: false, allowRenegotiation: false },
      message({
        enabled: open,
        version: withDefaults({ min: "TLSAuto", max: "TLSAuto" }, message({ min: open, max: open })),
        allowRenegotiation: open,
        verification: withDefaults(
          { mode: "Secured" },
          message({
            mode: open,
            serverName: open,
            subjectAltNames: items(withDefaults({ type: "Exact" }, message({ type: open, value: open }))),
            caCert: sourceOrOpen,
            clientCert: sourceOrOpen,
            clientKey: sourceOrOpen,
          }),
        ),
      }),
    ),
  }),
);

/** A service outside the mesh, in the form that Kuma 3 keeps. */
export const meshExternalService: Kind = {
  type: "MeshExternalService",
  path: "meshexternalservices",
  inMesh: true,
  writtenOn: "either",
  needsOriginOnZone: true,
  addedLabels: "all",
  shortName: "extsvc",
  decode(body) {
    const spec = decodeSpec(body.spec ?? {});
    const violations = checkSpec(spec);
    if (violations.length > 0) throw notValid(violations);
    return { spec };
  },
  computed(object, zone) {
    const { match } = object.spec as { match: { port: number } };
    const labels = (object.labels ?? {}) as Record<string, string>;
    const name = labels["kuma.io/display-name"] ?? object.name;
    const parts = ["sni", "extsvc", object.mesh, zone, name, match.port];
    const sni = parts.filter((part) => part !== "").join(".");
    return { snis: [{ port: match.port, sni }], status: { vip: {} } };
  },
};

function checkSpec(spec: unknown): Violation[] {
  if (!isFields(spec)) return [mustBe("spec", "object", spec)];
  return [
    ...checkMatch(spec.match),
    ...(Array.isArray(spec.endpoints) ? spec.endpoints : []).flatMap((endpoint, index) =>
      checkEndpoint(`spec.endpoints[${index}]`, endpoint),
    ),
    ...(isFields(spec.tls) ? checkTls(spec.tls) : []),
  ];
}

function checkMatch(match: unknown): Violation[] {
  const field = "spec.match";
  if (match === undefined) return [{ field, reason: "in body is required" }];
  if (!isFields(match)) return [mustBe(field, "object", match)];
  return [
    ...checkPort(`${field}.port`, match.port),
    ...checkOneOf(`${field}.protocol`, match.protocol, ["tcp", "grpc", "http", "http2"]),
    ...(match.type === undefined ? [] : checkOneOf(`${field}.type`, match.type, ["HostnameGenerator"])),
  ];
}

function checkEndpoint(field: string, endpoint: unknown): Violation[] {
  if (!isFields(endpoint)) return [mustBe(field, "object", endpoint)];
  const { address, port, priority = 0 } = endpoint;
  const violations = checkPort(`${field}.port`, port);
  if (typeof priority !== "number" || !Number.isInteger(priority))
    violations.push(mustBe(`${field}.priority`, "integer", priority));
  else if (priority < 0 || priority > 128) {
    const limit = priority < 0 ? "greater than or equal to 0" : "less than or equal to 128";
    violations.push({ field: `${field}.priority`, reason: `in body should be ${limit}` });
  }
  if (address === undefined) violations.push({ field: `${field}.address`, reason: "in body is required" });
  else if (typeof address !== "string") violations.push(mustBe(`${field}.address`, "string", address));
  else if (address === "") {
    violations.push({ field: `${field}.address`, reason: "in body should be at least 1 chars long" });
  }
  return violations;
}

function checkTls(tls: Fields): Violation[] {
  const field = "spec.tls";
  const versions = ["TLSAuto", "TLS10", "TLS11", "TLS12", "TLS13"];
  const modes = ["SkipSAN", "SkipCA", "Secured", "SkipAll"];
  const violations = ["enabled", "allowRenegotiation"]
    .filter((name) => typeof tls[name] !== "boolean")
    .map((name) => mustBe(`${field}.${name}`, "boolean", tls[name]));
  if (isFields(tls.version)) {
    violations.push(...checkOneOf(`${field}.version.min`, tls.version.min, versions));
    violations.push(...checkOneOf(`${field}.version.max`, tls.version.max, versions));
  }
  if (isFields(tls.verification)) {
    violations.push(...checkOneOf(`${field}.verification.mode`, tls.verification.mode, modes));
  }
  return violations;
}

function checkPort(field: string, port: unknown): Violation[] {
  if (port === undefined) return [{ field, reason: "in body is required" }];
  if (typeof port !== "number" || !Number.isInteger(port)) return [mustBe(field, "integer", port)];
  if (port < 1) return [{ field, reason: "in body should be greater than or equal to 1" }];
  return port > 65535 ? [{ field, reason: "in body should be less than or equal to 65535" }] : [];
}

function checkOneOf(field: string, value: unknown, allowed: string[]): Violation[] {
  if (allowed.includes(value as string)) return [];
  return [{ field, reason: `in body should be one of [${allowed.join(" ")}]` }];
}

function mustBe(field: string, type: string, value: unknown): Violation {
  return { field, reason: `in body must be of type ${type}: "${typeof value}"` };
}
