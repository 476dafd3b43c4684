import * as fc from "fast-check";
import type { JsonObject } from "../../provider/model/fields.ts";
import type { Kind } from "../../provider/model/kind.ts";
import { kindOf } from "../../provider/model/kinds.ts";
import { labels, mostly, names, optional, ports, sources } from "./arbitrary-parts.ts";

export const mesh = kindOf("kuma:Mesh");
export const meshPatch = kindOf("kuma:MeshPatch");
export const secret = kindOf("kuma:Secret");
export const meshExternalService = kindOf("kuma:MeshExternalService");
export const policy = kindOf("kuma:Policy");

const free = fc.constantFrom<JsonObject[]>({}, { address: "a", deep: { list: [1, null], text: "" } });

/** A section of a mesh with backends, one of which may be chosen. */
function section(chosen: string, more: Record<string, fc.Arbitrary<unknown>> = {}) {
  const backend = optional({ name: fc.constantFrom("a", "b"), type: fc.constant("t"), conf: free, ...more }, [
    "name",
    "type",
  ]);
  const backends = fc.uniqueArray(backend, { maxLength: 2, selector: ({ name }) => name });
  const choice = mostly(["first", "last", "none"], ["c", ""]);
  return fc.tuple(backends, choice, fc.nat({ max: 3 })).map(([some, which, luck]): JsonObject => {
    const name = { first: some[0]?.name, last: some.at(-1)?.name, none: undefined }[which] ?? undefined;
    const isWrong = !["first", "last", "none"].includes(which);
    return {
      ...(luck > 0 || name !== undefined ? { backends: some } : {}),
      ...(isWrong ? { [chosen]: which } : name === undefined ? {} : { [chosen]: name }),
    };
  });
}

const routing = optional({
  localityAwareLoadBalancing: fc.boolean(),
  zoneEgress: fc.boolean(),
  defaultForbidMeshExternalServiceAccess: fc.boolean(),
});
const settings = {
  mtls: section("enabledBackend", {
    mode: mostly(["STRICT", "PERMISSIVE"], ["strict"]),
    dpCert: optional({
      rotation: optional({ expiration: fc.constant("1d") }),
      requestTimeout: fc.constant("10s"),
    }),
  }),
  routing,
  networking: optional({ outbound: optional({ passthrough: fc.boolean() }) }),
  meshServices: optional({ mode: mostly(["Disabled", "Everywhere", "Exclusive"], ["Nowhere"]) }),
  skipCreatingInitialPolicies: fc.array(fc.constantFrom("*", "MeshTimeout", "MeshRetry"), { maxLength: 2 }),
  logging: section("defaultBackend", { format: fc.constant("%START_TIME%") }),
  tracing: section("defaultBackend", { sampling: mostly([0, 12.5, 100], [101]) }),
  metrics: section("enabledBackend"),
};

const texts = mostly(["a certificate", "", "ü"], [1 as never]);
const secrets = fc.oneof(
  optional({ mesh: names, name: names, labels, value: texts }, ["name", "mesh", "value"]),
  optional({ mesh: names, name: names, labels, data: mostly(["YQ==", ""], ["no base64"]) }, [
    "name",
    "mesh",
    "data",
  ]),
);

const version = mostly(["TLSAuto", "TLS12", "TLS13"], ["SSL3"]);
const verification = optional({
  mode: mostly(["Secured", "SkipSAN", "SkipCA", "SkipAll"], ["None"]),
  serverName: mostly(["a.b"], [""]),
  subjectAltNames: fc.array(
    optional({ type: fc.constantFrom("Exact", "Prefix"), value: fc.constant("a") }, ["value"]),
    {
      maxLength: 2,
    },
  ),
  caCert: sources,
});
const services = optional(
  {
    mesh: names,
    name: names,
    labels,
    origin: mostly(["global", "zone"], ["here"]),
    match: optional(
      {
        type: fc.constant("HostnameGenerator"),
        port: ports,
        protocol: mostly(["tcp", "http"], ["https"]),
      },
      ["port"],
    ),
    endpoints: fc.array(
      optional({ address: mostly(["a.b", "unix:///a"], [""]), port: ports, priority: fc.nat(130) }, [
        "address",
        "port",
      ]),
      { maxLength: 2 },
    ),
    tls: optional({
      enabled: fc.boolean(),
      allowRenegotiation: fc.boolean(),
      version: optional({ min: version, max: version }),
      verification,
    }),
  },
  ["name", "mesh", "match", "endpoints"],
);
const policies = optional(
  {
    mesh: names,
    name: names,
    labels,
    type: mostly(["MeshTimeout", "MeshTrafficPermission"], ["Timeout", "Mesh/x"]),
    spec: free,
  },
  ["name", "mesh", "type", "spec"],
);

/** Arguments of the kinds of Kuma beside external services and egresses, right ones and nearly right ones. */
export const moreKuma: ReadonlyMap<Kind, fc.Arbitrary<JsonObject>> = new Map([
  [mesh, optional({ name: names, labels, ...settings, deleteContents: fc.boolean() }, ["name"])],
  [meshPatch, optional({ mesh: names, ...settings }, ["mesh"])],
  [secret, secrets],
  [meshExternalService, services],
  [policy, policies],
]);
