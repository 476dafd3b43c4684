import { isObject, type Json, type JsonObject, UNKNOWN } from "../../fields.ts";
import type { Report } from "../../kind.ts";
import { formatPath, parsePath } from "../../paths.ts";

/** Groups of data planes, by their kind, mesh or tags. */
export const SIDECARS = ["Mesh", "MeshSubset", "MeshService", "MeshServiceSubset", "Dataplane"] as const;
/** The same, and gateways. */
export const PROXIES = [...SIDECARS, "MeshGateway"] as const;
/** The same, and what a route matches. */
export const PROXIES_AND_ROUTES = [...PROXIES, "MeshHTTPRoute"] as const;
/** Where requests may go. */
export const DESTINATIONS = ["Mesh", "MeshService", "MeshExternalService", "MeshMultiZoneService"] as const;

/** What may be targeted at some place. */
export interface Targets {
  kinds: readonly string[];
  /** Why the others may not, where that does not go without saying. */
  why?: string;
  /** A gateway's listeners may be told apart by their tags. */
  gatewayTags?: boolean;
  /** The policy is about inbound traffic, so that one of a data plane's inbounds may be named. */
  inbound?: boolean;
}

/** The fields that go with a kind of target, beside `kind`. */
const FIELDS: Record<string, readonly string[]> = {
  Mesh: ["proxyTypes"],
  MeshSubset: ["proxyTypes", "tags"],
  Dataplane: ["labels", "name", "namespace", "sectionName"],
  MeshService: ["labels", "name", "namespace", "sectionName"],
  MeshExternalService: ["labels", "name", "namespace"],
  MeshHTTPRoute: ["labels", "name", "namespace"],
  MeshServiceSubset: ["name", "tags"],
  MeshGateway: ["name", "tags"],
};

const ALL_FIELDS = ["labels", "mesh", "name", "namespace", "proxyTypes", "sectionName", "tags"];
const BY_NAME_OR_LABELS = ["MeshService", "MeshExternalService", "MeshHTTPRoute"];

/** Judges a reference to a target, which stands at the path `at`. */
export function targetRefRules(ref: Json | undefined, at: string, targets: Targets, report: Report): void {
  if (!isObject(ref) || typeof ref.kind !== "string" || ref.kind === UNKNOWN) return;
  const { kind } = ref;
  if (!targets.kinds.includes(kind)) {
    report(`${at}.kind`, "is no target here", `${targets.why ?? "allowed"}: ${targets.kinds.join(", ")}`);
    return;
  }
  const fields = FIELDS[kind];
  if (!fields) return;
  for (const field of ALL_FIELDS) {
    if (!fields.includes(field) && isGiven(ref[field]))
      report(`${at}.${field}`, `does not go with the kind ${kind}`, `${kind} takes: ${fields.join(", ")}`);
  }
  nameRules(ref, kind, at, report);
  if (fields.includes("proxyTypes") && Array.isArray(ref.proxyTypes) && ref.proxyTypes.length === 0)
    report(`${at}.proxyTypes`, "is empty", "leave it out for all types");
  if (kind === "Dataplane" && !targets.inbound && isGiven(ref.sectionName))
    report(`${at}.sectionName`, "is for policies of inbound traffic only", "those with rules or from");
  if (fields.includes("tags")) tagRules(ref, kind, at, targets, report);
}

function nameRules(ref: JsonObject, kind: string, at: string, report: Report): void {
  const { name, labels, namespace } = ref;
  if (kind !== "Dataplane" && isGiven(name) && !/^[0-9a-z.\-_]*$/.test(String(name)))
    report(`${at}.name`, "is no name: lower case letters, digits, -, . and _");
  if (BY_NAME_OR_LABELS.includes(kind) && !mayBeGiven(name) && !mayBeGiven(labels))
    report(`${at}.name`, "is missing", `a ${kind} is named by name or labels`);
  if (["MeshServiceSubset", "MeshGateway"].includes(kind) && !mayBeGiven(name))
    report(`${at}.name`, "is missing", `a ${kind} is named by name`);
  if (FIELDS[kind]?.includes("labels") && isGiven(labels) && (isGiven(name) || isGiven(namespace)))
    report(`${at}.labels`, "does not go with name and namespace", "keep one of the two");
}

function tagRules(ref: JsonObject, kind: string, at: string, targets: Targets, report: Report): void {
  const { tags } = ref;
  if (kind === "MeshGateway" && isGiven(tags) && !targets.gatewayTags)
    report(`${at}.tags`, "does not go with the kind MeshGateway here");
  if (!isObject(tags)) return;
  for (const [name, value] of Object.entries(tags)) {
    const path = formatPath([...parsePath(`${at}.tags`), name]);
    if (!/^[a-zA-Z0-9.\-_:/]+$/.test(name))
      report(path, "has a name that no tag has: letters, digits, ., -, _, : and /");
    if (typeof value !== "string" || value === UNKNOWN) continue;
    const isLegal = kind === "MeshSubset" ? /^[a-zA-Z0-9.\-_:]+$/ : /^([a-zA-Z0-9.\-_:/]+|\*)$/;
    if (!isLegal.test(value)) report(path, "is no value of a tag: letters, digits, ., -, _ and :");
  }
}

/** Whether a field is known to say something. */
export function isGiven(value: Json | undefined): boolean {
  return value !== UNKNOWN && mayBeGiven(value);
}

/** Whether a field says something, or what it says is not known yet. */
export function mayBeGiven(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === "") return false;
  return typeof value !== "object" || Object.keys(value).length > 0;
}

/** Whether a top-level target includes gateways; undefined when that is not known. */
export function includesGateways(target: Json | undefined): boolean | undefined {
  if (target === undefined || target === null) return true;
  if (!isObject(target) || target.kind === UNKNOWN || target.proxyTypes === UNKNOWN) return undefined;
  const { kind, proxyTypes } = target;
  if (kind === "MeshGateway" || kind === "MeshHTTPRoute") return true;
  if (kind !== "Mesh" && kind !== "MeshSubset") return false;
  if (!Array.isArray(proxyTypes) || proxyTypes.length === 0) return true;
  return proxyTypes.includes("Gateway") || (proxyTypes.includes(UNKNOWN) ? undefined : false);
}
