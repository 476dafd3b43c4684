import type { ControlPlane } from "../control-plane.ts";
import type { Fields } from "../message.ts";
import { fields, list } from "../rules/checks.ts";
import type { StoredObject } from "../store.ts";
import { hasAll, withCondition } from "./conditions.ts";

/** The policies that send to backends of OpenTelemetry. */
const POLICIES = ["MeshAccessLog", "MeshMetric", "MeshTrace"];

/** The policies with a condition that tells whether the backends are there, and the backends with one that tells who uses them. */
export function withReferences({ store }: ControlPlane): StoredObject[] {
  const backends = store.list("MeshOpenTelemetryBackend");
  const policies = POLICIES.flatMap((type) => store.list(type));
  const used = policies.flatMap((policy) =>
    references(policy).map((labels) => resolved(policy, labels, backends)),
  );
  return [
    ...policies.map((policy) => withResolution(policy, backends)),
    ...backends.map((backend) => {
      const count = used.filter((each) => each === backend).length;
      return {
        ...backend,
        status: withCondition(backend.status, {
          type: "ReferencedByPolicies",
          status: count > 0 ? "True" : "False",
          reason: count > 0 ? "Referenced" : "NotReferenced",
          message:
            count > 0
              ? `Referenced by ${count} policy backend(s)`
              : "Not referenced by any observability policy",
        }),
      };
    }),
  ];
}

function withResolution(policy: StoredObject, backends: StoredObject[]): StoredObject {
  const all = references(policy);
  const missing = all.filter((labels) => !resolved(policy, labels, backends)).map(shown);
  const isWhole = missing.length === 0;
  const unresolved = [...new Set(missing)].sort().join(", ");
  return {
    ...policy,
    status: withCondition(policy.status, {
      type: "BackendRefsResolved",
      status: isWhole ? "True" : "False",
      reason: isWhole ? "AllBackendRefsResolved" : "UnresolvedBackendRefs",
      message:
        all.length === 0
          ? "No MeshOpenTelemetryBackend references configured"
          : isWhole
            ? "All MeshOpenTelemetryBackend references are resolved"
            : `Unresolved MeshOpenTelemetryBackend references: ${unresolved}`,
    }),
  };
}

/** The labels by which a policy asks for backends. */
function references({ spec }: StoredObject): Fields[] {
  const { to, from, rules, default: own } = fields(spec);
  const confs = [own, ...[to, from, rules].flatMap(list).map((each) => fields(each).default)];
  return confs
    .flatMap((conf) => list(fields(conf).backends))
    .map((backend) => fields(fields(fields(backend).openTelemetry).backendRef).labels)
    .filter((labels) => labels !== undefined)
    .map(fields);
}

/** The oldest backend of a policy's mesh that has the labels. */
function resolved(
  { mesh }: StoredObject,
  labels: Fields,
  backends: StoredObject[],
): StoredObject | undefined {
  return backends
    .filter((backend) => backend.mesh === mesh && hasAll(labels, backend.labels ?? {}))
    .sort((a, b) => (String(a.creationTime) < String(b.creationTime) ? -1 : 1))[0];
}

const shown = (labels: Fields): string =>
  `labels:${Object.entries(labels)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join(",")}`;
