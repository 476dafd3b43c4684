import * as fc from "fast-check";
import type { Json, JsonObject } from "../../provider/model/fields.ts";
import { isObject } from "../../provider/model/fields.ts";
import type { Kind } from "../../provider/model/kind.ts";
import { kindOf } from "../../provider/model/kinds.ts";
import { validate } from "../../provider/model/validate.ts";
import { bodies, SCHEMA_NAMES, type SchemaName } from "./apisix-bodies.ts";
import { moreApisix } from "./arbitraries-apisix.ts";
import { moreKuma } from "./arbitraries-kuma.ts";
import { labels, mostly, names, optional, ports, sources } from "./arbitrary-parts.ts";

export const route = kindOf("apisix:Route");
export const upstream = kindOf("apisix:Upstream");
export const externalService = kindOf("kuma:ExternalService");
export const zoneEgress = kindOf("kuma:ZoneEgress");

/** Properties run on the same cases every time; a failure prints what repeats it. */
export const SEED = 2026;

const FREE = ["plugins", "labels", "metadata", "vars", "conf", "filter"];

/** The kind of ours that a schema of APISIX describes. */
export function kindOfSchema(name: SchemaName): Kind {
  const type = `_${name}`.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return kindOf(`apisix:${type}`);
}

/** A body of the Admin API as arguments of ours: camelCase, apart from free maps. */
export function argsOf(value: Json, key = ""): Json {
  if (FREE.includes(key)) return value;
  if (Array.isArray(value)) return value.map((item) => argsOf(item));
  if (!isObject(value) || key === "nodes") return value;
  const camel = (name: string) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [camel(name), argsOf(inner, name)]));
}

/** Our other ways to write something: `{ custom }` for a balancer, `enabled` for a route's `status`. */
export function otherForms(args: fc.Arbitrary<JsonObject>): fc.Arbitrary<JsonObject> {
  const custom = (upstream: JsonObject): JsonObject => ({
    ...upstream,
    ...(typeof upstream.type === "string" ? { type: { custom: upstream.type } } : {}),
    ...(typeof upstream.discoveryType === "string"
      ? { discoveryType: { custom: upstream.discoveryType } }
      : {}),
  });
  return fc.tuple(args, fc.boolean(), fc.boolean()).map(([plain, isCustom, isWords]) => {
    if (plain.cert !== undefined) return plain;
    const { status, ...rest } = plain;
    const worded: JsonObject =
      isWords && typeof status === "number" ? { ...rest, enabled: status === 1 } : plain;
    if (!isCustom) return worded;
    return isObject(worded.upstream) ? { ...worded, upstream: custom(worded.upstream) } : custom(worded);
  });
}

const tls = fc
  .record({
    enabled: mostly([true], [false]),
    base: optional({
      serverName: mostly(["a.b"], ["c.d", ""]),
      sni: mostly(["a.b"], [""]),
      allowRenegotiation: fc.boolean(),
      skipHostnameVerification: fc.boolean(),
      caCert: sources,
    }),
    pair: fc.oneof(
      { weight: 9, arbitrary: fc.constant({}) },
      { weight: 9, arbitrary: fc.record({ clientCert: sources, clientKey: sources }) },
      fc.record({ clientCert: sources }),
    ),
  })
  .map(({ enabled, base, pair }) => ({ enabled, ...base, ...pair }));
const addresses = mostly(
  ["httpbin.org:443", "10.0.0.1:80", "[::1]:1", "a_b.c:65535", "a.b.:80", "localhost:0080"],
  [
    "a",
    ":80",
    "::1:80",
    "[a.b]:80",
    "[10.0.0.1]:80",
    "http://a:80",
    "a b:80",
    "a:b",
    "[fe80::1%eth0]:80",
    "a:0",
    "a:65536",
  ],
);
const tags = optional(
  {
    "kuma.io/service": mostly(["httpbin", "other.org"], ["httpbin.org", "10.0.0.1", "::1", "has space", ""]),
    "kuma.io/protocol": mostly(["grpc", "http", "HTTP2", "Kafka", "tcp", "tls", "mysql"], ["https", ""]),
    "kuma.io/zone": mostly(["zone-1"], ["*"]),
    "a/b:c_d": fc.constant("e:f"),
  },
  ["kuma.io/service"],
);
const services = optional(
  {
    mesh: names,
    name: names,
    labels,
    tags,
    networking: optional({ address: addresses, tls, disableHostDNSEntry: fc.boolean() }, ["address"]),
  },
  ["name", "mesh", "tags", "networking"],
);

const hosts = mostly(
  ["127.0.0.1", "::1", "egress.internal", "a_b"],
  ["0.0.0.0", "::", "a:80", "[::1]", "a/b", "a!b", ""],
);
const listener = optional({ address: hosts, port: ports, admin: optional({ port: ports }) }, ["port"]);
const egresses = optional({ name: names, zone: names, labels, networking: listener }, ["name", "networking"]);

/** Arguments of a kind, right ones and nearly right ones. */
export function anyArgs(kind: Kind): fc.Arbitrary<JsonObject> {
  const more = moreKuma.get(kind) ?? moreApisix.get(kind);
  if (more) return more;
  if (kind === externalService) return services;
  if (kind === zoneEgress) return egresses;
  const name = SCHEMA_NAMES.find((one) => kindOfSchema(one) === kind);
  if (!name) throw new Error(`There are no arbitrary arguments of ${kind.type}.`);
  return otherForms(bodies(name).map((body) => argsOf(body) as JsonObject));
}

/** Arguments of a kind in which nothing is wrong. */
export function validArgs(kind: Kind): fc.Arbitrary<JsonObject> {
  return anyArgs(kind).filter((args) => validate(kind, args).length === 0);
}
