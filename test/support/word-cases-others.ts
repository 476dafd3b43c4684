import { generate } from "selfsigned";
import type { JsonObject } from "../../provider/model/fields.ts";
import type { WordCase } from "./word-cases.ts";

const [pair, other] = await Promise.all(
  ["gateway.example", "other.example"].map((value) =>
    generate([{ name: "commonName", value }], { keyType: "ec" }),
  ),
);
const certificate: JsonObject = { cert: pair?.cert ?? "", key: pair?.private ?? "" };
const ca = other?.cert ?? "";

const WHOLE = { isWhole: true, coversBeyond: true } as const;

/** Fields of the arguments themselves. */
function atTop(
  type: string,
  fields: readonly string[],
  base: JsonObject,
  rest: Omit<WordCase, "type" | "fields" | "at" | "around">,
): WordCase {
  return { type, fields, at: "", around: (given) => ({ ...base, ...given }), ...rest };
}

/** A list whose order means nothing, as `[b, a]`; `c` is another element. */
function listOf(field: string, [a, b, c]: [a: string, b: string, c: string], isNeeded = false) {
  return {
    words: { [field]: [b, a] },
    respelled: { [field]: [a, b] },
    changed: { [field]: [c, a] },
    beyond: { [field]: [b, a, c] },
    ...(isNeeded ? {} : { gone: {} }),
    ignored: [
      { paths: [field], changed: { [field]: [c] }, ...WHOLE },
      { paths: [`${field}[0]`], changed: { [field]: [c, a] } },
      { paths: [`${field}[*]`], changed: { [field]: [c, a] } },
    ],
  };
}

/** A field that is written alone or as a list. */
function alone(single: string, list: string, [a, b]: [a: string, b: string], isNeeded = false) {
  return {
    words: { [single]: a },
    respelled: { [list]: [a] },
    changed: { [single]: b },
    beyond: { [list]: [a, b] },
    ...(isNeeded ? {} : { gone: {} }),
    ignored: [{ paths: [single], changed: { [single]: b }, ...WHOLE }],
  };
}

/** Base64 without line breaks and with some; Pulumi shows the lines of a longer text one by one. */
function inlines(around: (base64: string) => JsonObject, paths: readonly string[], token: string) {
  const [one = "", two = ""] = ["a text", "another"].map((text) =>
    Buffer.from(`${token} ${text}`).toString("base64"),
  );
  return {
    words: around(one),
    respelled: around(`${one.slice(0, 4)}\n${one.slice(4)}\n`),
    changed: around(two),
    ignored: [{ paths, changed: around(two), ...WHOLE }],
  };
}

/** Ids of other objects as numbers. */
function idsIn(fields: readonly string[]) {
  const all = (id: string | number): JsonObject => Object.fromEntries(fields.map((field) => [field, id]));
  return {
    words: all(771),
    respelled: all("771"),
    changed: all(772),
    beyond: all("seven"),
    gone: {},
    ignored: [{ paths: fields, changed: all(772), ...WHOLE }],
  };
}

/** The fields of routes. */
export function routeCases(token: string): WordCase[] {
  const route = "apisix:Route";
  const plain = { uri: "/words", plugins: {} };
  const hosts: [string, string, string] = [`${token}a.example`, `${token}b.example`, `${token}c.example`];
  const paths: [string, string, string] = [`/${token}a`, `/${token}b`, `/${token}c`];
  const network = `10.77.${token.length}`;
  const addresses: [string, string, string] = [`${network}.1`, `${network}.2`, `${network}.3`];
  return [
    atTop(route, ["uri spelling"], { plugins: {} }, alone("uri", "uris", [paths[0], paths[1]], true)),
    atTop(route, ["host spelling"], plain, alone("host", "hosts", [hosts[0], hosts[1]])),
    atTop(
      route,
      ["remoteAddr spelling"],
      plain,
      alone("remoteAddr", "remoteAddrs", [addresses[0], addresses[1]]),
    ),
    atTop(route, ["enabled spelling"], plain, {
      words: { enabled: false },
      respelled: { status: 0 },
      changed: { enabled: true },
      gone: { enabled: true },
      ignored: [{ paths: ["enabled"], changed: { enabled: true }, ...WHOLE }],
    }),
    atTop(route, ["uris order"], { plugins: {} }, listOf("uris", paths, true)),
    atTop(route, ["hosts order"], plain, listOf("hosts", hosts)),
    atTop(route, ["remoteAddrs order"], plain, listOf("remoteAddrs", addresses)),
    atTop(route, ["methods order"], plain, listOf("methods", ["DELETE", "PURGE", "TRACE"])),
    atTop(
      route,
      ["upstreamId id", "serviceId id", "pluginConfigId id"],
      plain,
      idsIn(["upstreamId", "serviceId", "pluginConfigId"]),
    ),
    atTop(
      route,
      ["scriptId id"],
      { uri: "/words", upstream: { nodes: { "a.example:80": 1 } } },
      idsIn(["scriptId"]),
    ),
  ];
}

/** Settings of a backend for metrics, with or without what a control plane writes into them. */
function metricsOf(type: string, base: JsonObject): WordCase {
  const conf = (port: number, more: JsonObject = {}): JsonObject => ({ conf: { port, ...more } });
  return {
    type,
    fields: ["metrics.backends[].conf form"],
    at: "metrics.backends[0]",
    around: (fields) => ({ ...base, metrics: { backends: [{ name: "m", type: "prometheus", ...fields }] } }),
    words: conf(7671, { path: "/metrics" }),
    respelled: conf(7671),
    changed: conf(7672, { path: "/metrics" }),
    beyond: conf(7671, { path: "/other" }),
    gone: { conf: { path: "/metrics" } },
    ignored: [
      { paths: ["conf"], changed: conf(7672, { path: "/other" }), ...WHOLE },
      { paths: ["conf.port"], changed: conf(7672, { path: "/metrics" }) },
    ],
  };
}

