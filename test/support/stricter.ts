import type { JsonObject } from "../../provider/model/fields.ts";
import { CERTIFICATE, type SchemaName } from "./apisix-bodies.ts";

/** A place where ours refuses what APISIX's own schema accepts. */
interface Stricter {
  why: string;
  /** The path of our problem. */
  path: RegExp;
  /** What our problem says. */
  reason: RegExp;
  /** Bodies that the server's schema accepts, each with the path at which we refuse it. */
  examples: { kind: SchemaName; body: JsonObject; at: string }[];
}

const nodes = [{ host: "a.example", port: 443, weight: 1 }];
const routed = (fields: JsonObject, at: string) =>
  ({ kind: "route", body: { uri: "/", plugins: {}, ...fields }, at }) as const;
const up = (fields: JsonObject, at: string) =>
  ({ kind: "upstream", body: { nodes, ...fields }, at }) as const;
const KEY = "x".repeat(64);
const ssl = (fields: JsonObject, at: string) =>
  ({ kind: "ssl", body: { sni: "a.example", cert: CERTIFICATE, key: KEY, ...fields }, at }) as const;

/** All places where ours is stricter on purpose. Nothing else may differ. */
export const STRICTER: Stricter[] = [
  {
    why: "APISIX ignores unknown fields inside objects in silence",
    path: /(^|\.)(nodes\[\d+\]|timeout|checks|keepalivePool|tls|client|protocol)\.[\w.]+$/,
    reason: /is no field that exists here/,
    examples: [
      up({ nodes: [{ host: "a.example", weight: 1, wieght: 1 }] }, "nodes[0].wieght"),
      up({ timeout: { connect: 1, send: 1, read: 1, write: 1 } }, "timeout.write"),
      up({ checks: { active: {}, actve: {} } }, "checks.actve"),
      up({ checks: { active: { path: "/" } } }, "checks.active.path"),
      up({ checks: { active: { healthy: { success: 1 } } } }, "checks.active.healthy.success"),
      up({ keepalive_pool: { requets: 1 } }, "keepalivePool.requets"),
      up({ tls: { ca_cert: "x" } }, "tls.caCert"),
      routed({ timeout: { connect: 1, send: 1, read: 1, idle: 1 } }, "timeout.idle"),
    ],
  },
  {
    why: "the id stands in routeId and upstreamId, and the times are the server's",
    path: /^(upstream\.)?(id|createTime|updateTime)$/,
    reason: /is no field that exists here/,
    examples: [
      up({ id: "1" }, "id"),
      up({ create_time: 1 }, "createTime"),
      routed({ update_time: 1 }, "updateTime"),
      { kind: "route", body: { uri: "/", upstream: { nodes, id: "1" } }, at: "upstream.id" },
    ],
  },
  {
    why: "an unknown balancer or discovery makes every request fail; it is written { custom }",
    path: /(^|\.)(type|discoveryType)$/,
    reason: /is none of the values allowed/,
    examples: [
      up({ type: "chahs" }, "type"),
      { kind: "upstream", body: { service_name: "a", discovery_type: "dsn" }, at: "discoveryType" },
    ],
  },
  {
    why: '"." and ".." are cut out of URLs',
    path: /Id$/,
    reason: /is no id/,
    examples: [
      routed({ upstream_id: ".." }, "upstreamId"),
      routed({ service_id: "." }, "serviceId"),
      up({ tls: { client_cert_id: "." } }, "tls.clientCertId"),
    ],
  },
  {
    why: "an IPv6 address without brackets cannot be told from host and port",
    path: /(^|\.)(host|upstreamHost|sni|(hosts|snis)\[\d+\])$/,
    reason: /is an IPv6 address without brackets; write "\[/,
    examples: [
      up({ nodes: [{ host: "::1", port: 80, weight: 1 }] }, "nodes[0].host"),
      up({ upstream_host: "::1" }, "upstreamHost"),
      ssl({ sni: "::1" }, "sni"),
      routed({ hosts: ["a.example", "::1"] }, "hosts[1]"),
    ],
  },
  {
    why: "an empty path matches nothing",
    path: /^uris\[\d+\]$/,
    reason: /is too short/,
    examples: [{ kind: "route", body: { uris: ["/", ""], plugins: {} }, at: "uris[1]" }],
  },
  {
    why: "the server checks plugins outside its schema, and each takes an object",
    path: /^plugins\.[\w-]+$/,
    reason: /is not an object/,
    examples: [routed({ plugins: { cors: true } }, "plugins.cors")],
  },
  {
    why: "the server checks the configurations of plugins outside its schema, too",
    path: /^plugins\.[\w-]+[.[]/,
    reason: /./,
    examples: [routed({ plugins: { "proxy-rewrite": { uri: "x" } } }, "plugins.proxy-rewrite.uri")],
  },
  {
    why: "the server checks vars outside its schema",
    path: /^vars(\[\d+\])*$/,
    reason:
      /no condition such as|is no operator|joins at least two conditions|is not "!"|no IPv4 or IPv6 address/,
    examples: [
      routed({ vars: ["arg_a", "==", "1"] }, "vars[0]"),
      routed({ vars: [["arg_a", "nosuch", "1"]] }, "vars[0][1]"),
      routed({ vars: ["AND", ["arg_a", "==", "1"]] }, "vars"),
      routed({ vars: [["arg_a", "?", "==", "1"]] }, "vars[0][1]"),
      routed({ vars: [["remote_addr", "ipmatch", "a"]] }, "vars[0][2]"),
    ],
  },
  {
    why: "of upstream and upstream_id the server takes one in silence",
    path: /^upstream$/,
    reason: /does not go with upstreamId/,
    examples: [routed({ upstream: { nodes }, upstream_id: "1" }, "upstream")],
  },
  {
    why: "half of a discovery beside nodes is ignored",
    path: /(^|\.)nodes$/,
    reason: /does not go with serviceName and discoveryType/,
    examples: [up({ service_name: "a" }, "nodes"), up({ discovery_type: "dns" }, "nodes")],
  },
  {
    why: "the server's pattern for IPv6 ranges lets through what is none",
    path: /^(remoteAddrs?(\[\d+\])?|serverAddr)$/,
    reason: /is no IPv4 or IPv6 address or range/,
    examples: [
      routed({ remote_addr: "::1/129" }, "remoteAddr"),
      routed({ remote_addrs: [":::/64"] }, "remoteAddrs[0]"),
    ],
  },
  {
    why: "whole numbers from 2^53 on are not kept exactly",
    path: /./,
    reason: /is too large: at most 9007199254740991$/,
    examples: [up({ retries: 2 ** 53 }, "retries"), routed({ priority: 1e21 }, "priority")],
  },
  {
    why: "APISIX verifies the certificate of a kafka node only",
    path: /(^|\.)tls\.verify$/,
    reason: /has no effect/,
    examples: [up({ tls: { verify: true }, scheme: "https" }, "tls.verify")],
  },
  {
    why: "the server asks for upstream_host with rewrite outside its schema",
    path: /(^|\.)upstreamHost$/,
    reason: /is missing/,
    examples: [up({ pass_host: "rewrite" }, "upstreamHost")],
  },
  {
    why: "the server checks the key of chash outside its schema",
    path: /(^|\.)key$/,
    reason: /is missing|is nothing that hashOn/,
    examples: [
      up({ type: "chash" }, "key"),
      up({ type: "chash", key: "urii" }, "key"),
      up({ type: "chash", key: "a b", hash_on: "header" }, "key"),
    ],
  },
  {
    why: "the server takes any text as the address of a node in the map form",
    path: /(^|\.)nodes(\[".*"\]|\.\w+)$/,
    reason: /is no "host:port" or "host"/,
    examples: [
      up({ nodes: { "a b:80": 1 } }, 'nodes["a b:80"]'),
      up({ nodes: { "::1:80": 1 } }, 'nodes["::1:80"]'),
      up({ nodes: { "a:65536": 1 } }, 'nodes["a:65536"]'),
    ],
  },
  {
    why: "a host to serve twice is one too many",
    path: /^snis\[\d+\]$/,
    reason: /stands in the list twice/,
    examples: [ssl({ sni: undefined as never, snis: ["a.example", "a.example"] }, "snis[1]")],
  },
  {
    why: "the server tells sni and snis apart only for its own certificates, and one for an upstream needs neither",
    path: /^sni$/,
    reason: /does not go with snis; keep one of the two/,
    examples: [ssl({ type: "client", snis: ["b.example"] }, "sni")],
  },
  {
    why: "the server reads certificates, and counts them and their keys, outside its schema",
    path: /^certs?$/,
    reason: /is no certificate in PEM form|are not as many as keys/,
    examples: [
      ssl({ cert: "x".repeat(128) }, "cert"),
      ssl({ certs: [CERTIFICATE] }, "certs"),
      ssl({ keys: [KEY] }, "certs"),
    ],
  },
  {
    why: "the server's schema does not say that a logger is an object",
    path: /^protocol\.logger\[\d+\]$/,
    reason: /is not an object/,
    examples: [
      { kind: "stream_route", body: { protocol: { name: "a", logger: ["a"] } }, at: "protocol.logger[0]" },
    ],
  },
  {
    why: "the owner's labels are written by this package",
    path: /(^|\.)labels\.pulumi-(owner|stack)$/,
    reason: /is a label that this package writes itself/,
    examples: [up({ labels: { "pulumi-owner": "x" } }, "labels.pulumi-owner")],
  },
];
