import { isMap, type Judged, type Stored, type Unclear } from "../serving/objects.ts";
import { inboundsOf, selects } from "./names.ts";
import {
  displayName,
  fieldAt,
  type Get,
  labelsOf,
  nameOf,
  ofMesh,
  read,
  textMap,
  type World,
} from "./world.ts";

/** Which objects a policy or one of its rules is about. */
export interface Target {
  kind: string;
  name: string | undefined;
  tags: Record<string, string>;
  labels: Record<string, string> | undefined;
}

/** Reads a `targetRef`; without one it is the whole mesh. */
export function targetAt(get: Get, path: readonly (string | number)[]): Target {
  const given = get(...path);
  if (!isMap(given)) return { kind: "Mesh", name: undefined, tags: {}, labels: undefined };
  const name = get(...path, "name");
  const labels = get(...path, "labels");
  return {
    kind: String(get(...path, "kind") ?? "Mesh"),
    name: typeof name === "string" && name !== "" ? name : undefined,
    tags: textMap(get(...path, "tags")),
    labels: isMap(labels) ? textMap(labels) : undefined,
  };
}

/** Kinds of targets, the more special ones later. */
const KINDS = [
  "Mesh",
  "Dataplane",
  "MeshSubset",
  "MeshGateway",
  "MeshService",
  "MeshExternalService",
  "MeshServiceSubset",
];

const ORIGINS: Readonly<Record<string, number>> = { global: 0, zone: 2 };
const ROLES = ["system", "producer", "consumer", "workload-owner"];

/**
 * The policies of a type in the order in which they are laid over each other: a later one goes before the earlier ones.
 * Those that only shadow are left out.
 */
export function policiesInOrder(
  world: World,
  type: string,
  mesh: string,
): { policy: Stored; target: Judged<Target> }[] {
  const rank = (policy: Stored, target: Judged<Target>): number[] => [
    target.known ? KINDS.indexOf(target.value.kind) : 0,
    target.known && target.value.kind === "Dataplane" && target.value.name !== undefined ? 1 : 0,
    ORIGINS[labelsOf(policy)["kuma.io/origin"] ?? ""] ?? 1,
    ROLES.indexOf(labelsOf(policy)["kuma.io/policy-role"] ?? "system"),
  ];
  return ofMesh(world, type, mesh)
    .filter((policy) => labelsOf(policy)["kuma.io/effect"] !== "shadow")
    .map((policy) => ({ policy, target: read(policy, (get) => targetAt(get, ["spec", "targetRef"])) }))
    .sort((a, b) => {
      const [left, right] = [rank(a.policy, a.target), rank(b.policy, b.target)];
      const differing = left.findIndex((value, index) => value !== right[index]);
      if (differing >= 0) return Number(left[differing]) - Number(right[differing]);
      return displayName(a.policy) < displayName(b.policy) ? 1 : -1;
    });
}

/**
 * Whether a policy's target takes a data plane.
 *
 * @param dataplane undefined for any data plane of the mesh; then only targets that take all can be judged
 */
export function takes(policy: Stored, target: Target, dataplane: Stored | undefined): Judged<boolean> {
  if (target.kind === "Mesh") return { known: true, value: true };
  const all = target.name === undefined && target.labels === undefined;
  if (target.kind === "Dataplane" && all) return { known: true, value: true };
  if (!dataplane) return { known: false, because: [asksForDataplane(policy)] };
  return { known: true, value: takesThis(target, dataplane) };
}

function asksForDataplane(policy: Stored): Unclear {
  return { field: fieldAt(policy, ["spec", "targetRef"]), why: "request" };
}

function takesThis({ kind, name, tags, labels }: Target, dataplane: Stored): boolean {
  const service = name === undefined ? {} : { "kuma.io/service": name };
  const tagged = (wanted: Record<string, string>) =>
    inboundsOf(dataplane).some((one) => selects(wanted, one.tags));
  if (kind === "MeshSubset") return tagged(tags);
  if (kind === "MeshService" || kind === "MeshServiceSubset") return tagged({ ...tags, ...service });
  if (kind !== "Dataplane") return false;
  const own = { ...labelsOf(dataplane) };
  const byLabels = labels !== undefined && Object.entries(labels).every(([key, value]) => own[key] === value);
  return byLabels || (name !== undefined && name === nameOf(dataplane));
}
