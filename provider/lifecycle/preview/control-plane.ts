import { isObject, type JsonObject } from "../../model/fields.ts";
import type { Kind, Side } from "../../model/kind.ts";
import { labelProblem } from "../../model/kuma/labels.ts";
import { lackOf, releaseOf } from "../../model/kuma/releases.ts";
import type { Api } from "../../server/api.ts";
import type { Inspection } from "./inspection.ts";

/** What a control plane says of itself, as far as it does. */
interface ControlPlane {
  /** One side of a federation; nothing for a standalone one. */
  side?: Side;
  /** Name of its zone, where it tells. */
  zone?: string;
  /** Stores in Kubernetes and refuses writes over REST. */
  kubernetes: boolean;
}

/** Why what is declared cannot be written at this control plane, if that can be told. */
export async function impossibleAt(
  inspection: Inspection,
  kind: Kind,
  side: Side | undefined,
  declared: JsonObject,
): Promise<string | undefined> {
  const index = await inspection.probe();
  if (!isObject(index) || typeof index.version !== "string") return undefined;
  const version = releaseOf(index.version);
  const server = ofConfig(await inspection.document("config", true));
  const at = `the control plane ${inspection.url}`;
  const lack = version && lackOf(version, kind, declared);
  if (lack) return `${at} is a Kuma ${version}, which ${lack}`;
  if (server.kubernetes) {
    return `${at} stores in Kubernetes and refuses writes over its API; use the classes of pulumi-external-backends/kubernetes.`;
  }
  if (side !== undefined && server.side !== undefined && server.side !== side) {
    return side === "global"
      ? `${at} is a zone's, which takes only what belongs to the zone; the ${kind.title} is written at the global one: set kuma:globalUrl.`
      : `${at} is the global one; the ${kind.title} is written at its zone's: set kuma:zoneUrl.`;
  }
  const problem = labelProblem(declared, server);
  return problem && `${at} refuses ${problem}.`;
}

/** Why a control plane gives no addresses and host names: a global one leaves that to its zones. */
export async function unreportedAt(api: Api, { reported }: Kind): Promise<string | undefined> {
  const call = { doing: "ask for config", path: "config", secrets: [] };
  const config = await api.once(call.path, () => api.document(call)).catch(() => undefined);
  if (ofConfig(config).side !== "global") return undefined;
  return `the control plane ${api.connection.url} is a global one, which gives none: each zone gives its own. Leave ${reported?.wait} out here, and read it at a zone's control plane`;
}

function ofConfig(config: unknown): ControlPlane {
  if (!isObject(config)) return { kubernetes: false };
  const zone = isObject(config.multizone) && isObject(config.multizone.zone) ? config.multizone.zone : {};
  const store = isObject(config.store) ? config.store.type : undefined;
  // A standalone control plane calls itself a zone, too, but one without a global control plane.
  const side =
    config.mode === "global" ? "global" : config.mode === "zone" && zone.globalAddress ? "zone" : undefined;
  return {
    kubernetes: store === "kubernetes" || (store === undefined && config.environment === "kubernetes"),
    ...(side ? { side } : {}),
    ...(side !== "global" && typeof zone.name === "string" && zone.name !== "" ? { zone: zone.name } : {}),
  };
}
