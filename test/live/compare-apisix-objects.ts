import { readFileSync } from "node:fs";
import type { Json, JsonObject } from "../../provider/model/fields.ts";
import { isObject } from "../../provider/model/fields.ts";
import { CERTIFICATE, KEY } from "../support/apisix-bodies.ts";

/** The collections of the Admin API whose objects can have names of a run. */
export const COLLECTIONS = [
  ...["routes", "upstreams", "services", "consumers", "credentials", "consumer_groups", "plugin_configs"],
  ...["global_rules", "protos", "ssls", "stream_routes", "secrets", "plugin_metadata"],
];

/** Metadata of plugins that nobody else is likely to keep at the same server. */
export const METADATA = [
  "loggly",
  "udp-logger",
  "sls-logger",
  "tencent-cloud-cls",
  "rocketmq-logger",
  "azure-functions",
];

/** Right bodies by collection; `RUN` in a text stands for what all names of a run begin with. */
export const BODIES: Record<string, JsonObject[]> = {
  routes: [
    { uri: "/RUN", host: "RUN.example", upstream_id: "RUN-upstream" },
    {
      uris: ["/RUN/*", "/RUN/a"],
      hosts: ["*.RUN.example", "RUN.example"],
      service_id: "RUN-service",
      priority: 5,
      methods: ["GET", "POST"],
      status: 1,
      name: "RUN",
      desc: "d",
      labels: { RUN: "a" },
      enable_websocket: true,
    },
    {
      uri: "/RUN/:a",
      host: "RUN.example",
      vars: [
        ["arg_a", "==", "1"],
        ["http_x", "!", "~~", "^a"],
      ],
      remote_addrs: ["10.0.0.0/8", "::1"],
      upstream: { type: "roundrobin", nodes: { "127.0.0.1:80": 1 } },
      plugins: { "limit-count": { count: 1, time_window: 60, group: "RUN-group" } },
    },
    {
      uri: "/RUN",
      host: "RUN.example",
      remote_addr: "10.0.0.1",
      timeout: { connect: 1, send: 2, read: 3.5 },
      plugin_config_id: "RUN-config",
      upstream: {
        type: "chash",
        key: "remote_addr",
        hash_on: "vars",
        nodes: [{ host: "127.0.0.1", port: 80, weight: 0, priority: -1, metadata: { a: "b" } }],
      },
    },
    {
      uri: "/RUN",
      host: "RUN.example",
      filter_func: "function(vars) return vars.arg_a == '1' end",
      plugins: { "proxy-rewrite": { regex_uri: ["^/a/(.*)", "/$1"], headers: { set: { "X-A": "b" } } } },
      upstream_id: "RUN-upstream",
    },
    {
      uri: "/RUN",
      host: "RUN.example",
      script: "local _M = {} function _M.access(api_ctx) end return _M",
      upstream_id: "RUN-upstream",
    },
    {
      uri: "/RUN",
      host: "RUN.example",
      vars: [
        "OR",
        ["arg_a", "in", ["1", "2"]],
        ["AND", ["arg_b", ">", 1], ["remote_addr", "ipmatch", ["10.0.0.0/8"]]],
      ],
      plugins: {
        "fault-injection": {
          abort: { http_status: 200, body: "a" },
          _meta: { disable: false, priority: 1, filter: [["arg_a", "==", "1"]] },
        },
        cors: {},
      },
    },
    {
      uri: "/RUN",
      host: "RUN.example",
      plugins: {
        "traffic-split": {
          rules: [
            {
              match: [{ vars: [["arg_a", "==", "1"]] }],
              weighted_upstreams: [{ upstream_id: "RUN-upstream", weight: 1 }, { weight: 2 }],
            },
          ],
        },
        "grpc-transcode": { proto_id: "RUN-proto", service: "a.B", method: "C" },
      },
    },
  ],
  upstreams: [
    { type: "roundrobin", nodes: { "127.0.0.1:80": 1, "a.example": 2 } },
    {
      type: "chash",
      hash_on: "header",
      key: "X-A",
      nodes: [{ host: "127.0.0.1", port: 80, weight: 1 }],
      name: "RUN",
      desc: "d",
      labels: { RUN: "b" },
    },
    {
      type: "least_conn",
      scheme: "https",
      nodes: [],
      pass_host: "rewrite",
      upstream_host: "a.example",
      retries: 0,
      retry_timeout: 0,
      timeout: { connect: 0.5, send: 1, read: 1 },
      keepalive_pool: { size: 1, idle_timeout: 0, requests: 1 },
    },
    {
      type: "ewma",
      nodes: [{ host: "[::1]", port: 80, weight: 1 }],
      tls: { client_cert: CERTIFICATE, client_key: KEY, verify: true },
    },
    { type: "roundrobin", nodes: { "[::1]:80": 1 }, tls: { client_cert_id: "RUN-client" }, scheme: "grpcs" },
    {
      type: "roundrobin",
      service_name: "a",
      discovery_type: "dns",
      discovery_args: { group_name: "a", namespace_id: "b" },
    },
    {
      type: "chash",
      hash_on: "vars_combinations",
      key: "$arg_a$arg_b",
      nodes: { "127.0.0.1:80": 1 },
      checks: {
        active: {
          type: "http",
          http_path: "/",
          healthy: { interval: 1, successes: 1 },
          unhealthy: { http_failures: 1 },
        },
        passive: { healthy: { http_statuses: [200] }, unhealthy: { tcp_failures: 1 } },
      },
    },
    { type: "chash", hash_on: "cookie", key: "a", nodes: { "127.0.0.1:80": 1 } },
    { type: "chash", hash_on: "consumer", nodes: { "127.0.0.1:80": 1 } },
  ],
  services: [
    { upstream_id: "RUN-upstream", name: "RUN" },
    {
      hosts: ["RUN.example"],
      upstream: { type: "roundrobin", nodes: { "127.0.0.1:80": 1 } },
      plugins: { "limit-req": { rate: 1, burst: 0, key: "remote_addr" } },
      enable_websocket: false,
      labels: { RUN: "c" },
      desc: "",
    },
    { plugins: { "ip-restriction": { whitelist: ["10.0.0.0/8"] } }, script: "return {}" },
  ],
  consumers: [
    { username: "RUN_one", desc: "d", labels: { RUN: "d" } },
    { username: "RUN_one", plugins: { "key-auth": { key: "RUN-key" } }, group_id: "RUN-group" },
    {
      username: "RUN_one",
      plugins: {
        "basic-auth": { username: "RUN-user", password: "p" },
        "limit-count": { count: 1, time_window: 1 },
      },
    },
    {
      username: "RUN_one",
      plugins: { "jwt-auth": { key: "RUN-jwt", secret: "a-secret-of-some-length-0123456789" } },
    },
    { username: "RUN_one", plugins: { "hmac-auth": { key_id: "RUN-hmac", secret_key: "s" } } },
    { username: "RUN_one", plugins: { "key-auth": { key: "RUN-taken" } } },
  ],
  credentials: [
    { plugins: { "key-auth": { key: "RUN-credential" } }, desc: "d", labels: { a: "b" } },
    { plugins: { "basic-auth": { username: "RUN-name", password: "p" } }, name: "n" },
    { plugins: { "jwt-auth": { key: "RUN-jwt2", algorithm: "RS256", public_key: "k" } } },
    { plugins: { "key-auth": { key: "RUN-taken" } } },
    { plugins: { cors: {} } },
  ],
  consumer_groups: [
    {
      plugins: { "limit-count": { count: 1, time_window: 1 } },
      name: "RUN",
      desc: "d",
      labels: { RUN: "e" },
    },
    { plugins: {} },
  ],
  plugin_configs: [
    { plugins: { cors: {}, "proxy-rewrite": { uri: "/a" } }, name: "RUN", desc: "d", labels: { RUN: "f" } },
  ],
  global_rules: [
    { plugins: { "request-id": { _meta: { disable: true } } } },
    {
      plugins: {
        "real-ip": { source: "http_x", trusted_addresses: ["10.0.0.0/8"], _meta: { disable: true } },
      },
    },
  ],
  protos: [
    {
      content:
        'syntax = "proto3"; package a; message A { string b = 1; } service B { rpc C (A) returns (A) {} }',
      name: "RUN",
      desc: "d",
      labels: { RUN: "g" },
    },
    { content: 'syntax = "proto2";' },
  ],
  ssls: [
    { cert: CERTIFICATE, key: KEY, sni: "RUN.example" },
    {
      cert: CERTIFICATE,
      key: KEY,
      snis: ["RUN.example", "*.RUN.example"],
      certs: [CERTIFICATE],
      keys: [KEY],
      status: 0,
      labels: { RUN: "h" },
      ssl_protocols: ["TLSv1.2", "TLSv1.3"],
    },
    { type: "client", cert: CERTIFICATE, key: KEY },
    {
      cert: CERTIFICATE,
      key: KEY,
      sni: "RUN.example",
      client: { ca: CERTIFICATE, depth: 2, skip_mtls_uri_regex: ["/a"] },
    },
    { cert: "$secret://vault/RUN/a/b", key: "$env://RUN", sni: "RUN.example" },
  ],
  stream_routes: [
    { server_port: 9, remote_addr: "10.0.0.1", upstream_id: "RUN-upstream" },
    {
      server_addr: "10.0.0.0/8",
      sni: "RUN.example",
      upstream: { type: "roundrobin", nodes: { "127.0.0.1:80": 1 } },
      plugins: { "ip-restriction": { blacklist: ["10.0.0.1"] } },
      name: "RUN",
      desc: "d",
      labels: { RUN: "i" },
    },
    {
      service_id: "RUN-service",
      server_port: 9,
      protocol: {
        name: "redis",
        conf: { faults: [{ commands: ["get"], delay: 1 }] },
        logger: [{ name: "syslog", conf: { host: "127.0.0.1", port: 1 }, filter: [["rpc_time", ">=", 1]] }],
      },
    },
    { server_port: 9, upstream_id: "RUN-upstream", protocol: { name: "redis", superior_id: "RUN-above" } },
  ],
  secrets: [
    { uri: "http://127.0.0.1:1", prefix: "a", token: "t", namespace: "n" },
    { access_key_id: "a", secret_access_key: "b", region: "r", endpoint_url: "http://127.0.0.1:1" },
    { auth_config: { client_email: "a", private_key: "b", project_id: "c" }, ssl_verify: false },
    { auth_file: "/a" },
  ],
  plugin_metadata: [{ log_format: { a: "$b" } }, {}, { master_apikey: "a", master_clientid: "b" }],
};

