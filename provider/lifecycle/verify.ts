import { setTimeout as sleep } from "node:timers/promises";
import { isObject, type JsonObject, sameJson, schemaFor, shapeOf } from "../model/fields.ts";
import type { Kind } from "../model/kind.ts";
import { ownershipOf } from "../model/owner.ts";
import { formatPath } from "../model/paths.ts";
import { partsOf, type Schema } from "../model/walk.ts";
import type { Call } from "../server/api.ts";
import { notDone } from "./refusals.ts";
import type { Server, Session } from "./session.ts";

/** What was written about an object. */
export interface Write {
  /** By which create the object was made. */
  mark: string;
  /** What stood there before. */
  before: JsonObject | undefined;
  /** What was declared before, if something was. */
  declared?: JsonObject;
  /** Takes a look that has to follow, where one list may serve for many. */
  later?: Later | undefined;
}

/** Takes what makes sure that a write or a removal was done; it is called once a list has shown what is there. */
export type Later = (verify: () => Promise<unknown>) => void;

/** An object that can be looked at. */
export interface Verifiable {
  kind: Kind;
  /** What was declared, in canonical form. */
  args: JsonObject;
  /** As in `route "payments"`. */
  title: string;
  server: Server;
  session: Session;
  /** What the server has, or nothing. */
  look(call: Call): Promise<JsonObject | undefined>;
  /** What the server has, in canonical form. */
  seen(found: JsonObject): Promise<JsonObject>;
}

/** Milliseconds between the looks: a control plane may read from a copy of its database, which lags behind. */
const PAUSES = [50, 200, 800];

/**
 * Looks whether a write that was answered as done was done. Nothing there, or what stood there before although something
 * else was declared, means that it was not.
 */
export async function verifyWrite(object: Verifiable, call: Call, write: Write): Promise<JsonObject> {
  const { before, mark } = write;
  for (const pause of [...PAUSES, undefined]) {
    const found = await object.look(call);
    const seen = found && (await object.seen(found));
    if (found && (!sameJson(found, before) || sameJson(seen, object.args))) {
      const isOurs = (ownershipOf(found)?.mark ?? mark) === mark;
      if (seen && isOurs) warnOfDropped(object, droppedFields(object.kind.schema, object.args, seen));
      return found;
    }
    if (pause === undefined) break;
    await sleep(pause);
  }
  throw notDone(call, object.server.connection.url, before ? "nothing was changed" : "there is none");
}

/** Makes sure that what stood there before a removal stands there no more. */
export async function verifyRemoval(object: Verifiable, call: Call, before: JsonObject): Promise<void> {
  for (const pause of [...PAUSES, undefined]) {
    if (!sameJson(await object.look(call), before)) return;
    if (pause !== undefined) await sleep(pause);
  }
  throw notDone(call, object.server.connection.url, "it is still there");
}

/** One warning per operation, kind and set of fields, since other resources have the same to say. */
function warnOfDropped({ session, kind, title, server }: Verifiable, fields: string[]): void {
  const { dialect, connection } = server;
  const subject = `${connection.url} ${kind.type} ${fields.join()}`;
  if (fields.length === 0 || session.droppedFields.has(subject)) return;
  session.droppedFields.add(subject);
  session.warn(
    `The ${title} was written without ${fields.join(", ")}: ` +
      `the ${dialect.product} ${connection.url} does not know ${fields.length > 1 ? "these fields" : "the field"} and says nothing of it. ` +
      `Leave ${fields.length > 1 ? "them" : "it"} out, or upgrade the server. Other resources may be concerned, too.`,
  );
}

/** The paths of fields that the schema describes and that say something, but are not there. Both in canonical form. */
export function droppedFields(
  schema: Schema,
  declared: unknown,
  seen: unknown,
  path: readonly (string | number)[] = [],
): string[] {
  if (saysNothing(declared)) return [];
  if (saysNothing(seen)) return [formatPath(path)];
  const isList = Array.isArray(declared);
  if (isList !== Array.isArray(seen) || (isList && declared.length !== (seen as unknown[]).length)) return [];
  // An entry of a free map is data; a server that keeps the map keeps it.
  if (!isList && !shapeOf(schemaFor(schema, declared))) return [];
  return (partsOf(schema, declared) ?? []).flatMap(({ key, schema: field, value }) => {
    const there = isList ? (seen as unknown[])[Number(key)] : isObject(seen) ? seen[key] : undefined;
    return field ? droppedFields(field, value, there, [...path, key]) : [];
  });
}

/** Absent, or what an absent field means in JSON that is made from protobuf messages. */
function saysNothing(value: unknown): boolean {
  if (typeof value === "object" && value !== null) return Object.values(value).every(saysNothing);
  return value === undefined || value === null || value === false || value === 0 || value === "";
}
