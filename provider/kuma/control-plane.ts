import { isObject } from "../fields.ts";
import type { Inspection } from "../inspection.ts";
import type { Kind, Side } from "../kind.ts";

/** Tells product and version. */
export const PROBE = "";

/** What a control plane says of itself, as far as it does. */
interface ControlPlane {
  major?: number;
  version?: string;
  /** One side of a federation; nothing for a standalone one. */
  side?: Side;
  /** Stores in Kubernetes and refuses writes over REST. */
  kubernetes: boolean;
}

/** Why a kind cannot be written at this control plane, if that can be told. */
export async function whyNotAt(
  inspection: Inspection,
  kind: Kind,
  side: Side | undefined,
): Promise<string | undefined> {
  const index = await inspection.document(PROBE);
  if (!isObject(index) || typeof index.version !== "string") return undefined;
  const server: ControlPlane = {
    ...ofVersion(index.version),
    ...ofConfig(await inspection.document("config", true)),
  };
  const at = `the control plane ${inspection.url}`;
  if (kind.until && server.major !== undefined && server.major >= kind.until.major) {
    return `${at} is a Kuma ${server.version}, which has no ${kind.title} any more; use ${kind.until.instead}.`;
  }
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

function ofVersion(version: string): Pick<ControlPlane, "major" | "version"> {
  const major = /^v?(\d+)\./.exec(version)?.[1];
  return major === undefined ? {} : { major: Number(major), version };
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
