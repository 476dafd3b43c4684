import * as kuma from "pulumi-external-backends/kuma";
import { atKuma, type ChangeByHand, type KindCase, type Stored } from "./kind-case.ts";

/** A label that somebody adds; kinds with labels show it. */
const labelAdded: ChangeByHand = {
  change: (object) => ({ ...object, labels: { ...(object.labels as Stored), by: "hand" } }),
  lines: ['+ by: "hand"', '- by: "hand"'],
};

/** Changes fields inside `spec`. */
function inSpec(change: Stored) {
  return (object: Stored) => ({ ...object, spec: { ...(object.spec as Stored), ...change } });
}

const mesh: KindCase = {
  type: "kuma:Mesh",
  declare: (name, args, options) => new kuma.Mesh(name, args as kuma.MeshArgs, options),
  identity: "name",
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

const secret: KindCase = {
  type: "kuma:Secret",
  declare: (name, args, options) => new kuma.Secret(name, args as kuma.SecretArgs, options),
  identity: "name",
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
      lines: ["data: [secret]", "data: [secret]"],
    },
    added: labelAdded,
  },
  ...atKuma("Secret", "default", (id) => `/meshes/default/secrets/${id}`),
};

const meshExternalService: KindCase = {
  type: "kuma:MeshExternalService",
  declare: (name, args, options) =>
    new kuma.MeshExternalService(name, args as kuma.MeshExternalServiceArgs, options),
  identity: "name",
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
  ...atKuma("MeshExternalService", "default", (id) => `/meshes/default/meshexternalservices/${id}`),
};

const policy: KindCase = {
  type: "kuma:Policy",
  declare: (name, args, options) => new kuma.Policy(name, args as kuma.PolicyArgs, options),
  identity: "name",
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
  ...atKuma("MeshTimeout", "default", (id) => `/meshes/default/meshtimeouts/${id}`),
};

/** The kinds of Kuma beside external services and egresses. A patch is no object of its own; it has its own tests. */
export const moreKumaKinds: KindCase[] = [mesh, secret, meshExternalService, policy];
