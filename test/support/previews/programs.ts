import * as pulumi from "@pulumi/pulumi";
import * as apisix from "pulumi-external-backends/apisix";
import * as kuma from "pulumi-external-backends/kuma";
import { SECRETS } from "./secrets.ts";

/** What of the gateway does not change. */
function gateway() {
  const upstream = new apisix.Upstream("httpbin", {
    nodes: [{ host: "httpbin.org", port: 443, weight: 1 }],
    scheme: "https",
    passHost: "node",
    retries: 2,
    checks: { active: { httpPath: "/status/200" } },
    labels: { team: "edge" },
  });
  const limits = new apisix.PluginConfig("limits", {
    plugins: { "limit-count": { count: 100, time_window: 60, policy: "local" } },
  });
  new apisix.Route("hidden", {
    host: pulumi.secret(SECRETS.host),
    uri: "/partner/*",
    upstream: { nodes: { "partner.example:80": 1 } },
  });
  new apisix.Consumer("jack", { plugins: { "key-auth": { key: SECRETS.key } } });
  return { upstream, limits };
}

/** What of the mesh does not change. */
function egress() {
  const mesh = new kuma.Mesh("payments", {
    mtls: { enabledBackend: "ca", backends: [{ name: "ca", type: "builtin" }] },
    routing: { zoneEgress: true },
    networking: { outbound: { passthrough: false } },
  });
  new kuma.ZoneEgress("egress", { zone: "zone-1", networking: { address: "10.0.0.9", port: 10002 } });
  new kuma.ExternalService("httpbin", {
    mesh: mesh.name,
    tags: { "kuma.io/service": "httpbin", "kuma.io/protocol": "http" },
    networking: { address: "httpbin.org:443", tls: { enabled: true } },
  });
  return mesh;
}

/** The stack as it is: a gateway with a limit, a key check and a hidden host, and a mesh with an egress. */
export async function before(): Promise<void> {
  const { upstream, limits } = gateway();
  new apisix.Route("httpbin", {
    host: "local.httpbin.org",
    uri: "/*",
    upstreamId: upstream.upstreamId,
    pluginConfigId: limits.pluginConfigId,
  });
  new apisix.Route("status", {
    host: "local.httpbin.org",
    uri: "/status/*",
    methods: ["POST"],
    plugins: { "key-auth": {}, "response-rewrite": { _meta: { disable: true }, body: "gone" } },
    upstream: { nodes: { "10.1.2.3:8080": 1 } },
  });

  const mesh = egress();
  new kuma.MeshExternalService("ledger", {
    mesh: mesh.name,
    match: { port: 443, protocol: "tcp" },
    endpoints: [{ address: "ledger.example", port: 443 }],
    tls: { enabled: true, verification: { mode: "Secured" } },
  });
  new kuma.MeshTrafficPermission("shop", {
    mesh: mesh.name,
    spec: {
      targetRef: { kind: "MeshService", name: "httpbin" },
      from: [
        {
          targetRef: { kind: "MeshSubset", tags: { "kuma.io/service": "shop" } },
          default: { action: "Allow" },
        },
      ],
    },
  });
}

/** The same after a change: a wider path, a limit that is gone, a node that another resource makes, a new way out. */
export async function after(): Promise<void> {
  const { upstream, limits } = gateway();
  new apisix.Route("httpbin", { host: "local.httpbin.org", uri: "/*", upstreamId: upstream.upstreamId });
  new apisix.Route("status", {
    host: "local.httpbin.org",
    uri: "/status/*",
    plugins: { "response-rewrite": { _meta: { disable: true }, body: "gone" } },
    upstream: { nodes: { "10.1.2.3:8080": 1 } },
  });
  const token = new kuma.Secret("token", { mesh: "payments", value: SECRETS.key });
  new apisix.Route("new", {
    // Known only once the secret of the mesh is made.
    uri: pulumi.interpolate`/new/${token.id}`,
    upstream: { nodes: { "news.example:80": 1 } },
    pluginConfigId: limits.pluginConfigId,
  });

  const mesh = egress();
  new kuma.MeshExternalService("ledger", {
    mesh: mesh.name,
    match: { port: 443, protocol: "tcp" },
    endpoints: [{ address: "ledger.example", port: 443 }],
    tls: { enabled: true, verification: { mode: "SkipAll" } },
  });
}
