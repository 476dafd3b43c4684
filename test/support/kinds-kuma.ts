import type * as kuma from "pulumi-external-backends/kuma";
import { door } from "./doors.ts";
import { atKuma, type ChangeByHand, type KindRow, type Stored } from "./kind-case.ts";

const CHANGED_SECRET = "~ data: [secret] => [secret]";

/** A label that somebody adds; kinds with labels show it. */
const labelAdded: ChangeByHand = {
  change: (object) => ({ ...object, labels: { ...(object.labels as Stored), by: "hand" } }),
  lines: ['+ by: "hand"', '- by: "hand"'],
};

/** Changes fields inside `spec`. */
function inSpec(change: Stored) {
  return (object: Stored) => ({ ...object, spec: { ...(object.spec as Stored), ...change } });
}

/** Changes fields inside `networking`. */
function inNetworking(change: Stored) {
  return (object: Stored) => ({ ...object, networking: { ...(object.networking as Stored), ...change } });
}

const externalService: KindRow = {
  type: "kuma:ExternalService",
  minimal: {
    tags: { "kuma.io/service": "minimal" },
    networking: { address: "minimal.example:80" },
  } satisfies kuma.ExternalServiceArgs,
  full: {
    tags: { "kuma.io/service": "full", "kuma.io/protocol": "http" },
    labels: { team: "payments" },
    networking: { address: "full.example:443", tls: { enabled: true, serverName: "sni.example" } },
  } satisfies kuma.ExternalServiceArgs,
  rewritten: {
    mesh: "default",
    networking: {
      disableHostDNSEntry: false,
      tls: { sni: "sni.example", enabled: true, allowRenegotiation: false },
      address: "full.example:443",
    },
    labels: { team: "payments" },
    tags: { "kuma.io/protocol": "HTTP", "kuma.io/service": "full" },
  } satisfies kuma.ExternalServiceArgs,
  byHand: {
    changed: {
      change: inNetworking({ address: "other.example:443" }),
      lines: [
        '~ address: "full.example:443" => "other.example:443"',
        '~ address: "other.example:443" => "full.example:443"',
      ],
    },
    added: {
      change: inNetworking({ disableHostDNSEntry: true }),
      lines: ["+ disableHostDNSEntry: true", "- disableHostDNSEntry: true"],
    },
  },
  values: {
    tags: [
      { "kuma.io/service": "httpbin" },
      { "kuma.io/service": "httpbin", "kuma.io/protocol": "HTTP2", "kuma.io/zone": "zone-1" },
      { "kuma.io/service": "other.org", "kuma.io/protocol": "mysql", "a/b:c_d": "e:f" },
    ],
  },
  ...atKuma("ExternalService", "default", (id) => `/meshes/default/external-services/${id}`),
};

const zoneEgress: KindRow = {
  type: "kuma:ZoneEgress",
  minimal: { networking: { port: 10002 } } satisfies kuma.ZoneEgressArgs,
  full: {
    zone: "zone-1",
    networking: { address: "10.0.0.7", port: 10003, admin: { port: 9901 } },
  } satisfies kuma.ZoneEgressArgs,
  rewritten: {
    networking: { admin: { port: 9901 }, port: 10003, address: "10.0.0.7" },
    zone: "zone-1",
  } satisfies kuma.ZoneEgressArgs,
  byHand: {
    changed: {
      change: inNetworking({ port: 10004 }),
      lines: ["~ port: 10003 => 10004", "~ port: 10004 => 10003"],
    },
    added: {
      change: (object) => ({ ...object, labels: { ...(object.labels as Stored), by: "hand" } }),
      lines: ['+ by: "hand"', '- by: "hand"'],
    },
  },
  ...atKuma("ZoneEgress", undefined, (id) => `/zoneegresses/${id}`),
};

const mesh: KindRow = {
  type: "kuma:Mesh",
  minimal: {} satisfies kuma.MeshArgs,
  full: {
    mtls: { enabledBackend: "ca", backends: [{ name: "ca", type: "builtin" }] },
    routing: { zoneEgress: true },
    networking: { outbound: { passthrough: false } },
    meshServices: { mode: "Everywhere" },
    skipCreatingInitialPolicies: ["MeshTimeout", "MeshRetry"],
  } satisfies kuma.MeshArgs,
  rewritten: {
    skipCreatingInitialPolicies: ["MeshRetry", "MeshTimeout"],
    meshServices: { mode: "Everywhere" },
    networking: { outbound: { passthrough: false } },
    routing: { localityAwareLoadBalancing: false, zoneEgress: true },
    mtls: {
      backends: [{ type: "builtin", name: "ca", mode: "STRICT" }],
      enabledBackend: "ca",
      skipValidation: false,
    },
    deleteContents: false,
  } satisfies kuma.MeshArgs,
  byHand: {
    changed: {
      change: (object) => ({ ...object, meshServices: { mode: "Exclusive" } }),
      lines: ['~ mode: "Everywhere" => "Exclusive"', '~ mode: "Exclusive" => "Everywhere"'],
    },
    added: {
      change: (object) => ({
        ...object,
        routing: { ...(object.routing as Stored), localityAwareLoadBalancing: true },
      }),
      lines: ["+ localityAwareLoadBalancing: true", "- localityAwareLoadBalancing: true"],
    },
  },
  ...atKuma("Mesh", undefined, (id) => `/meshes/${id}`),
  contents: ["dataplanes", "external-services", "meshexternalservices"],
};