/** What the objects of a run refer to, in the order in which it is made. */
export const REFERRED: [path: string, body: JsonObject][] = [
  ["upstreams/RUN-upstream", { type: "roundrobin", nodes: { "127.0.0.1:80": 1 } }],
  ["services/RUN-service", { upstream_id: "RUN-upstream" }],
  ["plugin_configs/RUN-config", { plugins: { cors: {} } }],
  ["consumer_groups/RUN-group", { plugins: { cors: {} } }],
  [
    "protos/RUN-proto",
    { content: 'syntax = "proto3"; package a; message A {} service B { rpc C (A) returns (A) {} }' },
  ],
  ["ssls/RUN-client", { type: "client", cert: CERTIFICATE, key: KEY }],
  ["ssls/RUN-server", { cert: CERTIFICATE, key: KEY, sni: "used.RUN.example" }],
  ["stream_routes/RUN-above", { server_port: 9, upstream_id: "RUN-upstream" }],
  ["consumers/RUN_two", { username: "RUN_two", plugins: { "key-auth": { key: "RUN-taken" } } }],
  [
    "routes/RUN-route",
    { uri: "/RUN/used", host: "used.RUN.example", service_id: "RUN-service", plugin_config_id: "RUN-config" },
  ],
  ["consumers/RUN_three", { username: "RUN_three", group_id: "RUN-group" }],
];

