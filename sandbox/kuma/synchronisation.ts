import { isDeepStrictEqual } from "node:util";
import type { ControlPlane } from "./control-plane.ts";
import type { Kind } from "./kinds/index.ts";
import { originOf } from "./labels.ts";
import { displayName } from "./rules/names.ts";
import type { StoredObject } from "./store.ts";
import { synchronisedName } from "./synchronised-name.ts";
import type { Later } from "./upkeep/later.ts";

/**
 * Keeps a zone and the global control plane the same from now on, in both directions: at once, or later. Gives a
 * function that copies everything again.
 */
export function connect(global: ControlPlane, zone: ControlPlane, later?: Later): () => void {
  const { zone: name } = zone;
  global.store.put({ type: "Zone", name, enabled: true });
  global.store.put({ type: "ZoneInsight", name });
  const down = copier(
    zone,
    `to ${name}`,
    later,
    (object) => goesDown(global, object, name),
    (object) => toZone(object, global.kind(object.type)),
  );
  const up = copier(
    global,
    `from ${name}`,
    later,
    (object) => goesUp(zone, object),
    (object) => toGlobal(object, name),
  );
  const copyAll = () => {
    for (const object of global.store.all()) down(undefined, object);
    for (const object of zone.store.all()) up(undefined, object);
  };
  copyAll();
  global.store.onChange(down);
  zone.store.onChange(up);
  return copyAll;
}

/** Repeats on another control plane what changes here, for the objects that go there and in the form they have there. */
function copier(
  target: ControlPlane,
  name: string,
  later: Later | undefined,
  goes: (object: StoredObject) => boolean,
  toTarget: (object: StoredObject) => StoredObject,
) {
  const waiting: (() => void)[] = [];
  const flush = () => {
    for (const copy of waiting.splice(0)) copy();
  };
  return (before: StoredObject | undefined, after: StoredObject | undefined): void => {
    const [old, next] = [before, after].map((object) =>
      object && goes(object) ? toTarget(object) : undefined,
    );
    if (!old && !next) return;
    waiting.push(() => (next ? put(target, next) : remove(target, old)));
    if (later) later(name, flush);
    else flush();
  };
}

function put(target: ControlPlane, object: StoredObject): void {
  const existing = target.store.get(object.type, object.mesh, object.name);
  // A status that does not come along is the target's own.
  const status = object.status ?? existing?.status ?? target.kind(object.type).status;
  const wanted = { ...object, ...(status !== undefined && { status: structuredClone(status) }) };
  if (!existing || !isDeepStrictEqual(timeless(existing), timeless(wanted))) target.store.put(wanted);
}

const timeless = ({ creationTime: _, modificationTime: __, ...rest }: StoredObject) => rest;

function remove(target: ControlPlane, object: StoredObject | undefined): void {
  if (object) target.store.delete(object.type, object.mesh, object.name);
}

/** What was written on the global control plane goes to the zones, and some of what another zone has. */
function goesDown(global: ControlPlane, { type, labels = {} }: StoredObject, zone: string): boolean {
  const kind = global.kind(type);
  if (originOf(labels) !== "zone") return kind.goesDown === true;
  return kind.goesAcross === true && labels["kuma.io/zone"] !== zone;
}

/** What was written in the zone. */
const goesUp = (zone: ControlPlane, { type, labels = {} }: StoredObject): boolean =>
  zone.kind(type).goesUp === true && originOf(labels) !== "global";

/** An object of the global control plane as a zone has it; its status stays behind. */
function toZone(object: StoredObject, { keepsName }: Kind): StoredObject {
  const { status: _, ...rest } = object;
  if (keepsName) {
    return { ...rest, labels: { ...object.labels, "kuma.io/origin": "global" } };
  }
  return {
    ...rest,
    name: synchronisedName(object, object.labels?.["kuma.io/zone"]),
    labels: { ...shown(object), ...object.labels, "kuma.io/origin": "global" },
  };
}

/** An object of a zone as the global control plane has it. */
function toGlobal(object: StoredObject, zone: string): StoredObject {
  const { "kuma.io/deletion-grace-period-started-at": _, ...labels } = object.labels ?? {};
  return {
    ...object,
    ...(object.type.startsWith("Zone") && { zone }),
    name: synchronisedName(object, zone),
    labels: { ...shown(object), ...labels, "kuma.io/origin": "zone", "kuma.io/zone": zone },
  };
}

const shown = ({ name, labels = {} }: StoredObject) => ({
  "kuma.io/display-name": displayName({ name, labels }),
});
