import type { Json, JsonObject } from "../../provider/model/fields.ts";
import { kindOf } from "../../provider/model/kinds.ts";
import { atKuma, type KindRow, type Stored } from "./kind-case.ts";

/** What tests have to know of a kind whose spec is defined by a CRD. */
interface SpecRow {
  /** As little as will do. */
  minimal: JsonObject;
  full: JsonObject;
  /** The same as `full` in other words: durations, defaults, order. */
  rewritten: JsonObject;
  /** Values of places in the spec, where its schema cannot say which are right. */
  values?: Readonly<Record<string, readonly Json[]>>;
}

const mesh: JsonObject = { kind: "Mesh" };
const payments: JsonObject = { kind: "MeshService", name: "payments" };
const pair = (...values: Json[]): Json[] => values;

/** What most policies may be for. */
const sidecars = pair(
  mesh,
  { kind: "Mesh", proxyTypes: ["Sidecar"] },
  { kind: "MeshSubset", tags: { "kuma.io/service": "a" } },
  { kind: "Dataplane", labels: { app: "a" } },
  { kind: "Dataplane", name: "a", namespace: "b" },
);
const destinations = pair(
  mesh,
  payments,
  { kind: "MeshService", labels: { app: "a" }, sectionName: "http" },
  { kind: "MeshExternalService", name: "httpbin" },
  { kind: "MeshMultiZoneService", name: "a" },
);
const services = destinations.slice(1);
const targets = { targetRef: sidecars, "to[].targetRef": destinations, "from[].targetRef": [mesh] };

const toMesh = (conf: JsonObject) => ({ to: [{ targetRef: mesh, default: conf }] });
const toPayments = (conf: JsonObject) => ({ to: [{ targetRef: payments, default: conf }] });
const rule = (conf: JsonObject) => ({ rules: [{ default: conf }] });
/** Where a list of one entry with this configuration stands in the values. */
const inLists = (lists: readonly string[], field: string, values: readonly Json[]) =>
  Object.fromEntries(lists.map((list) => [`${list}[].default.${field}`, values]));

const LISTS = ["to", "from", "rules"];
const collector = { endpoint: { address: "otel.example", port: 4317 } };
const bundled = (more: JsonObject): JsonObject => ({
  provider: { type: "Bundled", bundled: { autogenerate: { enabled: true }, ...more } },
});
const PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
const backendRef = { kind: "MeshOpenTelemetryBackend", labels: { collector: "main" } };