const REFERENCES: Record<string, string> = {
  upstream_id: "RUN-upstream",
  service_id: "RUN-service",
  plugin_config_id: "RUN-config",
  group_id: "RUN-group",
  group: "RUN-shared",
  proto_id: "RUN-proto",
  client_cert_id: "RUN-client",
};

/** Bodies that recorded requests have sent, by collection, with references to what a run has. */
export function recordedBodies(): Record<string, JsonObject[]> {
  const found: Record<string, JsonObject[]> = {};
  for (const name of ["3.11.0", "3.11.0-writes", "3.18.0", "3.18.0-writes"]) {
    const { scenarios } = JSON.parse(
      readFileSync(new URL(`../recordings/apisix-${name}.json`, import.meta.url), "utf8"),
    );
    for (const { exchanges } of scenarios) {
      for (const { request } of exchanges) {
        const [kind = "", , part] = String(request.path)
          .replace(/^.*\/admin\//, "")
          .split(/[/?]/);
        const collection = part === "credentials" ? part : kind;
        if (
          !COLLECTIONS.includes(collection) ||
          !isObject(request.body) ||
          JSON.stringify(request.body).length > 20_000
        )
          continue;
        found[collection] = [...(found[collection] ?? []), referring(request.body as Json) as JsonObject];
      }
    }
  }
  return found;
}

function referring(value: Json, name = ""): Json {
  if (Array.isArray(value)) return value.map((item) => referring(item, name));
  if (isObject(value))
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, referring(inner as Json, key)]),
    );
  return typeof value === "string" || typeof value === "number" ? (REFERENCES[name] ?? value) : value;
}
