import type * as z from "zod";
import { isObject, schemaFor, shapeOf } from "../../provider/model/fields.ts";
import { kindOf } from "../../provider/model/kinds.ts";
import { policyRows } from "./kinds-policies.ts";

/** An object to put at a server: its path and its body, as the server takes it. */
export type Placed = [path: string, body: object];

const timeout = { connect: 1, send: 2, read: 3 };

/** Objects of every kind of the Admin API; the first of each kind has every field set that goes with the others. */
export function apisixObjects(pair: { cert: string; key: string }): Placed[] {
  const full = { name: "Payments API", desc: 'the "payments"\nof all', labels: { team: "edge" } };
  const upstream = {
    nodes: [
      { host: "b.example", port: 8443, weight: 1, priority: -1, metadata: { zone: "b" } },
      { host: "a.example", port: 8443, weight: 2 },
    ],
    type: "chash",
    hash_on: "header",
    key: "X-User",
    checks: {
      active: {
        type: "https",
        timeout: 2,
        concurrency: 5,
        host: "health.example",
        port: 8444,
        http_method: "POST",
        http_path: "/health",
        http_req_body: "{}",
        https_verify_certificate: false,
        req_headers: ["X-Probe: 1"],
        healthy: { interval: 2, http_statuses: [200, 204], successes: 3 },
        unhealthy: { interval: 3, http_statuses: [500], http_failures: 4, tcp_failures: 5, timeouts: 6 },
      },
      passive: {
        type: "https",
        healthy: { http_statuses: [200, 201], successes: 2 },
        unhealthy: { http_statuses: [503], http_failures: 2, tcp_failures: 3, timeouts: 4 },
      },
    },
    retries: 2,
    retry_timeout: 9,
    timeout,
    scheme: "https",
    pass_host: "rewrite",
    upstream_host: "payments.example",
    keepalive_pool: { size: 10, idle_timeout: 20, requests: 30 },
    tls: { client_cert: pair.cert, client_key: pair.key },
  };
  const discovered = {
    service_name: "payments",
    discovery_type: "nacos",
    discovery_args: { namespace_id: "n", group_name: "g", more: "m" },
    tls: { client_cert_id: "client" },
  };
  const inner = { ...upstream, ...full };
  const plain = (host: string) => ({ nodes: [{ host, port: 80, weight: 1 }] });
  return [
    // The server asks whether the certificate of an upstream is there.
    ["ssls/client", { type: "client", ...pair }],
    ["upstreams/7", { ...upstream, ...full }],
    ["upstreams/https", { ...plain("c.example"), scheme: "https" }],
    ["upstreams/node", { ...plain("d.example"), scheme: "https", pass_host: "node", type: "roundrobin" }],
    ["upstreams/map", { nodes: { "e.example:80": 1, "f.example": 2 } }],
    ["upstreams/discovered", { service_name: "payments", discovery_type: "a-registry", type: "a-balancer" }],
    ["upstreams/nacos", { ...discovered, name: "nacos" }],
    ["upstreams/kafka", { ...plain("k.example"), scheme: "kafka", tls: { verify: true } }],
    ["upstreams/by-certificate", { ...plain("g.example"), tls: { client_cert_id: "client" } }],
    ["plugin_configs/shared", { ...full, plugins: { "limit-count": { count: 2, time_window: 60 } } }],
    ["plugin_configs/2", { plugins: {} }],
    [
      "services/payments",
      { ...full, hosts: ["s.example"], upstream_id: 7, plugins: {}, enable_websocket: true },
    ],
    ["services/discovered", { upstream: discovered }],
    ["services/full", { upstream: inner }],
    ["services/inline", { upstream: { ...plain("h.example"), scheme: "https", pass_host: "node" } }],
    ["services/scripted", { script: "return { access = function() end }" }],
    [
      "protos/payments",
      { ...full, content: `syntax = "proto3";\npackage a;\nmessage R { string n = 1; }\n` },
    ],
    ["protos/2", { content: 'syntax = "proto3"; package b;' }],
    [
      "routes/1",
      {
        ...full,
        uris: ["/b/*", "/a/*"],
        hosts: ["payments.example", "pay.example"],
        remote_addrs: ["10.0.0.0/8", "192.0.2.1"],
        methods: ["POST", "GET"],
        priority: 7,
        vars: [["arg_a", "==", "`b`"]],
        filter_func: "function(vars) return vars.arg_a ~= 'x' end",
        plugins: {
          "proxy-rewrite": { uri: "/get", headers: { set: { "X-A": "1" } } },
          "traffic-split": {
            rules: [
              {
                weighted_upstreams: [
                  { upstream_id: 7, weight: 1 },
                  { upstream_id: "https", weight: 2 },
                ],
              },
              { weighted_upstreams: [{ upstream_id: "gone", weight: 1 }, { weight: 1 }] },
            ],
          },
          "grpc-transcode": { proto_id: "payments", service: "a.S", method: "M" },
        },
        plugin_config_id: "shared",
        upstream_id: 7,
        service_id: "payments",
        timeout,
        enable_websocket: true,
        status: 0,
      },
    ],
    ["routes/2", { uri: "/*", host: "pay.example", upstream_id: "map" }],
    ["routes/discovered", { uri: "/8", upstream: discovered }],
    ["routes/full", { uri: "/9", upstream: inner }],
    ["routes/3", { uri: "/*", upstream: plain("i.example"), name: "Payments API" }],
    [
      "routes/4",
      { uri: "/4", service_id: "inline", plugin_config_id: "2", remote_addr: "10.0.0.1", plugins: {} },
    ],
    [
      "routes/scripted",
      { uri: "/5", script: "local a = 1\nlocal b = 2\nreturn { log = function() return a + b end }" },
    ],
    ["routes/hosts", { uri: "/6", hosts: ["*.any.example"], upstream_id: "https" }],
    ["global_rules/1", { plugins: { "request-id": { header_name: "X-Id" }, cors: {} } }],
    ["plugin_metadata/http-logger", { log_format: { host: "$host", nested: "$request_id" } }],
    ["consumer_groups/gold", { ...full, plugins: { "limit-count": { count: 9, time_window: 60 } } }],
    ["consumer_groups/2", { plugins: {} }],
    [
      "consumers/jack",
      {
        username: "jack",
        desc: full.desc,
        labels: full.labels,
        group_id: "gold",
        plugins: { "key-auth": { key: "SECRET-jacks-key" }, "limit-count": { count: 2, time_window: 60 } },
      },
    ],
    [
      "secrets/gcp/three",
      {
        auth_config: {
          client_email: "a@b.example",
          private_key: "SECRET-gcp",
          project_id: "p",
          scope: ["s"],
          token_uri: "https://t.example",
          entries_uri: "https://e.example",
        },
        ssl_verify: false,
      },
    ],
    ["services/plain", { upstream_id: "map" }],
    ["routes/5", { uri: "/7", service_id: "plain" }],
    ["consumers/jill", { username: "jill", plugins: { "key-auth": { key: "$env://JILLS_KEY" } } }],
    ["consumers/jack/credentials/one", { ...full, plugins: { "key-auth": { key: "SECRET-credential" } } }],
    [
      "consumers/jill/credentials/one",
      { plugins: { "basic-auth": { username: "j", password: "SECRET-password" } } },
    ],
    [
      "ssls/gateway",
      {
        desc: full.desc,
        labels: full.labels,
        type: "server",
        ...pair,
        certs: [pair.cert],
        keys: [pair.key],
        snis: ["payments.example", "pay.example"],
        client: { ca: pair.cert, depth: 2, skip_mtls_uri_regex: ["/open/.*"] },
        ssl_protocols: ["TLSv1.3", "TLSv1.2"],
        status: 0,
      },
    ],
    [
      "stream_routes/1",
      {
        ...full,
        remote_addr: "10.0.0.0/8",
        server_addr: "127.0.0.1",
        server_port: 9100,
        sni: "redis.example",
        upstream_id: 7,
        service_id: "payments",
        plugins: { "limit-conn": { conn: 1, burst: 0, default_conn_delay: 0.1, key: "remote_addr" } },
      },
    ],
    ["stream_routes/discovered", { upstream: discovered }],
    ["stream_routes/full", { upstream: inner }],
    [
      "stream_routes/2",
      {
        upstream: plain("j.example"),
        protocol: {
          name: "redis",
          superior_id: "1",
          conf: { faults: [{ commands: ["get"], delay: 5 }] },
          logger: [{ name: "syslog", filter: [["rpc_time", ">=", 0.1]], conf: { host: "127.0.0.1" } }],
        },
      },
    ],
    [
      "secrets/vault/one",
      { uri: "https://vault.example", prefix: "kv/a", token: "SECRET-vault", namespace: "n" },
    ],
    [
      "secrets/aws/two",
      {
        access_key_id: "SECRET-access",
        secret_access_key: "SECRET-aws",
        session_token: "SECRET-session",
        region: "eu-west-1",
        endpoint_url: "https://aws.example",
      },
    ],
  ];
}

