import { setTimeout as sleep } from "node:timers/promises";
import type * as z from "zod";
import { without } from "../model/canonical.ts";
import { isObject, type JsonObject, sameJson, schemaFor, shapeOf } from "../model/fields.ts";
import { ownershipOf } from "../model/owner.ts";
import type { Call } from "../server/api.ts";
import { warn } from "../server/connection.ts";
import { notDone } from "./refusals.ts";
import { HIDDEN, type Target } from "./target.ts";

/** Milliseconds between the looks: a control plane may read from a copy of its database, which lags behind. */
const PAUSES = [50, 200, 800];

/** A write that was answered as done. */
export interface Write {
  call: Call;
  id: string;
  /** What was declared. */
  inputs: JsonObject;
  /** What stood there before. */
  before: JsonObject | undefined;
  /** The mark of its labels. */
  mark: string;
}

/** What stands there after a write. Nothing, or what stood there before and is not what is declared, was not written. */
export async function lookAfterWrite(target: Target, write: Write): Promise<JsonObject> {
  const { call, id, inputs, before, mark } = write;
  const declared = without(inputs, HIDDEN);
  for (const pause of [...PAUSES, undefined]) {
    const written = await target.api.get(call);
    const seen = written && (await target.seen(written, id, inputs));
    if (written && (!sameJson(written, before) || sameJson(seen, declared))) {
      const isOurs = (ownershipOf(written)?.mark ?? mark) === mark;
      if (seen && isOurs) warnOfDropped(target, id, droppedFields(target.kind.schema, declared, seen));
      return written;
    }
    if (pause === undefined) break;
    await sleep(pause);
  }
  throw notDone(call, target.connection.url, before ? "nothing was changed" : "there is none");
}

/** Makes sure that what stood there before a removal stands there no more. */
export async function lookAfterRemoval(target: Target, call: Call, before: JsonObject): Promise<void> {
  for (const pause of [...PAUSES, undefined]) {
    if (!sameJson(await target.api.get(call), before)) return;
    if (pause !== undefined) await sleep(pause);
  }
  throw notDone(call, target.connection.url, "it is still there");
}

/** Dropped fields of a kind that were warned about; a process lives for one operation. */
const reported = new Set<string>();

function warnOfDropped(target: Target, id: string, fields: string[]): void {
  const { kind, dialect, connection } = target;
  const subject = `${connection.url} ${kind.type} ${fields.join()}`;
  if (fields.length === 0 || reported.has(subject)) return;
  reported.add(subject);
  warn(
    `The ${kind.title} "${id}" was written without ${fields.join(", ")}: ` +
      `the ${dialect.product} ${connection.url} does not know ${fields.length > 1 ? "these fields" : "the field"} and says nothing of it. ` +
      `Leave ${fields.length > 1 ? "them" : "it"} out, or upgrade the server. Other resources may be concerned, too.`,
  );
}

/** The paths of fields that the schema describes and that say something, but are not there. */
export function droppedFields(schema: z.core.$ZodType, declared: unknown, seen: unknown, at = ""): string[] {
  if (saysNothing(declared)) return [];
  if (saysNothing(seen)) return [at];
  const fitting = schemaFor(schema, declared);
  const shape = shapeOf(fitting);
  if (shape && isObject(declared) && isObject(seen)) {
    return Object.entries(shape).flatMap(([key, field]) =>
      droppedFields(field, declared[key], seen[key], at ? `${at}.${key}` : key),
    );
  }
  const def = fitting._zod.def;
  if (def.type !== "array" || !Array.isArray(declared) || !Array.isArray(seen)) return [];
  if (declared.length !== seen.length) return [];
  const { element } = def as z.core.$ZodArrayDef;
  return declared.flatMap((item, index) => droppedFields(element, item, seen[index], `${at}[${index}]`));
}

/** Absent, or what an absent field means in JSON that is made from protobuf messages. */
function saysNothing(value: unknown): boolean {
  if (typeof value === "object" && value !== null) return Object.values(value).every(saysNothing);
  return value === undefined || value === null || value === false || value === 0 || value === "";
}
