import { randomUUID } from "node:crypto";
import type { Tokens } from "./access.ts";
import { type KumaSandbox, startControlPlane } from "./start.ts";
import { connect } from "./synchronisation.ts";
import { type Later, timers } from "./upkeep/later.ts";

/** How a federation starts. */
export interface FederationOptions {
  /** The zones' names. */
  zones: string[];
  /** Left out, the system chooses free ports. */
  globalPort?: number;
  /** Ports by zone. */
  zonePorts?: Record<string, number>;
  /** User tokens, the same on every control plane. */
  tokens?: Tokens;
  /** Default true: a request without a token is the administrator's. */
  localhostIsAdmin?: boolean;
  /** Milliseconds until the other side sees a change; default 0, which is at once. In reality it takes a second or two. */
  syncDelay?: number;
  /** As of a standalone control plane. */
  upkeepDelay?: number;
  /** Instead of timers: decides when control planes do their own work and synchronise. */
  later?: Later;
}

/** One global control plane and one per zone, which synchronise. */
export interface KumaFederation {
  global: KumaSandbox;
  /** By the zone's name. */
  zones: Record<string, KumaSandbox>;
  close(): Promise<void>;
}

/** Starts a global control plane and one for each zone. */
export async function startKumaFederation(
  options: FederationOptions = { zones: ["zone-1"] },
): Promise<KumaFederation> {
  const { tokens, localhostIsAdmin = true, upkeepDelay, syncDelay = 0, later } = options;
  const waiting = timers(syncDelay);
  const synchroniseLater = later ?? (syncDelay > 0 ? waiting.later : undefined);
  const common = {
    clusterId: randomUUID(),
    localhostIsAdmin,
    ...(tokens && { tokens }),
    ...(upkeepDelay !== undefined && { upkeepDelay }),
  };
  const start = (name: string, role: Parameters<typeof startControlPlane>[0], port: number | undefined) =>
    startControlPlane(role, {
      ...common,
      ...(port !== undefined && { port }),
      ...(later && { later: (work, ...rest) => later(`${name}: ${work}`, ...rest) }),
    });
  const global = await start("global", { mode: "global" }, options.globalPort);
  const zones: Record<string, KumaSandbox> = {};
  for (const zone of options.zones) {
    const started = await start(zone, { mode: "zone", zone }, options.zonePorts?.[zone]);
    const copyAll = connect(global.controlPlane, started.controlPlane, synchroniseLater);
    for (const { sandbox } of [global, started]) {
      const { clear } = sandbox.store;
      sandbox.store.clear = () => {
        clear();
        copyAll();
      };
    }
    zones[zone] = started.sandbox;
  }
  const all = [global.sandbox, ...Object.values(zones)];
  return {
    global: global.sandbox,
    zones,
    close: async () => {
      waiting.stop();
      await Promise.all(all.map((sandbox) => sandbox.close()));
    },
  };
}
