import type { Violation } from "../errors.ts";
import type { Fields } from "../message.ts";
import type { Typing } from "../schema/decode.ts";
import { complainIf, isSet, list } from "./checks.ts";
import { checkTargetRef, type Place, type TargetKind, targetRefWarnings } from "./target-ref.ts";

/** What is known about an object beside its spec when it is checked. */
export interface Circumstances {
  /** Empty while the body is only being read. */
  name: string;
  mesh: string;
  labels: Record<string, string>;
}

/** What a control plane knows of a kind beyond its schema. */
export interface Rules {
  typing?: Typing;
  /** Complaints about a spec that the schema has accepted. */
  check?(spec: Fields, circumstances: Circumstances): Violation[];
  /** What the answer to a PUT warns of. */
  warnings?(spec: Fields, circumstances: Circumstances): string[];
}

/** Checks the reference at the top of a policy, which may be left out. */
export function checkTop(
  spec: Fields,
  { labels }: Circumstances,
  kinds: TargetKind[],
  place: Place & { byRole?: true } = {},
): Violation[] {
  if (!isSet(spec.targetRef)) return [];
  // Where it is a workload's owner who decides, gateways and routes are not theirs to choose.
  const isOwners = place.byRole && ![undefined, "", "system"].includes(labels["kuma.io/policy-role"]);
  const taken = isOwners ? kinds.filter((kind) => kind !== "MeshGateway" && kind !== "MeshHTTPRoute") : kinds;
  const noInbound = list(spec.rules).length === 0 && list(spec.from).length === 0;
  return checkTargetRef(spec.targetRef, "spec.targetRef", taken, { noInbound, ...place });
}

/** The kind at the top, which is the whole mesh when none is given. */
export function topKind({ targetRef }: Fields): unknown {
  return isSet(targetRef) ? (targetRef as Fields).kind : "Mesh";
}

/** `rules` is instead of `to` and `from`, and one of the three is there. */
export function checkLists(spec: Fields): Violation[] {
  const [to, from, rules] = [spec.to, spec.from, spec.rules].map((each) => list(each).length > 0);
  const exclusive = "fields 'to' and 'from' must be empty when 'rules' is defined";
  const needed = "at least one of 'from', 'to' or 'rules' has to be defined";
  return [
    ...complainIf(Boolean(rules && (to || from)), "spec", exclusive),
    ...complainIf(!rules && !to && !from, "spec", needed),
  ];
}

/** What a PUT answers about `from` and about references at the top that go away. */
export function policyWarnings(spec: Fields, fromWarning?: string): string[] {
  const hasFrom = fromWarning !== undefined && list(spec.from).length > 0;
  return [...(hasFrom ? [fromWarning] : []), ...targetRefWarnings(spec.targetRef)];
}

/** The usual words about `from`. */
export const FROM_WARNING = "'from' field is deprecated, use 'rules' instead";

/** The kinds that most policies take at the top. */
export const TOP: TargetKind[] = [
  "Mesh",
  "MeshSubset",
  "MeshGateway",
  "MeshService",
  "MeshServiceSubset",
  "Dataplane",
];

/** Destinations that most policies take in `to`. */
export const DESTINATIONS: TargetKind[] = [
  "Mesh",
  "MeshService",
  "MeshExternalService",
  "MeshMultiZoneService",
];