const base64 = (text: string) => Buffer.from(text).toString("base64");
const labels = { team: "edge" };
const verification = {
  mode: "SkipSAN",
  serverName: "sni.example",
  subjectAltNames: [{ type: "Prefix", value: "a." }],
  caCert: { secret: "ca" },
  clientCert: { inlineString: "a certificate" },
  clientKey: { inlineString: "SECRET-inline" },
};

/** Objects of every kind of Kuma that is imported; the first of each kind has every field set. */
export const kumaObjects: Placed[] = [
  [
    "meshes/payments",
    {
      type: "Mesh",
      name: "payments",
      labels,
      mtls: {
        enabledBackend: "ca",
        skipValidation: true,
        backends: [
          {
            name: "ca",
            type: "builtin",
            mode: "PERMISSIVE",
            dpCert: { rotation: { expiration: "1d" }, requestTimeout: "10s" },
            conf: { caCert: { RSAbits: 2048 } },
            rootChain: { requestTimeout: "10s" },
          },
        ],
      },
      routing: {
        zoneEgress: true,
        localityAwareLoadBalancing: true,
        defaultForbidMeshExternalServiceAccess: true,
      },
      networking: { outbound: { passthrough: false } },
      meshServices: { mode: "Exclusive" },
      skipCreatingInitialPolicies: ["MeshTimeout"],
      constraints: {
        dataplaneProxy: { requirements: [{ tags: { a: "b" } }], restrictions: [{ tags: { c: "d" } }] },
      },
      logging: {
        defaultBackend: "l",
        backends: [{ name: "l", format: "%A", type: "file", conf: { path: "/l" } }],
      },
      tracing: {
        defaultBackend: "t",
        backends: [{ name: "t", sampling: 5, type: "zipkin", conf: { url: "http://z:9411" } }],
      },
      metrics: { enabledBackend: "m", backends: [{ name: "m", type: "prometheus", conf: { port: 5671 } }] },
    },
  ],
  ["meshes/plain", { type: "Mesh", name: "plain" }],
  [
    "meshes/payments/secrets/ca",
    { type: "Secret", mesh: "payments", name: "ca", labels, data: base64("SECRET-ca") },
  ],
  [
    "meshes/default/secrets/token",
    { type: "Secret", mesh: "default", name: "token", data: base64("SECRET-token") },
  ],
  [
    "meshes/payments/external-services/httpbin",
    {
      type: "ExternalService",
      mesh: "payments",
      name: "httpbin",
      labels,
      tags: { "kuma.io/service": "httpbin", "kuma.io/protocol": "http" },
      networking: {
        address: "httpbin.org:443",
        tls: {
          enabled: true,
          serverName: "sni.example",
          allowRenegotiation: true,
          skipHostnameVerification: true,
          caCert: { secret: "ca" },
          clientCert: { secret: "not-there" },
          clientKey: { inline: base64("SECRET-inline-key") },
        },
        disableHostDNSEntry: true,
      },
    },
  ],
  ...["one", "two", "three"].map(
    (name): Placed => [
      `meshes/default/external-services/${name}`,
      {
        type: "ExternalService",
        mesh: "default",
        name,
        tags: { "kuma.io/service": name },
        networking: { address: `${name}.example:80` },
      },
    ],
  ),
  [
    "meshes/payments/meshexternalservices/httpbin",
    {
      type: "MeshExternalService",
      mesh: "payments",
      name: "httpbin",
      labels,
      spec: {
        match: { type: "HostnameGenerator", port: 9000, protocol: "http" },
        endpoints: [
          { address: "b.example", port: 443, priority: 1 },
          { address: "a.example", port: 443 },
        ],
        tls: {
          enabled: true,
          version: { min: "TLS12", max: "TLS13" },
          allowRenegotiation: true,
          verification,
        },
      },
    },
  ],
  [
    "meshes/default/meshexternalservices/httpbin",
    {
      type: "MeshExternalService",
      mesh: "default",
      name: "httpbin",
      spec: {
        match: { type: "HostnameGenerator", port: 80 },
        extension: { type: "Lambda", config: { arn: "a" } },
      },
    },
  ],
  [
    "zoneegresses/egress",
    {
      type: "ZoneEgress",
      name: "egress",
      zone: "zone-1",
      labels,
      networking: { address: "10.0.0.7", port: 10003, admin: { port: 9901 } },
    },
  ],
  [
    "meshes/payments/meshtimeouts/slow",
    {
      type: "MeshTimeout",
      mesh: "payments",
      name: "slow",
      labels,
      spec: {
        targetRef: { kind: "Mesh" },
        to: [{ targetRef: { kind: "Mesh" }, default: { connectionTimeout: "5s" } }],
      },
    },
  ],
  [
    "meshes/default/meshtrafficpermissions/slow",
    {
      type: "MeshTrafficPermission",
      mesh: "default",
      name: "slow",
      spec: { from: [{ targetRef: { kind: "Mesh" }, default: { action: "Allow" } }] },
    },
  ],
  [
    "meshes/default/meshtimeouts/mesh-timeout-all-default",
    {
      type: "MeshTimeout",
      mesh: "default",
      name: "mesh-timeout-all-default",
      spec: {
        targetRef: { kind: "Mesh" },
        to: [{ targetRef: { kind: "Mesh" }, default: { idleTimeout: "1h0m0s" } }],
      },
    },
  ],
  ...policyRows.map(({ type, path, full }): Placed => {
    const name = type.replace(/^kuma:(Mesh)?/, "").toLowerCase();
    const identity = { ...kindOf(type).identityDefaults, name };
    return [path(name).slice(1), { type: type.replace("kuma:", ""), ...identity, ...full }];
  }),
];

/** The fields of a kind's schema, at any depth, that stand in none of its objects. */
export function fieldsInNone(schema: z.core.$ZodType, objects: readonly unknown[], at = ""): string[] {
  const shape = shapeOf(objects.length > 0 ? schemaFor(schema, objects[0]) : schema) ?? {};
  return Object.entries(shape).flatMap(([key, field]) => {
    const values = objects
      .filter(isObject)
      .flatMap((object) => (object[key] === undefined ? [] : [object[key]]));
    if (values.length === 0) return [at + key];
    const lists = values.filter(Array.isArray);
    const def = schemaFor(field, values[0])._zod.def;
    return lists.length > 0 && def.type === "array"
      ? fieldsInNone((def as z.core.$ZodArrayDef).element, lists.flat(), `${at}${key}[].`)
      : fieldsInNone(field, values.filter(isObject), `${at}${key}.`);
  });
}

/** Puts objects at a server, which must take them. */
export async function place(
  objects: readonly Placed[],
  root: string,
  headers: Record<string, string> = {},
): Promise<void> {
  for (const [path, body] of objects) {
    const answer = await fetch(`${root}/${path}`, {
      method: "PUT",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  }
}
