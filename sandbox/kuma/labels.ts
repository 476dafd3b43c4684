import type { Violation } from "./errors.ts";
import { labelKeyReasons, labelValueReasons } from "./go/labels.ts";
import type { Kind } from "./kinds/kind.ts";
import type { Fields } from "./message.ts";
import type { Release } from "./release.ts";
import type { Role } from "./role.ts";
import { at, complainIf, complaint } from "./rules/checks.ts";

/** Labels by name. */
export type Labels = Record<string, string>;

/** Where labels are checked and added: a control plane. */
export interface LabelPlace {
  role: Role;
  /** The zone's name; empty on a global control plane. */
  zone: string;
  release: Release;
  inKubernetes: boolean;
}

const ORIGIN = "kuma.io/origin";
const ZONE = "kuma.io/zone";
const MESH = "kuma.io/mesh";

/** Labels that stay as they were when the object was made. */
const IMMUTABLE = [ORIGIN, ZONE, "kuma.io/display-name"];

/** Where an object was written, as its label says. */
export const originOf = (labels: Labels): string | undefined => labels[ORIGIN] || undefined;

/** The labels with those that the control plane adds; what is there already mostly stays. */
export function completed(
  labels: Labels,
  kind: Kind,
  mesh: string | undefined,
  spec: Fields,
  place: LabelPlace,
): Labels {
  const { role, zone, release, inKubernetes } = place;
  const added: Labels = {};
  if (kind.inMesh && release.addsMeshLabel) added[MESH] = mesh || "default";
  if (release.keepsLabels && role.mode !== "global" && kind.writtenOn !== "global") {
    added[ORIGIN] = "zone";
    if ((labels[ORIGIN] ?? "zone") !== "global") {
      added[ZONE] = zone;
      added["kuma.io/env"] = inKubernetes ? "kubernetes" : "universal";
    }
  }
  const all: Record<string, string | undefined> = {
    ...added,
    ...labels,
    ...(release.keepsLabels && kind.proxyLabels?.(spec)),
  };
  return Object.fromEntries(
    Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/** Complaints about the origin of what is written or deleted here. */
export function checkOrigin(labels: Labels, kind: Kind, { role }: LabelPlace, field: string): Violation[] {
  const origin = originOf(labels);
  const says = (wanted: string) => complaint(field, `the origin label must be set to '${wanted}'`);
  if (role.mode === "global" && origin !== undefined && origin !== "global") return says("global");
  if (role.mode === "zone" && kind.hasCrd && origin !== "zone") return says("zone");
  return [];
}

/** Complaints about the labels of what is written here. */
export function checkWrittenLabels(labels: Labels, kind: Kind, mesh: string, place: LabelPlace): Violation[] {
  const origin = originOf(labels);
  const isKnown = origin === undefined || origin === "zone" || origin === "global";
  const isOwn = place.role.mode !== "global" && origin !== "global";
  const field = (name: string) => at("labels", name);
  return [
    ...complainIf(!isKnown, field(ORIGIN), `unknown resource origin ${JSON.stringify(origin)}`),
    ...checkOrigin(labels, kind, place, field(ORIGIN)),
    ...complainIf(
      isOwn && labels[ZONE] !== undefined && labels[ZONE] !== place.zone,
      field(ZONE),
      `kuma.io/zone label should have ${place.zone} value`,
    ),
    ...complainIf(
      isOwn && labels[MESH] !== undefined && labels[MESH] !== mesh,
      field(MESH),
      "kuma.io/mesh label must not differ from mesh set on resource",
    ),
    ...checkLabels(labels),
  ];
}

/** Checks labels by the rules of Kubernetes. */
export function checkLabels(labels: Record<string, unknown>): Violation[] {
  return Object.entries(labels).flatMap(([key, value]) =>
    [...labelKeyReasons(key), ...labelValueReasons(String(value))].flatMap((reason) =>
      complaint(at("labels", key), reason),
    ),
  );
}

/** Complaints about labels that an update would change although they cannot be changed; both are completed. */
export function checkUnchanged(before: Labels, after: Labels): Violation[] {
  return IMMUTABLE.flatMap((name) => {
    const [old, next] = [before[name], after[name]];
    if (old === undefined || old === next) return [];
    const what = next === undefined ? `removed (was "${old}")` : `changed from "${old}" to "${next}"`;
    return complaint(at("labels", name), `is immutable, cannot be ${what}`);
  });
}
