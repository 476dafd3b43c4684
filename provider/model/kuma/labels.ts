import * as z from "zod";
import { isObject, type JsonObject, UNKNOWN } from "../fields.ts";
import { isSubdomain } from "./names.ts";

const PART = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;

/** Whose an object is: of the global control plane, for all zones, or of a zone. */
export const ORIGIN_LABEL = "kuma.io/origin";
const ZONE_LABEL = "kuma.io/zone";
const MESH_LABEL = "kuma.io/mesh";
const SIDES = ["global", "zone"];

/** Labels as in Kubernetes; among those of `kuma.io` some are the server's own, as {@link isServerLabel} tells. */
export const labels = z
  .record(
    z.string().superRefine((key, context) => {
      const problem = keyProblem(key);
      if (problem) context.addIssue({ code: "custom", message: problem });
    }),
    z
      .string()
      .max(63)
      .refine(
        (value) => value === "" || value.length > 63 || PART.test(value),
        "is no label value: letters, digits, - _ and ., at most 63",
      ),
  )
  .superRefine(({ [ORIGIN_LABEL]: side }, context) => {
    if (side === undefined || side === UNKNOWN || SIDES.includes(side)) return;
    context.addIssue({ code: "custom", path: [ORIGIN_LABEL], message: 'is neither "global" nor "zone"' });
  })
  .prefault({})
  .describe(
    'Labels as in Kubernetes. Those of Kuma may be set, too, such as `kuma.io/effect: "shadow"`; what the server sets by itself (`kuma.io/mesh`, `kuma.io/zone`, `kuma.io/origin`, `kuma.io/env`) need not be. Another value of `kuma.io/origin`, `kuma.io/zone` or `kuma.io/display-name` replaces the object. `pulumi-owner` and `pulumi-stack` are this package\'s and refused here.',
  );

function keyProblem(key: string): string | undefined {
  if (/^pulumi-(owner|stack)$/.test(key)) return "is a label that this package writes itself";
  const [name = "", prefix, ...more] = key.split("/").reverse();
  const isLegal =
    more.length === 0 &&
    name.length <= 63 &&
    PART.test(name) &&
    (prefix === undefined || isSubdomain(prefix));
  return isLegal
    ? undefined
    : "is no label: letters, digits, - _ and ., at most 63 characters, with a domain and / before it or not";
}

/** Labels that an object keeps from its creation on: the server refuses another value and none. */
const FIXED = [ORIGIN_LABEL, ZONE_LABEL, "kuma.io/display-name"];

/** Whether the label is one of Kuma's, be it the server's or a user's. */
export function isKumaLabel(key: string): boolean {
  return /(^|\.)kuma\.io\//.test(key);
}

/** Whether an object keeps this label from its creation on. */
export function isFixedLabel(key: string): boolean {
  return FIXED.includes(key);
}

/**
 * Whether the server itself gives the object this label with the value that it has; with another value it is a user's.
 *
 * @param object What the server has.
 */
export function isServerLabel(object: JsonObject, key: string): boolean {
  const all = isObject(object.labels) ? object.labels : {};
  const value = all[key];
  const isOfZone = all[ORIGIN_LABEL] === "zone";
  switch (key) {
    case MESH_LABEL:
      return value === object.mesh;
    case ORIGIN_LABEL:
      return isOfZone;
    case ZONE_LABEL:
      // A zone's control plane refuses any other zone than its own.
      return isOfZone;
    case "kuma.io/env":
      return isOfZone && value === "universal";
    case "kuma.io/display-name":
      return value === object.name;
    case "kuma.io/policy-role":
      // What Kuma before 2.12 writes, and what no such label means.
      return value === "system";
    case "kuma.io/proxy-type":
      return PROXIES.includes(String(object.type));
    default:
      return false;
  }
}

const PROXIES = ["Dataplane", "ZoneEgress", "ZoneIngress"];

/** What a control plane says of itself that bears upon labels. */
export interface Place {
  /** One side of a federation; nothing for a standalone control plane. */
  side?: "global" | "zone";
  /** Name of the zone, if the control plane is no global one and tells. */
  zone?: string;
}

/** Why a control plane would refuse labels that are right by themselves. */
export function labelProblem(args: JsonObject, { side, zone }: Place): string | undefined {
  const given = isObject(args.labels) ? args.labels : {};
  const { [ORIGIN_LABEL]: origin, [ZONE_LABEL]: ofZone, [MESH_LABEL]: ofMesh } = given;
  const quoted = (key: string, value: unknown) => `the label ${key}: ${JSON.stringify(value)}`;
  if (side === "global") {
    return isKnown(origin) && origin !== "global"
      ? `${quoted(ORIGIN_LABEL, origin)} is not for a global control plane`
      : undefined;
  }
  if (origin === "global" || origin === UNKNOWN) return undefined;
  if (zone !== undefined && isKnown(ofZone) && ofZone !== zone)
    return `${quoted(ZONE_LABEL, ofZone)} names another zone than its own, ${JSON.stringify(zone)}`;
  if (!isKnown(ofMesh) || args.mesh === UNKNOWN || ofMesh === args.mesh) return undefined;
  return args.mesh === undefined
    ? `${quoted(MESH_LABEL, ofMesh)} names a mesh, and the object is in none`
    : `${quoted(MESH_LABEL, ofMesh)} names another mesh than ${JSON.stringify(args.mesh)}`;
}

function isKnown(value: unknown): value is string {
  return typeof value === "string" && value !== UNKNOWN;
}
