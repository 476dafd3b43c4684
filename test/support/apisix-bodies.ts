import { readFileSync } from "node:fs";
import { isIPv4, isIPv6 } from "node:net";
import { Ajv, type ValidateFunction } from "ajv";
import * as fc from "fast-check";
import { generate } from "selfsigned";
import type { Json, JsonObject } from "../../provider/model/fields.ts";
import { isObject } from "../../provider/model/fields.ts";
import { regularExpression } from "../../sandbox/apisix/pcre.ts";

/** As much of JSON schema as APISIX uses. */
export interface JsonSchema {
  type?: string;
  properties?: Record<string, JsonSchema>;
  patternProperties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  enum?: Json[];
  pattern?: string;
  format?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  minItems?: number;
}

/** The kinds of the Admin API by the names of their schemas there. */
export const SCHEMA_NAMES = [
  ...([
    "route",
    "upstream",
    "service",
    "plugin_config",
    "global_rule",
    "consumer",
    "consumer_group",
  ] as const),
  ...(["ssl", "stream_route", "proto"] as const),
];

/** One of {@link SCHEMA_NAMES}. */
export type SchemaName = (typeof SCHEMA_NAMES)[number];

const file = new URL("../schemas/apisix-3.18.0.json", import.meta.url);
const { main } = JSON.parse(readFileSync(file, "utf8")) as { main: Record<string, JsonSchema> };
/** What `GET /apisix/admin/schema` of APISIX 3.18.0 says about objects; their names come from the URL. */
export const SCHEMAS: Record<string, JsonSchema> = Object.fromEntries(
  Object.entries(main).map(([name, schema]) => [
    name,
    {
      ...schema,
      required: (schema.required ?? []).filter((field) => field !== "id" && field !== "username"),
    },
  ]),
);

/** The verdict of APISIX's own schema; with `useDefaults` it writes its defaults into the body, as before 3.14. */
export function serverSchema(name: SchemaName, useDefaults = false): ValidateFunction {
  const regExp = Object.assign((pattern: string) => regularExpression(pattern), { code: "new RegExp" });
  const ajv = new Ajv({ strict: false, unicodeRegExp: false, useDefaults, code: { regExp } });
  ajv.addFormat("ipv4", isIPv4);
  ajv.addFormat("ipv6", (text) => isIPv6(text) && !text.includes("%"));
  return ajv.compile(SCHEMAS[name] ?? {});
}

const PEM = "-----BEGIN CERTIFICATE-----\n".padEnd(128, "A");
/** A real one with its key. */
export const { cert: CERTIFICATE, private: KEY } = await generate(
  [{ name: "commonName", value: "a.example" }],
  { keyType: "ec" },
);
const ADDRESSES = ["10.0.0.1", "10.0.0.0/8", "10.0.0.0/33", "010.0.0.1", "999.1.1.1", "1.2.3", "::1", "::/0"];
const MORE_ADDRESSES = ["1:2:3:4:5:6:7:8/128", "::1/129", ":::/64", "fe80::1%eth0", "::ffff:1.2.3.4", "a"];
const HOSTS = ["a.example", "*.a.example", "*", "A_b-c", "10.0.0.1", "[::1]", "::1", "a:80", "..", "[", "**"];
const IDS = ["1", "a", "a.b-c_D", ".", "..", "a..b", "x".repeat(64), "x".repeat(65), "a/b", "%2F", ""];

/** Texts about a pattern, right and wrong ones. */
const TEXTS: [start: string, texts: string[]][] = [
  ["^[a-zA-Z0-9-_.]+$", IDS],
  ["^\\*$|", [...HOSTS, "", "http://a", "a b", "a/b", "é.example"]],
  ["^\\S+$", ["a", "é😀", "x".repeat(256), "x".repeat(257), "a b", "a\n", "\u00a0", ""]],
  ["^function", ["function()", "function", "function😀", "functionality", "return 1 + 1", " function()"]],
];