const base64 = (text: string) => Buffer.from(text).toString("base64");

const secret: KindRow = {
  type: "kuma:Secret",
  minimal: { value: "a minimal secret" } satisfies kuma.SecretArgs,
  full: { data: base64("a full secret"), labels: { team: "payments" } } satisfies kuma.SecretArgs,
  rewritten: {
    mesh: "default",
    labels: { team: "payments" },
    value: "a full secret",
  } satisfies kuma.SecretArgs,
  byHand: {
    changed: {
      change: (object) => ({ ...object, data: base64("another secret") }),
      // That it differs is all that is shown.
      // Of dynamic resources the engine prints all fields of what changes.
      lines: door === "plugin" ? [CHANGED_SECRET, CHANGED_SECRET] : ["data: [secret]", "data: [secret]"],
    },
    added: labelAdded,
  },
  ...atKuma("Secret", "default", (id) => `/meshes/default/secrets/${id}`),
};

const meshExternalService: KindRow = {
  type: "kuma:MeshExternalService",
  minimal: {
    match: { port: 80 },
    endpoints: [{ address: "minimal.example", port: 80 }],
  } satisfies kuma.MeshExternalServiceArgs,
  full: {
    match: { port: 9000, protocol: "http" },
    endpoints: [
      { address: "b.example", port: 443 },
      { address: "a.example", port: 443 },
    ],
    tls: { enabled: true, verification: { serverName: "sni.example" } },
    labels: { team: "payments" },
  } satisfies kuma.MeshExternalServiceArgs,
  rewritten: {
    mesh: "default",
    origin: "global",
    labels: { team: "payments" },
    tls: {
      allowRenegotiation: false,
      version: { min: "TLSAuto", max: "TLSAuto" },
      verification: { mode: "Secured", serverName: "sni.example" },
      enabled: true,
    },
    endpoints: [
      { port: 443, address: "b.example" },
      { port: 443, address: "a.example" },
    ],
    match: { type: "HostnameGenerator", protocol: "http", port: 9000 },
  } satisfies kuma.MeshExternalServiceArgs,
  byHand: {
    changed: {
      change: inSpec({ match: { type: "HostnameGenerator", port: 9001, protocol: "http" } }),
      lines: ["~ port: 9000 => 9001", "~ port: 9001 => 9000"],
    },
    added: {
      change: inSpec({ tls: { enabled: true, verification: { serverName: "sni.example", mode: "SkipCA" } } }),
      lines: ['+ mode: "SkipCA"', '- mode: "SkipCA"'],
    },
  },
  values: {
    "endpoints[].address": ["a.example", "A_b.example.", "10.0.0.1", "::1"],
    "tls.version": [{}, { min: "TLS12" }, { min: "TLS12", max: "TLS13" }],
    "tls.verification.serverName": ["a.example"],
    // Nothing gives host names to what is made by the thousand.
    waitForHostname: [0],
  },
  ...atKuma("MeshExternalService", "default", (id) => `/meshes/default/meshexternalservices/${id}`),
};

const policy: KindRow = {
  type: "kuma:Policy",
  // The MeshTimeouts are another kind's.
  id: (prefix) => `${prefix}-policy`,
  minimal: {
    type: "MeshTimeout",
    spec: { to: [{ targetRef: { kind: "Mesh" }, default: { connectionTimeout: "5s" } }] },
  } satisfies kuma.PolicyArgs,
  full: {
    type: "MeshTimeout",
    spec: {
      targetRef: { kind: "Mesh" },
      to: [{ targetRef: { kind: "Mesh" }, default: { connectionTimeout: "10s", idleTimeout: "1h0m0s" } }],
    },
    labels: { team: "payments" },
  } satisfies kuma.PolicyArgs,
  rewritten: {
    labels: { team: "payments" },
    spec: {
      to: [{ default: { idleTimeout: "1h0m0s", connectionTimeout: "10s" }, targetRef: { kind: "Mesh" } }],
      targetRef: { kind: "Mesh" },
    },
    origin: "global",
    mesh: "default",
    type: "MeshTimeout",
  } satisfies kuma.PolicyArgs,
  byHand: {
    changed: {
      change: inSpec({
        to: [{ targetRef: { kind: "Mesh" }, default: { connectionTimeout: "20s", idleTimeout: "1h0m0s" } }],
      }),
      lines: ['~ connectionTimeout: "10s" => "20s"', '~ connectionTimeout: "20s" => "10s"'],
    },
    added: {
      change: inSpec({
        to: [
          {
            targetRef: { kind: "Mesh" },
            default: { connectionTimeout: "10s", idleTimeout: "1h0m0s", http: { requestTimeout: "7s" } },
          },
        ],
      }),
      lines: ['+ requestTimeout: "7s"', '- requestTimeout: "7s"'],
    },
  },
  values: {
    type: ["MeshTrafficPermission"],
    spec: [
      { from: [{ targetRef: { kind: "Mesh" }, default: { action: "Allow" } }] },
      {
        targetRef: { kind: "MeshSubset", tags: { "kuma.io/service": "a" } },
        from: [{ targetRef: { kind: "Mesh" }, default: { action: "Deny" } }],
      },
    ],
  },
  ...atKuma("MeshTimeout", "default", (id) => `/meshes/default/meshtimeouts/${id}`),
};

/** The kinds of Kuma. A patch is no object of its own; it has tests of its own. */
export const kumaRows: KindRow[] = [externalService, zoneEgress, mesh, secret, meshExternalService, policy];
