import { isObject, type JsonObject } from "../../model/fields.ts";
import type { Kind, Side } from "../../model/kind.ts";
import { hasLabels, lackOf } from "../../model/kuma/releases.ts";
import type { Api } from "../../server/api.ts";
import type { Connection } from "../../server/connection.ts";
import type { Inspection } from "./inspection.ts";

/** Tells product and version. */
export const PROBE = "";

/** What a control plane says of itself, as far as it does. */
interface ControlPlane {
  /** As in `2.14.3`; nothing when it is none of a release. */
  version?: string;
  /** One side of a federation; nothing for a standalone one. */
  side?: Side;
  /** Stores in Kubernetes and refuses writes over REST. */
  kubernetes: boolean;
}

/** Why what is declared cannot be written at this control plane, if that can be told. */
export async function whyNotAt(
  inspection: Inspection,
  kind: Kind,
  side: Side | undefined,
  declared: JsonObject,
): Promise<string | undefined> {
  const index = await inspection.document(PROBE);
  if (!isObject(index) || typeof index.version !== "string") return undefined;
  const server: ControlPlane = {
    ...ofVersion(index.version),
    ...ofConfig(await inspection.document("config", true)),
  };
  const at = `the control plane ${inspection.url}`;
  const lack = server.version && lackOf(server.version, kind, declared);
  if (lack) return `${at} is a Kuma ${server.version}, which ${lack}`;
  if (server.kubernetes) {
    return `${at} stores in Kubernetes and refuses writes over its API; use the classes of pulumi-external-backends/kubernetes.`;
  }
  if (side !== undefined && server.side !== undefined && server.side !== side) {
    return side === "global"
      ? `${at} is a zone's, which takes only what belongs to the zone; the ${kind.title} is written at the global one: set kuma:globalUrl.`
      : `${at} is the global one; the ${kind.title} is written at its zone's: set kuma:zoneUrl.`;
  }
  return undefined;
}

const labelled = new WeakMap<Connection, Promise<boolean>>();

/** Whether objects of this control plane have labels. One that does not tell its version is taken to be a newer one. */
export function keepsLabels(inspection: Inspection, api: Api): Promise<boolean> {
  const known = labelled.get(api.connection) ?? askForLabels(inspection, api);
  labelled.set(api.connection, known);
  return known;
}

async function askForLabels(inspection: Inspection, api: Api): Promise<boolean> {
  const call = { doing: "ask for the version", path: PROBE, secrets: [] };
  const told = await inspection.document(PROBE);
  // Previews may have been told to ask nobody; a write cannot do without.
  const index = told ?? (await api.document(call).catch(() => undefined));
  const { version } = ofVersion(isObject(index) ? String(index.version) : "");
  return version === undefined || hasLabels(version);
}

/** A build of no release calls itself 0.0.0, so nothing is known about it. */
function ofVersion(version: string): Pick<ControlPlane, "version"> {
  const released = /^v?([1-9]\d*\.\d+.*)/.exec(version)?.[1];
  return released === undefined ? {} : { version: released };
}

function ofConfig(config: unknown): Pick<ControlPlane, "side" | "kubernetes"> {
  if (!isObject(config)) return { kubernetes: false };
  const zone = isObject(config.multizone) && isObject(config.multizone.zone) ? config.multizone.zone : {};
  const store = isObject(config.store) ? config.store.type : undefined;
  // A standalone control plane calls itself a zone, too, but one without a global control plane.
  const side =
    config.mode === "global" ? "global" : config.mode === "zone" && zone.globalAddress ? "zone" : undefined;
  return {
    kubernetes: store === "kubernetes" || (store === undefined && config.environment === "kubernetes"),
    ...(side ? { side } : {}),
  };
}