/** Values for fields about which the JSON schema says too little. */
const FIELDS: Record<string, Json[]> = {
  vars: [
    [],
    [["arg_a", "==", "1"]],
    ["OR", ["a", "==", "1"], ["b", "!", "in", ["x", "y"]]],
    [
      ["a", "==", "1"],
      ["AND", ["b", "~~", "^x"], ["!OR", ["c", "has", "d"], ["d", ">", 1]]],
    ],
    [["arg_a", "nosuch", "1"]],
    ["arg_a", "==", "1"],
    [[]],
  ],
  plugins: [{}, { "proxy-rewrite": { uri: "/x", headers: { set: { a_b: "C" } } } }, { x: {} }, { x: 1 }],
  metadata: [{}, { a_b: { c_d: 1 } }],
  key: ["", "remote_addr", "arg_x", "X-Header", "a b"],
  type: ["roundrobin", "chash", "ewma", "least_conn", "http", "tcp", "chahs", ""],
  username: ["a", "A_b-1", "x".repeat(256), "x".repeat(257), "a b", "a.b", ""],
  cert: [CERTIFICATE],
  content: ['syntax = "proto3";', "message A {}", "package a; enum B {}", "a", ""],
  conf: [{}, { a_b: { c_d: 1 } }],
  logger: [
    [],
    [{ name: "syslog", conf: { a_b: 1 } }],
    [{ filter: [["a", "==", "1"]] }],
    [{ name: "syslog" }],
    [{}],
  ],
  discovery_type: ["dns", "consul_kv", "tars", "dsn", ""],
};
const MAP_ADDRESSES = [
  "a.example:80",
  "10.0.0.1:8080",
  "b.example",
  "[::1]:80",
  "::1:80",
  "a b",
  "a:99999",
  ":80",
];

/** Values of a schema, most of them valid, many of them at a limit. */
export function valuesOf(schema: JsonSchema, name = ""): fc.Arbitrary<Json> {
  const known = FIELDS[name];
  if (known && !schema.enum) return fc.constantFrom(...known);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.anyOf && name.startsWith("remote_addr")) return fc.constantFrom(...ADDRESSES, ...MORE_ADDRESSES);
  if (schema.anyOf && !schema.properties)
    return fc.oneof(...schema.anyOf.map((option) => valuesOf(option, name)));
  switch (schema.type) {
    case "string":
      return textsOf(schema);
    case "integer":
    case "number":
      return fc.constantFrom(...numbersOf(schema));
    case "boolean":
      return fc.boolean();
    case "array":
      return fc.uniqueArray(valuesOf(schema.items ?? { type: "string" }, `${name}[]`), {
        minLength: schema.minItems ?? 0,
        maxLength: 3,
        selector: (item) => JSON.stringify(item),
      });
    default:
      return objectsOf(schema, name);
  }
}

function textsOf({ pattern, minLength = 0, maxLength = 300 }: JsonSchema): fc.Arbitrary<string> {
  const texts = TEXTS.find(([start]) => pattern?.startsWith(start))?.[1];
  if (texts) return fc.constantFrom(...texts);
  if (minLength >= 64)
    return fc.constantFrom(CERTIFICATE, PEM, PEM.slice(0, minLength), "x".repeat(maxLength));
  const lengths = [minLength, minLength + 1, maxLength].map((length) => "x".repeat(length));
  return fc.constantFrom(...lengths, "é😀".repeat(8), "/a*");
}

function numbersOf({ type, minimum, maximum, exclusiveMinimum }: JsonSchema): number[] {
  const low = minimum ?? (exclusiveMinimum === undefined ? -1 : exclusiveMinimum + 0.001);
  const numbers = [low, low + 1, maximum ?? 100, (maximum ?? 100) - 1];
  return type === "number" ? [...numbers, low + 0.5] : numbers;
}

