import { canonical, isDefault, orderOf, reduce } from "./canonical.ts";
import { bare, isObject, type Json, type JsonObject, sameJson, schemaFor, shapeOf } from "./fields.ts";
import type { Kind } from "./kind.ts";
import type { Path } from "./paths.ts";
import { partSchema, type Schema } from "./walk.ts";

/** A field that changes, by its path in the user's words. */
export interface Difference {
  path: Path;
  change: "add" | "delete" | "update";
}

/**
 * What differs in meaning between two declarations, each in the user's words: where only a spelling or an order differs,
 * nothing does. Paths are those of the new words, and of the old ones for what is gone.
 */
export function differencesOf(kind: Kind, before: JsonObject, after: JsonObject): Difference[] {
  if (sameJson(canonical(kind, before), canonical(kind, after))) return [];
  const [old, now] = [before, after].map((args) => kind.fill?.(args) ?? args) as [JsonObject, JsonObject];
  const found = inFields(kind.schema, old, now, []);
  // What depends on several fields together is no difference of one field: the whole is said to change where it is set.
  return found.length > 0
    ? found
    : Object.keys(now).map((key) => ({ path: [key], change: "update" as const }));
}

function within(schema: Schema | undefined, before: Json, after: Json, path: Path): Difference[] {
  const form = (value: Json) => (schema ? reduce(schema, value) : value);
  if (sameJson(form(before), form(after))) return [];
  if (isObject(before) && isObject(after)) return inFields(schema, before, after, path);
  if (Array.isArray(before) && Array.isArray(after)) return inList(schema, before, after, path);
  return [{ path, change: "update" }];
}

function inFields(
  schema: Schema | undefined,
  before: JsonObject,
  after: JsonObject,
  path: Path,
): Difference[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const seen = new Set<string>();
  return keys.flatMap((key) => {
    const at = [...path, key];
    const name = fieldName(schema, key);
    if (seen.has(name)) return [];
    const [old, now] = [spelt(schema, before, name), spelt(schema, after, name)];
    // The same field in another spelling: shown where it stands now, or stood.
    const isRespelt = old && now && old.key !== now.key;
    if (name !== key || isRespelt) seen.add(name);
    if (isRespelt) {
      const field = schema && partSchema(schema, after, name);
      const same = sameJson(
        field ? reduce(field, old.value) : old.value,
        field ? reduce(field, now.value) : now.value,
      );
      return same ? [] : [{ path: [...path, now.key], change: "update" as const }];
    }
    const field = schema && partSchema(schema, key in after ? after : before, key);
    const [a, b] = [before[key] ?? null, after[key] ?? null];
    if (a !== null && b !== null) return within(field, a, b, at);
    const only = a ?? b;
    if (only === null || (field && saysNothing(field, only))) return [];
    return [{ path: at, change: a === null ? ("add" as const) : ("delete" as const) }];
  });
}

/** A field that is written and means what is meant without it. */
function saysNothing(field: Schema, value: Json): boolean {
  const { absentMeans } = bare(field).meta;
  return isDefault(field, reduce(field, value)) || sameJson(value, absentMeans);
}

/** The server's name of a field that may have several spellings. */
function fieldName(schema: Schema | undefined, key: string): string {
  const field = schema && partSchema(schema, {}, key);
  return (field && bare(field).meta.spelling?.of) ?? key;
}

/** A field in whichever spelling it is written, with its value as the server's field has it. */
function spelt(
  schema: Schema | undefined,
  object: JsonObject,
  name: string,
): { key: string; value: Json } | undefined {
  if (object[name] !== undefined && object[name] !== null) return { key: name, value: object[name] };
  const shape = schema && shapeOf(schemaFor(schema, object));
  for (const [key, field] of Object.entries(shape ?? {})) {
    const spelling = bare(field).meta.spelling;
    const value = object[key];
    if (spelling?.of === name && value !== undefined && value !== null)
      return { key, value: spelling.toField(value) };
  }
  return undefined;
}

function inList(schema: Schema | undefined, before: Json[], after: Json[], path: Path): Difference[] {
  const element = schema && partSchema(schema, after.length > 0 ? after : before, 0);
  const keyOf = schema && orderOf(schema, after);
  if (!element || !keyOf) {
    const length = Math.max(before.length, after.length);
    return Array.from({ length }, (_, index) => index).flatMap((index): Difference[] => {
      const [a, b] = [before[index], after[index]];
      const at = [...path, index];
      if (a === undefined) return [{ path: at, change: "add" }];
      if (b === undefined) return [{ path: at, change: "delete" }];
      return within(element, a, b, at);
    });
  }
  const tell = (item: Json) => keyOf(reduce(element, item));
  const left = before.map((item, index) => ({ index, item, key: tell(item) }));
  const kept = after.flatMap((item, index): Difference[] => {
    const found = left.findIndex(({ key }) => key === tell(item));
    if (found < 0) return [{ path: [...path, index], change: "add" }];
    const [same] = left.splice(found, 1);
    return same ? within(element, same.item, item, [...path, index]) : [];
  });
  // Where one stood that is gone and another one stands now, a path says both.
  const isAdded = ({ path: at, change }: Difference) => change === "add" && at.length === path.length + 1;
  const added = new Set(kept.filter(isAdded).map((one) => one.path.at(-1)));
  const gone = new Set<PropertyKey | undefined>(left.map(({ index }) => index));
  return [
    ...kept.map((one) =>
      isAdded(one) && gone.has(one.path.at(-1)) ? { ...one, change: "update" as const } : one,
    ),
    ...left
      .filter(({ index }) => !added.has(index))
      .map(({ index }): Difference => ({ path: [...path, index], change: "delete" })),
  ];
}
