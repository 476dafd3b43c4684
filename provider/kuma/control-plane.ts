import { type Connection, warn } from "../connection.ts";
import { isObject } from "../fields.ts";
import type { Kind, Side } from "../kind.ts";

/** What a control plane says of itself, as far as it does. */
interface ControlPlane {
  major?: number;
  version?: string;
  /** One side of a federation; nothing for a standalone one. */
  side?: Side;
  /** Stores in Kubernetes and refuses writes over REST. */
  kubernetes: boolean;
}

const SECONDS = 3;
const known = new WeakMap<Connection, Promise<ControlPlane | undefined>>();

/**
 * Why a kind cannot be written at this control plane, if that can be told: asked once per operation, within three
 * seconds. One that does not answer is warned about and never fails a preview.
 */
export async function whyNotAt(
  connection: Connection,
  kind: Kind,
  side: Side | undefined,
): Promise<string | undefined> {
  const asked = known.get(connection) ?? ask(connection);
  known.set(connection, asked);
  const server = await asked;
  if (!server) return undefined;
  const at = `the control plane ${connection.url}`;
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

async function ask(connection: Connection): Promise<ControlPlane | undefined> {
  try {
    const index = await get(connection, "/");
    if (!isObject(index) || typeof index.version !== "string") return undefined;
    const config = await get(connection, "/config").catch(() => undefined);
    return { ...ofVersion(index.version), ...ofConfig(config) };
  } catch (error) {
    warn(`The control plane ${connection.url} cannot be asked for its version: ${(error as Error).message}.`);
    return undefined;
  }
}

async function get(connection: Connection, path: string): Promise<unknown> {
  const credential = connection.credential();
  const headers = credential === undefined ? {} : { authorization: `Bearer ${credential}` };
  const answer = await connection.http.send("GET", `${connection.url}${path}`, headers, undefined, SECONDS);
  return answer.status === 200 ? answer.json : undefined;
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