function objectsOf(schema: JsonSchema, name: string): fc.Arbitrary<Json> {
  const { properties, patternProperties, required = [] } = schema;
  const rest = patternProperties?.[".*"];
  if (rest) {
    const keys =
      name === "nodes" ? fc.constantFrom(...MAP_ADDRESSES) : fc.constantFrom("team", "a_b", "a/b", "é");
    return fc.dictionary(keys, valuesOf(rest), { maxKeys: 3, noNullPrototype: true });
  }
  const optional = Object.keys(properties ?? {}).filter(
    (key) => !required.includes(key) && !/_time$/.test(key),
  );
  return fc.subarray(optional, { maxLength: Math.min(6, optional.length) }).chain((chosen) => {
    const fields = [...required, ...chosen.filter((key) => name !== "" || key !== "id")];
    const values = fields.map((key) => [key, valuesOf(properties?.[key] ?? {}, key)] as const);
    return fc.record(Object.fromEntries(values), { noNullPrototype: true }) as fc.Arbitrary<Json>;
  });
}

/** Bodies of a kind whose fields fit together, most of the time. */
export function bodies(name: SchemaName): fc.Arbitrary<JsonObject> {
  const settle = SETTLE[name] ?? ((body: JsonObject) => body);
  return fc
    .tuple(valuesOf(SCHEMAS[name] ?? {}), fc.nat({ max: 9 }))
    .map(([body, luck]) => (luck === 0 ? (body as JsonObject) : settle(body as JsonObject)));
}

const SETTLE: Partial<Record<SchemaName, (body: JsonObject) => JsonObject>> = {
  route: settleRoute,
  upstream: settleUpstream,
  service: settleInside,
  stream_route: settleInside,
  ssl({ certs, keys, sni, key: _, ...ssl }) {
    const more = Array.isArray(certs) && certs.length > 0 ? { certs: [CERTIFICATE], keys: [KEY] } : {};
    return {
      cert: CERTIFICATE,
      ...ssl,
      key: KEY,
      ...more,
      ...(ssl.snis === undefined ? { sni: sni ?? "a.example" } : {}),
    };
  },
};

function settleInside({ upstream, ...settled }: JsonObject): JsonObject {
  if (settled.upstream_id === undefined && isObject(upstream)) settled.upstream = settleUpstream(upstream);
  return settled;
}

function settleRoute(route: JsonObject): JsonObject {
  const { uris, host, remote_addr, upstream, script, ...settled } = route;
  if (settled.uri === undefined) settled.uris = uris ?? ["/a", "/b"];
  if (settled.hosts === undefined && host !== undefined) settled.host = host;
  if (settled.remote_addrs === undefined && remote_addr !== undefined) settled.remote_addr = remote_addr;
  if (settled.upstream_id === undefined)
    settled.upstream = settleUpstream(isObject(upstream) ? upstream : {});
  if (settled.plugins === undefined && settled.plugin_config_id === undefined && script !== undefined)
    settled.script = script;
  return settled;
}

function settleUpstream(upstream: JsonObject): JsonObject {
  const { service_name, discovery_type, ...settled } = upstream;
  if (settled.nodes === undefined && service_name !== undefined) {
    Object.assign(settled, { service_name, discovery_type: discovery_type ?? "dns" });
  } else settled.nodes ??= [{ host: "a.example", port: 443, weight: 1 }];
  if (settled.type === "chash") settled.key ??= "uri";
  if (settled.pass_host === "rewrite") settled.upstream_host ??= "a.example";
  if (isObject(settled.checks)) settled.checks = { active: {}, ...settled.checks };
  if (isObject(settled.tls) && (settled.tls.client_cert || settled.tls.client_key)) {
    const { client_cert_id: _, ...tls } = settled.tls;
    settled.tls = { client_cert: CERTIFICATE, client_key: KEY, ...tls };
  }
  return settled;
}