/** The fields of the kinds that have no upstream of their own. */
export function otherCases(token: string): WordCase[] {
  const hosts: [string, string, string] = [`${token}a.example`, `${token}b.example`, `${token}c.example`];
  const ssl = "apisix:Ssl";
  const service = { "kuma.io/service": "words" };
  const protocol = (name: string, tag = `${token}one`) => ({
    tags: { ...service, "kuma.io/protocol": name, team: tag },
  });
  const policies = listOf("skipCreatingInitialPolicies", [`${token}A`, `${token}B`, `${token}C`]);
  return [
    atTop(
      "apisix:Service",
      ["hosts order"],
      { upstream: { nodes: { "a.example:80": 1 } } },
      listOf("hosts", hosts),
    ),
    atTop("apisix:Service", ["upstreamId id"], {}, idsIn(["upstreamId"])),
    atTop("apisix:Consumer", ["groupId id"], {}, idsIn(["groupId"])),
    atTop(
      "apisix:StreamRoute",
      ["upstreamId id", "serviceId id"],
      { serverPort: 9100 },
      idsIn(["upstreamId", "serviceId"]),
    ),
    {
      type: "apisix:StreamRoute",
      fields: ["protocol.superiorId id"],
      at: "protocol",
      around: (fields) => ({
        upstream: { nodes: { "a.example:6379": 1 } },
        protocol: { name: "redis", ...fields },
      }),
      ...idsIn(["superiorId"]),
    },
    atTop(ssl, ["sni spelling"], certificate, alone("sni", "snis", [hosts[0], hosts[1]], true)),
    atTop(ssl, ["snis order"], certificate, listOf("snis", hosts, true)),
    atTop(
      ssl,
      ["sslProtocols order"],
      { ...certificate, snis: ["a.example"] },
      listOf("sslProtocols", ["TLSv1.1", "TLSv1.2", "TLSv1.3"]),
    ),
    {
      type: ssl,
      fields: ["client.skipMtlsUriRegex order"],
      at: "client",
      around: (fields) => ({ ...certificate, snis: ["a.example"], client: { ca, ...fields } }),
      ...listOf("skipMtlsUriRegex", [`/${token}a`, `/${token}b`, `/${token}c`]),
    },
    atTop(
      "kuma:ExternalService",
      ["tags form"],
      { networking: { address: "a.example:80" } },
      {
        words: protocol("HTTP"),
        respelled: protocol("http"),
        changed: protocol("grpc"),
        beyond: protocol("HTTP", `${token}two`),
        gone: { tags: service },
        ignored: [
          { paths: ["tags"], changed: protocol("GRPC", `${token}two`), ...WHOLE },
          { paths: ['tags["kuma.io/protocol"]'], changed: protocol("grpc") },
          { paths: ["tags.team"], changed: protocol("HTTP", `${token}two`), coversBeyond: true },
        ],
      },
    ),
    {
      type: "apisix:Secret",
      fields: ["authConfig.scopes spelling"],
      at: "authConfig",
      around: (fields) => ({
        manager: "gcp",
        authConfig: { clientEmail: "a@b.example", privateKey: "a key", projectId: "p", ...fields },
      }),
      ...alone("scopes", "scope", [`${token}one`, `${token}two`]),
    },
    {
      type: "kuma:ExternalService",
      fields: ["networking.tls.sni spelling"],
      at: "networking.tls",
      around: (fields) => ({
        tags: { ...service, "kuma.io/protocol": "http" },
        networking: { address: "a.example:443", tls: { enabled: true, ...fields } },
      }),
      words: { sni: hosts[0] },
      respelled: { serverName: hosts[0] },
      changed: { sni: hosts[1] },
      gone: {},
      ignored: [{ paths: ["sni"], changed: { sni: hosts[1] }, ...WHOLE }],
    },
    atTop(
      "kuma:Secret",
      ["value spelling"],
      {},
      {
        words: { value: `${token} a text` },
        respelled: { data: Buffer.from(`${token} a text`).toString("base64") },
        changed: { value: `${token} another` },
        beyond: { data: "gICA" },
        ignored: [{ paths: ["value"], changed: { value: `${token} another` }, ...WHOLE }],
      },
    ),
    atTop(
      "kuma:Secret",
      ["data form"],
      {},
      inlines((data) => ({ data }), ["data"], token),
    ),
    {
      type: "kuma:ExternalService",
      fields: ["caCert", "clientCert", "clientKey"].map((name) => `networking.tls.${name}.inline form`),
      at: "networking.tls",
      around: (fields) => ({
        tags: { ...service, "kuma.io/protocol": "http" },
        networking: { address: "a.example:443", tls: { enabled: true, ...fields } },
      }),
      ...inlines(
        (inline) => ({ caCert: { inline }, clientCert: { inline }, clientKey: { inline } }),
        ["caCert.inline", "clientCert.inline", "clientKey.inline"],
        token,
      ),
    },
    metricsOf("kuma:Mesh", {}),
    metricsOf("kuma:MeshPatch", { meshServices: { mode: "Everywhere" } }),
    atTop("kuma:Mesh", ["skipCreatingInitialPolicies order"], {}, policies),
    atTop(
      "kuma:MeshPatch",
      ["skipCreatingInitialPolicies order"],
      { meshServices: { mode: "Everywhere" } },
      {
        ...policies,
        gone: { skipCreatingInitialPolicies: [] },
      },
    ),
  ];
}
