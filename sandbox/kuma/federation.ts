import { randomUUID } from "node:crypto";
import type { Tokens } from "./access.ts";
import type { ControlPlane } from "./control-plane.ts";
import { type KumaSandbox, startControlPlane } from "./start.ts";
import type { StoredObject } from "./store.ts";
import { synchronisedName } from "./synchronised-name.ts";

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
}

/** One global control plane and one per zone, which synchronise as soon as something changes. */
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
  const { tokens, localhostIsAdmin = true } = options;
  const common = { clusterId: randomUUID(), localhostIsAdmin, ...(tokens && { tokens }) };
  const withPort = (port: number | undefined) => (port === undefined ? common : { ...common, port });
  const global = await startControlPlane({ mode: "global" }, withPort(options.globalPort));
  const zones: Record<string, KumaSandbox> = {};
  for (const zone of options.zones) {
    const started = await startControlPlane({ mode: "zone", zone }, withPort(options.zonePorts?.[zone]));
    connect(global, started);
    zones[zone] = started.sandbox;
  }
  const all = [global.sandbox, ...Object.values(zones)];
  return {
    global: global.sandbox,
    zones,
    close: async () => {
      await Promise.all(all.map((sandbox) => sandbox.close()));
    },
  };
}

type Started = Awaited<ReturnType<typeof startControlPlane>>;

/** Keeps a zone and the global control plane the same from now on, in both directions. */
function connect(global: Started, zone: Started): void {
  const { zone: name } = zone.controlPlane;
  global.controlPlane.store.put({ type: "Zone", name, enabled: true });
  const down = copier(zone.controlPlane, goesDown, (object) => ({
    ...object,
    name: keepsName(object) ? object.name : synchronisedName(object),
    labels: { ...displayName(object), ...object.labels, "kuma.io/origin": "global" },
  }));
  const up = copier(global.controlPlane, goesUp, (object) => ({
    ...object,
    name: synchronisedName(object, name),
    labels: { ...displayName(object), ...object.labels },
  }));
  const copyAll = () => {
    for (const object of global.controlPlane.store.all()) down(undefined, object);
    for (const object of zone.controlPlane.store.all()) up(undefined, object);
  };
  copyAll();
  global.controlPlane.store.onChange(down);
  zone.controlPlane.store.onChange(up);
  for (const { sandbox } of [global, zone]) {
    const { clear } = sandbox.store;
    sandbox.store.clear = () => {
      clear();
      copyAll();
    };
  }
}

/** Repeats on another control plane what changes here, for the objects that go there and in the form they have there. */
function copier(
  target: ControlPlane,
  goes: (object: StoredObject) => boolean,
  toTarget: (object: StoredObject) => StoredObject,
) {
  return (before: StoredObject | undefined, after: StoredObject | undefined): void => {
    if (after && goes(after)) {
      target.store.put(toTarget(after));
    } else if (before && goes(before)) {
      const { type, mesh, name } = toTarget(before);
      target.store.delete(type, mesh, name);
    }
  };
}

/** What was written on the global control plane, but for its own list of zones. */
const goesDown = ({ type, labels }: StoredObject): boolean =>
  type !== "Zone" && labels?.["kuma.io/origin"] !== "zone";

/** What was written on the zone's control plane; secrets stay where they are. */
const goesUp = ({ type, labels }: StoredObject): boolean =>
  type !== "Secret" && labels?.["kuma.io/origin"] === "zone";

const keepsName = ({ type }: StoredObject): boolean => type === "Mesh" || type === "Secret";

const displayName = (object: StoredObject): Record<string, string> =>
  keepsName(object) ? {} : { "kuma.io/display-name": object.name };