const SPECS: Record<string, SpecRow> = {
  HostnameGenerator: {
    minimal: { selector: { meshService: {} }, template: "{{ .Name }}.minimal.mesh" },
    full: {
      selector: { meshExternalService: { matchLabels: { team: "payments", tier: "gold" } } },
      template: '{{ .DisplayName }}.{{ label "team" }}.{{ .Zone }}.mesh',
      extension: { type: "a-plugin", config: { a: [1] } },
    },
    rewritten: {
      extension: { config: { a: [1] }, type: "a-plugin" },
      template: '{{ .DisplayName }}.{{ label "team" }}.{{ .Zone }}.mesh',
      selector: { meshExternalService: { matchLabels: { tier: "gold", team: "payments" } } },
    },
  },
  MeshAccessLog: {
    minimal: toMesh({ backends: [{ type: "File", file: { path: "/dev/stdout" } }] }),
    full: toMesh({
      backends: [
        { type: "File", file: { path: "/tmp/a.log", format: { type: "Plain", plain: "%START_TIME%" } } },
        { type: "Tcp", tcp: { address: "127.0.0.1:5000" } },
      ],
    }),
    rewritten: toMesh({
      backends: [
        {
          file: {
            format: { omitEmptyValues: false, plain: "%START_TIME%", type: "Plain" },
            path: "/tmp/a.log",
          },
          type: "File",
        },
        { tcp: { address: "127.0.0.1:5000" }, type: "Tcp" },
      ],
    }),
    values: {
      ...targets,
      ...inLists(LISTS, "backends[]", [
        { type: "File", file: { path: "/a", format: { type: "Json", json: [{ key: "a", value: "b" }] } } },
        { type: "Tcp", tcp: { address: "a.example:80", format: { type: "Plain", plain: "%A%" } } },
        { type: "OpenTelemetry", openTelemetry: { backendRef, body: { kvlistValue: { values: [1] } } } },
        {
          type: "OpenTelemetry",
          openTelemetry: { endpoint: "a:4317", attributes: [{ key: "a", value: "b" }] },
        },
      ]),
    },
  },
  MeshCircuitBreaker: {
    minimal: toMesh({ connectionLimits: { maxConnections: 1 } }),
    full: toPayments({
      connectionLimits: { maxConnections: 10, maxRequests: 20 },
      outlierDetection: { interval: "1m0s", detectors: { totalFailures: { consecutive: 5 } } },
    }),
    rewritten: toPayments({
      outlierDetection: { detectors: { totalFailures: { consecutive: 5 } }, interval: "60s" },
      connectionLimits: { maxRequests: 20, maxConnections: 10 },
    }),
    values: targets,
  },
  MeshFaultInjection: {
    minimal: rule({ http: [] }),
    full: {
      targetRef: { kind: "Mesh", proxyTypes: ["Sidecar"] },
      ...rule({ http: [{ delay: { value: "1.5s", percentage: "0.5" } }] }),
    },
    rewritten: {
      ...rule({ http: [{ delay: { percentage: "0.5", value: "1500ms" } }] }),
      targetRef: { kind: "Mesh", proxyTypes: ["Sidecar"] },
    },
    values: { ...targets, targetRef: sidecars.slice(1), "to[].targetRef": [mesh] },
  },
  MeshHealthCheck: {
    minimal: toMesh({ tcp: {} }),
    full: toPayments({ interval: "1m0s", http: { path: "/health", expectedStatuses: [200, 201] } }),
    rewritten: toPayments({ http: { expectedStatuses: [200, 201], path: "/health" }, interval: "1m" }),
    values: targets,
  },
  MeshHTTPRoute: {
    minimal: { to: [{ targetRef: payments, rules: [] }] },
    full: {
      to: [
        {
          targetRef: payments,
          rules: [
            {
              matches: [{ path: { type: "PathPrefix", value: "/v2" }, headers: [{ name: "a", value: "b" }] }],
              default: { backendRefs: [{ kind: "MeshService", name: "next", port: 80 }] },
            },
          ],
        },
      ],
    },
    rewritten: {
      to: [
        {
          rules: [
            {
              default: { backendRefs: [{ port: 80, weight: 1, name: "next", kind: "MeshService" }] },
              matches: [
                {
                  headers: [{ name: "a", type: "Exact", value: "b" }],
                  path: { value: "/v2", type: "PathPrefix" },
                },
              ],
            },
          ],
          targetRef: payments,
        },
      ],
    },
    values: {
      targetRef: sidecars,
      "to[].targetRef": services,
      "to[].hostnames": [[]],
      "to[].rules[].matches[].path": [
        { type: "PathPrefix", value: "/" },
        { type: "Exact", value: "/a" },
        { type: "RegularExpression", value: ".*" },
      ],
      "to[].rules[].default.backendRefs[]": [payments, { kind: "MeshExternalService", name: "a", weight: 0 }],
      "to[].rules[].default.filters[]": [
        {
          type: "RequestHeaderModifier",
          requestHeaderModifier: { remove: ["a"], add: [{ name: "b", value: "c" }] },
        },
        { type: "RequestRedirect", requestRedirect: { scheme: "https", statusCode: 301 } },
        { type: "URLRewrite", urlRewrite: { hostname: "a.example" } },
        { type: "RequestMirror", requestMirror: { backendRef: payments, percentage: "0.5" } },
      ],
    },
  },
  MeshIdentity: {
    minimal: bundled({}),
    full: {
      selector: { dataplane: { matchLabels: { app: "payments" } } },
      ...bundled({ certificateParameters: { expiry: "24h0m0s" } }),
    },
    rewritten: {
      ...bundled({ certificateParameters: { expiry: "24h" } }),
      selector: { dataplane: { matchLabels: { app: "payments" } } },
    },
    values: {
      provider: [
        bundled({ meshTrustCreation: "Disabled" }).provider ?? null,
        { type: "Spire", spire: { agent: { timeout: "90s" } } },
        { type: "Extension", extension: { name: "a", config: { a: [1] } } },
      ],
      "spiffeID.trustDomain": ["a.example", "{{ .Mesh }}.a"],
      "spiffeID.path": ['/a/{{ label "app" }}'],
    },
  },
  MeshLoadBalancingStrategy: {
    minimal: toMesh({}),
    full: toPayments({
      hashPolicies: [{ type: "Cookie", cookie: { name: "a", ttl: "1h0m0s" } }],
      loadBalancer: { type: "RingHash", ringHash: { minRingSize: 8 } },
      localityAwareness: { disabled: false },
    }),
    rewritten: toPayments({
      localityAwareness: { disabled: false },
      loadBalancer: { ringHash: { minRingSize: 8 }, type: "RingHash" },
      hashPolicies: [{ cookie: { ttl: "60m", name: "a" }, type: "Cookie" }],
    }),
    values: {
      targetRef: sidecars,
      "to[].targetRef": [mesh, payments, { kind: "MeshMultiZoneService", name: "a" }],
      "to[].default.hashPolicies[]": [
        { type: "Header", header: { name: "a" } },
        { type: "Cookie", cookie: { name: "a", path: "/", ttl: "90s" }, terminal: true },
        { type: "Connection", connection: { sourceIP: true } },
      ],
      "to[].default.loadBalancer": [
        { type: "RoundRobin" },
        { type: "LeastRequest", leastRequest: { activeRequestBias: "0.5", choiceCount: 2 } },
        { type: "Maglev", maglev: { tableSize: 7 } },
      ],
      "to[].default.localityAwareness.localZone.affinityTags[]": [{ key: "a", weight: 1 }],
      "to[].default.localityAwareness.crossZone.failover[]": [
        { from: { zones: ["a"] }, to: { type: "Only", zones: ["b"] } },
        { to: { type: "Any" } },
      ],
    },
  },
  MeshMetric: {
    minimal: { default: {} },
    full: {
      default: {
        applications: [{ port: 8080 }],
        backends: [{ type: "Prometheus", prometheus: { port: 5671 } }],
      },
    },
    rewritten: {
      default: {
        backends: [{ prometheus: { path: "/metrics", port: 5671 }, type: "Prometheus" }],
        applications: [{ path: "/metrics", port: 8080 }],
      },
    },
    values: {
      targetRef: sidecars,
      "default.backends[]": [
        { type: "Prometheus", prometheus: { clientId: "a", port: 5670, path: "/metrics" } },
        { type: "OpenTelemetry", openTelemetry: { backendRef, refreshInterval: "90s" } },
        { type: "OpenTelemetry", openTelemetry: { endpoint: "a.example:4317" } },
      ],
      "default.sidecar.profiles.include[]": [{ type: "Regex", match: "a.*" }],
    },
  },
  MeshMultiZoneService: {
    minimal: { selector: { meshService: { matchLabels: { app: "a" } } }, ports: [{ port: 80 }] },
    full: {
      selector: { meshService: { matchLabels: { app: "payments" } } },
      ports: [
        { port: 80, appProtocol: "http" },
        { port: 90, name: "raw" },
      ],
    },
    rewritten: {
      ports: [
        { appProtocol: "http", port: 80 },
        { name: "raw", port: 90, appProtocol: "tcp" },
      ],
      selector: { meshService: { matchLabels: { app: "payments" } } },
    },
    values: { "selector.meshService.matchLabels": [{ app: "a" }] },
  },
  MeshOpenTelemetryBackend: {
    minimal: collector,
    full: { endpoint: { address: "otel.example", port: 4318, path: "/v1" }, protocol: "http" },
    rewritten: { protocol: "http", endpoint: { path: "/v1", port: 4318, address: "otel.example" } },
    values: { "endpoint.path": [""] },
  },
  MeshPassthrough: {
    minimal: {},
    full: {
      default: {
        passthroughMode: "Matched",
        appendMatch: [{ type: "Domain", value: "httpbin.org", port: 443, protocol: "tls" }],
      },
    },
    rewritten: {
      default: {
        appendMatch: [{ protocol: "tls", port: 443, value: "httpbin.org", type: "Domain" }],
        passthroughMode: "Matched",
      },
    },
    values: {
      targetRef: [
        mesh,
        { kind: "MeshSubset", tags: { a: "b" } },
        { kind: "Dataplane", labels: { app: "a" } },
      ],
      "default.appendMatch": [
        [{ type: "Domain", value: "*.a.example", port: 443, protocol: "tls" }],
        [
          { type: "IP", value: "::1" },
          { type: "CIDR", value: "10.0.0.0/8", port: 80 },
        ],
      ],
    },
  },
  MeshProxyPatch: {
    minimal: { default: { appendModifications: [{ cluster: { operation: "Remove" } }] } },
    full: {
      default: {
        appendModifications: [
          { cluster: { operation: "Patch", match: { name: "a" }, value: "connectTimeout: 5s\n" } },
          { listener: { operation: "Patch", jsonPatches: [{ op: "add", path: "/a", value: 1 }] } },
        ],
      },
    },
    rewritten: {
      default: {
        appendModifications: [
          { cluster: { value: "connectTimeout: 5s\n", match: { name: "a" }, operation: "Patch" } },
          { listener: { jsonPatches: [{ value: 1, path: "/a", op: "add" }], operation: "Patch" } },
        ],
      },
    },
    values: {
      targetRef: sidecars,
      "default.appendModifications[]": [
        { cluster: { operation: "Add", value: "name: a" } },
        { listener: { operation: "Remove", match: { origin: "inbound", tags: { a: "b" } } } },
        { virtualHost: { operation: "Patch", jsonPatches: [{ op: "move", from: "/a", path: "/b" }] } },
        { networkFilter: { operation: "AddBefore", match: { name: "a" }, value: "name: b" } },
        { httpFilter: { operation: "Patch", match: { name: "a" }, value: "name: a" } },
      ],
    },
  },
  MeshRateLimit: {
    minimal: {
      targetRef: { kind: "Mesh", proxyTypes: ["Sidecar"] },
      ...rule({ local: { tcp: { disabled: true } } }),
    },
    full: {
      targetRef: { kind: "Dataplane", labels: { app: "payments" } },
      ...rule({
        local: { http: { requestRate: { num: 5, interval: "1m0s" }, onRateLimit: { status: 429 } } },
      }),
    },
    rewritten: {
      ...rule({
        local: { http: { onRateLimit: { status: 429 }, requestRate: { interval: "60s", num: 5 } } },
      }),
      targetRef: { labels: { app: "payments" }, kind: "Dataplane" },
    },
    values: {
      ...targets,
      targetRef: sidecars.slice(1),
      "rules[].matches[]": [{ sni: { type: "Exact", value: "a.example" } }],
    },
  },
  MeshRetry: {
    minimal: toMesh({ tcp: { maxConnectAttempt: 1 } }),
    full: toMesh({ http: { numRetries: 2, perTryTimeout: "1.5s", retryOn: ["5xx", "503"] } }),
    rewritten: toMesh({ http: { retryOn: ["5xx", "503"], perTryTimeout: "1500ms", numRetries: 2 } }),
    values: {
      ...targets,
      "to[].default.http.hostSelection": [
        [{ predicate: "OmitPreviousHosts" }],
        [
          { predicate: "OmitHostsWithTags", tags: { a: "b" } },
          { predicate: "OmitPreviousPriorities", updateFrequency: 2 },
        ],
      ],
    },
  },
  MeshService: {
    minimal: { selector: { dataplaneTags: { "kuma.io/service": "a" } } },
    full: {
      selector: { dataplaneTags: { "kuma.io/service": "payments" } },
      ports: [
        { port: 80, targetPort: 8080, appProtocol: "http" },
        { port: 90, targetPort: "raw" },
      ],
    },
    rewritten: {
      ports: [
        { appProtocol: "http", targetPort: 8080, port: 80, name: "" },
        { targetPort: "raw", port: 90, appProtocol: "tcp" },
      ],
      selector: { dataplaneTags: { "kuma.io/service": "payments" } },
    },
    values: { "ports[].appProtocol": ["http", "tcp", "grpc"], "ports[].name": ["a", ""] },
  },
  MeshTCPRoute: {
    minimal: {},
    full: {
      to: [
        {
          targetRef: payments,
          rules: [{ default: { backendRefs: [{ kind: "MeshService", name: "next", port: 80 }] } }],
        },
      ],
    },
    rewritten: {
      to: [
        {
          rules: [{ default: { backendRefs: [{ weight: 1, port: 80, name: "next", kind: "MeshService" }] } }],
          targetRef: payments,
        },
      ],
    },
    values: {
      targetRef: sidecars,
      "to[].targetRef": services,
      "to[].rules[].default.backendRefs": [
        [payments],
        [
          { ...payments, weight: 0 },
          { kind: "MeshMultiZoneService", name: "a", port: 80 },
        ],
      ],
    },
  },
  MeshTimeout: {
    minimal: toMesh({ connectionTimeout: "5s" }),
    full: toMesh({ connectionTimeout: "1m30s", http: { requestTimeout: "1h0m0s", streamIdleTimeout: "0s" } }),
    rewritten: toMesh({ http: { streamIdleTimeout: "0s", requestTimeout: "1h" }, connectionTimeout: "90s" }),
    values: {
      ...targets,
      "rules[].matches[]": [{ sni: { type: "Prefix", value: "a" } }],
    },
  },
  MeshTLS: {
    minimal: rule({}),
    full: rule({
      mode: "Permissive",
      tlsVersion: { min: "TLS12" },
      tlsCiphers: ["ECDHE-RSA-AES128-GCM-SHA256"],
    }),
    rewritten: rule({
      tlsCiphers: ["ECDHE-RSA-AES128-GCM-SHA256"],
      tlsVersion: { max: "TLSAuto", min: "TLS12" },
      mode: "Permissive",
    }),
    values: {
      targetRef: [mesh],
      "from[].targetRef": [mesh],
      ...inLists(["from", "rules"], "tlsVersion", [{}, { min: "TLS12", max: "TLS13" }, { max: "TLS13" }]),
    },
  },
  MeshTrace: {
    minimal: { default: { backends: [] } },
    full: {
      default: {
        backends: [{ type: "Zipkin", zipkin: { url: "http://zipkin.example:9411/api/v2/spans" } }],
        sampling: { random: 50 },
        tags: [{ name: "team", literal: "core" }],
      },
    },
    rewritten: {
      default: {
        tags: [{ literal: "core", name: "team" }],
        sampling: { random: 50 },
        backends: [
          {
            zipkin: {
              url: "http://zipkin.example:9411/api/v2/spans",
              apiVersion: "httpJson",
              sharedSpanContext: true,
              traceId128bit: false,
            },
            type: "Zipkin",
          },
        ],
      },
    },
    values: {
      targetRef: sidecars,
      "default.backends": [
        [],
        [{ type: "Datadog", datadog: { url: "http://127.0.0.1:8126" } }],
        [{ type: "Zipkin", zipkin: { url: "http://a:9411/api", apiVersion: "httpProto" } }],
        [{ type: "OpenTelemetry", openTelemetry: { backendRef } }],
      ],
      "default.tags[]": [
        { name: "a", literal: "b" },
        { name: "a", header: { name: "b", default: "c" } },
      ],
    },
  },
  MeshTrafficPermission: {
    minimal: { from: [{ targetRef: mesh, default: { action: "Allow" } }] },
    full: rule({ allow: [{ spiffeID: { type: "Exact", value: "spiffe://a.example/shop" } }] }),
    rewritten: rule({ allow: [{ spiffeID: { value: "spiffe://a.example/shop", type: "Exact" } }] }),
    values: {
      ...targets,
      "from[].targetRef": [mesh, { kind: "MeshSubset", tags: { a: "b" } }],
      "rules[].default": [{ deny: [{ spiffeID: { type: "Prefix", value: "spiffe://a" } }] }],
    },
  },
  MeshTrust: {
    minimal: { trustDomain: "a.example", caBundles: [{ type: "Pem", pem: { value: PEM } }] },
    full: { trustDomain: "partner.example", caBundles: [{ type: "Pem", pem: { value: PEM } }] },
    rewritten: { caBundles: [{ pem: { value: PEM }, type: "Pem" }], trustDomain: "partner.example" },
    values: { "caBundles[].pem.value": [PEM] },
  },
  MeshZoneAddress: {
    minimal: { address: "10.0.0.1", port: 10001 },
    full: { address: "ingress.example", port: 10001 },
    rewritten: { port: 10001, address: "ingress.example" },
  },
};

/** The rows of the kinds whose specs are defined by a CRD. */
export const policyRows: readonly KindRow[] = Object.entries(SPECS).map(([type, row]) => {
  const kind = kindOf(`kuma:${type}`);
  const mesh = kind.identityDefaults?.mesh;
  return {
    type: kind.type,
    minimal: { spec: row.minimal },
    full: { labels: { team: "payments" }, spec: row.full },
    rewritten: { ...kind.identityDefaults, spec: row.rewritten, labels: { team: "payments" } },
    byHand: {
      changed: labelled({ team: "orders" }, [
        '~ team: "payments" => "orders"',
        '~ team: "orders" => "payments"',
      ]),
      added: labelled({ by: "hand" }, ['+ by: "hand"', '- by: "hand"']),
    },
    values: Object.fromEntries(
      Object.entries(row.values ?? {}).map(([at, values]) => [`spec.${at}`, values]),
    ),
    ...atKuma(type, mesh, (id) => `/${kind.path(mesh === undefined ? [id] : [mesh, id])}`),
  };
});

function labelled(labels: Stored, lines: [string, string]) {
  return {
    change: (object: Stored) => ({ ...object, labels: { ...(object.labels as Stored), ...labels } }),
    lines,
  };
}
