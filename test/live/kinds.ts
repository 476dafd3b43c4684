import type { JsonObject } from "../../provider/model/fields.ts";
import type { Side } from "../../provider/model/kind.ts";
import { kindOf } from "../../provider/model/kinds.ts";
import { CONSUMER } from "../support/kind-case.ts";
import { type KindCase, kinds, type Stored } from "../support/kinds.ts";
import { namesIn, type Server, send } from "./servers.ts";
import type { LiveSettings } from "./settings.ts";

/** A kind as it is tried at a server that others use, too: everything has a name of the run, and is in a mesh of the run. */
export interface LiveKind extends KindCase {
  /** The id of its object in a test whose names begin with `prefix`. */
  id(prefix: string): string;
  /** At which server it is looked at by hand. */
  server: Server;
  /** What the server does not give back, and so is missing in what was read. */
  notGivenBack: Stored;
}

/** What holds for all of the gateway's traffic and cannot have a name of its own. */
const WHOLE_GATEWAY = ["apisix:GlobalRule", "apisix:PluginMetadata"];

/** The consumer of the run that credentials are made for. */
export function consumerOf({ run }: LiveSettings): string {
  return `${run}-somebody`.replaceAll("-", "_");
}

/** The kinds of APISIX. */
export async function apisixKinds(settings: LiveSettings, server: Server): Promise<LiveKind[]> {
  const own = kinds.filter(
    ({ type }) =>
      type.startsWith("apisix:") &&
      settings.isChosen(type) &&
      (settings.wholeGateway || !WHOLE_GATEWAY.includes(type)),
  );
  const { product = "" } = await send(server, "GET", "/apisix/admin/routes");
  const isBefore313 = /APISIX\/(2\.|3\.([0-9]|1[0-2])\.)/.test(product);
  const taken = settings.wholeGateway ? await namesIn(server, "/apisix/admin/plugin_metadata") : [];
  return own.map((kind) => ({
    ...kind,
    ...apisixKind(kind, consumerOf(settings), new Set(taken), isBefore313),
    server,
  }));
}

function apisixKind(kind: KindCase, consumer: string, taken: Set<string>, isBefore313: boolean) {
  const named = (prefix: string) => kind.id?.(prefix) ?? `${prefix}-${kind.type.slice(7).toLowerCase()}`;
  const usual = { id: named, notGivenBack: {} };
  switch (kind.type) {
    case "apisix:Route":
      // A route without a host would serve requests of others.
      return { ...usual, minimal: { ...kind.minimal, host: "minimal.example" } };
    case "apisix:Consumer":
      // Before 3.18 a name has no dashes.
      return { ...usual, id: (prefix: string) => named(prefix).replaceAll("-", "_") };
    case "apisix:Credential": {
      const of = (args: object) => ({ ...args, username: consumer });
      return {
        ...usual,
        minimal: of(kind.minimal),
        full: of(kind.full),
        rewritten: of(kind.rewritten),
        path: (id: string) => kind.path(id).replace(CONSUMER, consumer),
      };
    }
    case "apisix:Proto":
    case "apisix:ConsumerGroup": {
      // Before 3.13 they have no name that is free for somebody to add, and the first has no labels.
      if (!isBefore313) return usual;
      const byHand = { ...kind.byHand, added: kind.byHand.changed };
      return kind.type === "apisix:Proto"
        ? { ...usual, byHand, unlabelled: true as const }
        : { ...usual, byHand };
    }
    case "apisix:Ssl": {
      const { key, keys } = kind.full as Stored;
      // It has no field that is free for somebody to change or to add but labels: an older one has no description.
      const labelled = ({ desc: _, ...rest }: Stored) => ({ ...rest, labels: { team: "declared" } });
      const byHand = (label: object) => ({
        lines: ["", ""] as [string, string],
        change: (object: Stored) => ({ ...object, labels: { ...(object.labels as Stored), ...label } }),
      });
      return {
        ...usual,
        full: labelled(kind.full as Stored),
        rewritten: labelled(kind.rewritten as Stored),
        notGivenBack: { key, keys },
        byHand: { changed: byHand({ team: "hand" }), added: byHand({ by: "hand" }) },
      };
    }
    case "apisix:PluginMetadata": {
      const chosen = new Map<string, string>();
      // A plugin's metadata that is there already is somebody's.
      const free = (prefix: string): string => {
        const plugin = named(prefix);
        return taken.has(plugin) ? free(`${prefix}+`) : plugin;
      };
      const id = (prefix: string) => {
        const plugin = chosen.get(prefix) ?? free(prefix);
        chosen.set(prefix, plugin);
        return plugin;
      };
      return { ...usual, id };
    }
    default:
      return usual;
  }
}

/** The servers of a control plane, or of both sides of a federation. */
export type KumaServers = Record<Side, Server>;

/**
 * The kinds of Kuma, in the run's own mesh.
 *
 * @param origin The side at which those are written that either may have; only those, for a zone.
 */
export function kumaKinds(
  settings: LiveSettings,
  servers: KumaServers,
  mesh: string,
  origin: Side,
): LiveKind[] {
  const own = kinds.filter(({ type }) => type.startsWith("kuma:") && settings.isChosen(type));
  const chosen = origin === "zone" ? own.filter(({ type }) => typeof kindOf(type).side === "function") : own;
  return chosen.map((kind) => {
    const { side, identity } = kindOf(kind.type);
    const of = (args: object): object => {
      // At a live control plane the zone is its own.
      const { zone, ...rest } = args as Stored;
      return {
        ...(kind.type === "kuma:ZoneEgress" ? rest : args),
        ...(identity[0] === "mesh" ? { mesh } : {}),
        ...(origin === "zone" ? { origin } : {}),
      };
    };
    const full = of(kind.full);
    const where = typeof side === "function" ? side(full as JsonObject) : (side ?? "global");
    return {
      ...kind,
      minimal: of(kind.minimal),
      full,
      rewritten: of(kind.rewritten),
      id: (prefix: string) => kind.id?.(prefix) ?? `${prefix}-${kind.type.slice(5).toLowerCase()}`,
      path: (id: string) => kind.path(id).replace(/^\/meshes\/default\//, `/meshes/${mesh}/`),
      server: servers[where],
      notGivenBack: {},
    };
  });
}
