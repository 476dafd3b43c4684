import type { ApisixUpstreamHealthCheck } from "pulumi-external-backends/kubernetes";
import { kubernetes } from "./kubernetes.ts";

type Resource = import("@pulumi/pulumi").Resource;

const { ApisixRoute, ApisixUpstream, ExternalService, Mesh, MeshExternalService, ZoneEgress } = kubernetes;
const metadata = { namespace: "apisix" };
const codes = { httpCodes: [200, 204], successes: 2 };
const failures = { httpCodes: [500], httpFailures: 2, tcpFailures: 2, timeout: 3 };
const healthCheck: ApisixUpstreamHealthCheck = {
  active: {
    type: "https",
    timeout: 1_000_000_000,
    concurrency: 2,
    host: "httpbin.org",
    port: 443,
    httpPath: "/status/200",
    strictTLS: true,
    requestHeaders: ["X-Probe: yes"],
    healthy: { interval: "5s", ...codes },
    unhealthy: { interval: "1m30s", ...failures },
  },
  passive: { type: "https", healthy: codes, unhealthy: failures },
};
const plugins = [{ name: "cors", enable: true, config: { allow_origins: "*" }, secretRef: "cors-settings" }];

/** Objects of every kind: the documents' own, and some that use every field. */
export const OBJECTS: Record<string, () => Resource> = {
  "the document's ApisixRoute": () =>
    new ApisixRoute("httpbin-route", {
      spec: {
        http: [
          {
            name: "rule1",
            match: { hosts: ["local.httpbin.org"], paths: ["/*"] },
            upstreams: [{ name: "httpbin-upstream" }],
          },
        ],
      },
    }),
  "the document's ApisixUpstream with a domain": () =>
    new ApisixUpstream("httpbin-upstream", {
      spec: { externalNodes: [{ type: "Domain", name: "httpbin.org" }] },
    }),
  "the document's ApisixUpstream with a Service": () =>
    new ApisixUpstream("ext-upstream", {
      spec: { externalNodes: [{ type: "Service", name: "ext-httpbin" }] },
    }),
  "an ApisixUpstream with every setting": () =>
    new ApisixUpstream("settings", {
      metadata,
      spec: {
        ingressClassName: "other",
        externalNodes: [
          { type: "Domain", name: "httpbin.org", port: 443, weight: 2 },
          { type: "Domain", name: "10.0.0.7", weight: 0 },
        ],
        healthCheck,
        loadbalancer: { type: "chash", hashOn: "header", key: "X-User" },
        passHost: "rewrite",
        upstreamHost: "httpbin.org",
        retries: 2,
        scheme: "https",
        subsets: [{ name: "v1", labels: { version: "1" } }],
        timeout: { connect: "5s", send: "10s", read: "1m" },
        tlsSecret: { name: "client", namespace: "apisix" },
        portLevelSettings: [{ port: 8443, scheme: "https", healthCheck, retries: 1, passHost: "node" }],
      },
    }),
  "an ApisixUpstream with discovery": () =>
    new ApisixUpstream("discovered", {
      spec: { discovery: { type: "nacos", serviceName: "orders", args: { namespace_id: "public" } } },
    }),
  "an ApisixRoute with every field": () =>
    new ApisixRoute("everything", {
      metadata,
      spec: {
        ingressClassName: "other",
        http: [
          {
            name: "canary",
            match: {
              paths: ["/a", "/b/*"],
              hosts: ["*.example.org"],
              methods: ["GET", "POST"],
              remoteAddrs: ["10.0.0.0/8"],
              exprs: [
                { subject: { scope: "Header", name: "X-Beta" }, op: "In", set: ["yes", "1"] },
                { subject: { scope: "Path" }, op: "RegexMatch", value: "^/a" },
              ],
              filter_func: "function(vars) return true end",
            },
            upstreams: [
              { name: "httpbin-upstream", weight: 90 },
              { name: "settings", weight: 10 },
            ],
            backends: [
              { serviceName: "web", servicePort: 80, weight: 5, resolveGranularity: "service", subset: "v1" },
              { serviceName: "web", servicePort: "http" },
            ],
            plugins,
            plugin_config_name: "shared",
            plugin_config_namespace: "apisix",
            authentication: {
              enable: true,
              type: "jwtAuth",
              keyAuth: { header: "X-Key" },
              jwtAuth: { header: "Authorization", query: "jwt", cookie: "jwt" },
              ldapAuth: { base_dn: "dc=example", ldap_uri: "ldap.example", uid: "uid", use_tls: true },
            },
            priority: 3,
            timeout: { connect: "5s" },
            websocket: true,
          },
        ],
        stream: [
          {
            name: "tls",
            protocol: "TCP",
            match: { ingressPort: 9100, host: "db.example.org" },
            backend: { serviceName: "db", servicePort: 5432, resolveGranularity: "endpoint", subset: "v1" },
            plugins,
          },
        ],
      },
    }),
  "the document's ExternalService, without its shortened certificate": () =>
    new ExternalService("httpbin", {
      mesh: "default",
      spec: {
        tags: { "kuma.io/service": "httpbin", "kuma.io/protocol": "http" },
        networking: {
          address: "httpbin.org:443",
          tls: {
            enabled: true,
            allowRenegotiation: false,
            sni: "httpbin.org",
            caCert: { secret: "ca" },
            clientCert: { secret: "client-cert" },
            clientKey: { secret: "client-key" },
          },
        },
      },
    }),
  "a ZoneEgress": () =>
    new ZoneEgress("egress", {
      metadata: { namespace: "kuma-system" },
      spec: { zone: "zone-1", networking: { address: "10.0.0.7", port: 10002, admin: { port: 9901 } } },
    }),
  "a Mesh with zone egress": () =>
    new Mesh("secured", {
      spec: {
        mtls: { enabledBackend: "ca", backends: [{ name: "ca", type: "builtin" }] },
        routing: { zoneEgress: true, localityAwareLoadBalancing: true },
        networking: { outbound: { passthrough: false } },
      },
    }),
  "a Mesh with nothing said": () => new Mesh("plain"),
  "a MeshExternalService": () =>
    new MeshExternalService("httpbin", {
      mesh: "secured",
      metadata: { namespace: "kuma-system", labels: { team: "edge" } },
      spec: {
        match: { port: 80, protocol: "http" },
        endpoints: [{ address: "httpbin.org", port: 443, priority: 1 }],
        tls: {
          enabled: true,
          version: { min: "TLS12" },
          verification: { mode: "Secured", serverName: "httpbin.org", caCert: { secret: "ca" } },
        },
      },
    }),
};
