import {
  bare,
  isObject,
  type Json,
  type JsonObject,
  sameJson,
  schemaFor,
  shapeOf,
  stableJson,
} from "./fields.ts";
import type { Kind } from "./kind.ts";
import { withKeptNumbers } from "./numbers.ts";
import { mapParts, type Schema } from "./walk.ts";

/**
 * The one form in which a kind's arguments are compared: one spelling of each field, sets sorted, defaults left out. It is
 * never stored or shown. Takes valid arguments, with unknown values in them or not.
 */
export function canonical(kind: Kind, args: JsonObject): JsonObject {
  const defined = withKeptNumbers(kind.dialect, withoutNothing(args) as JsonObject) as JsonObject;
  const filled = kind.fill?.(defined) ?? defined;
  const reduced = reduce(kind.schema, kind.canonical?.(filled) ?? filled, kind.patch);
  return isObject(reduced) ? reduced : {};
}

/** The value of a field in its canonical form, its default written or not as it was. */
export function canonicalField(schema: Schema, value: Json): Json {
  return reduce(schema, withoutNothing(value) ?? null, true);
}

/** The canonical form of a value inside the arguments. */
export function reduce(schema: Schema, value: Json, keepDefaults = false): Json {
  const { meta } = bare(schema);
  const formed = meta.form ? meta.form.canonical(value) : value;
  // A list is written as a whole, so that a default inside of it says nothing.
  const keep = keepDefaults && !Array.isArray(formed);
  const reduced = mapParts(schema, respelled(schema, formed), (part) => {
    if (!part.schema) return part.value;
    const inner = reduce(part.schema, part.value, keep);
    return keep || Array.isArray(formed) || !isDefault(part.schema, inner) ? inner : undefined;
  });
  if (Array.isArray(reduced)) return sorted(schema, reduced);
  return typeof reduced === "number" && isReference(schema) ? String(reduced) : reduced;
}

/** Fields that are other spellings of a field, as `host` is of `hosts`, under that field's name. */
function respelled(schema: Schema, value: Json): Json {
  const shape = shapeOf(schemaFor(schema, value));
  if (!shape || !isObject(value)) return value;
  const result: JsonObject = {};
  for (const [key, inner] of Object.entries(value)) {
    const spelling = Object.hasOwn(shape, key) && shape[key] ? bare(shape[key]).meta.spelling : undefined;
    if (!spelling) result[key] = inner;
    else if (value[spelling.of] === undefined) result[spelling.of] = spelling.toField(inner);
  }
  return result;
}

function sorted(schema: Schema, items: Json[]): Json[] {
  const key = orderOf(schema, items);
  if (!key) return items;
  const keyed = items.map((item) => [`${key(item)} ${stableJson(item)}`, item] as const);
  return keyed.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, item]) => item);
}

/** What tells the elements of a list apart whose order means nothing; undefined for a list in which it does. */
export function orderOf(schema: Schema, list: Json): ((item: Json) => string) | undefined {
  const { set, elementKey } = { ...bare(schemaFor(schema, list)).meta, ...bare(schema).meta };
  return elementKey ?? (set ? stableJson : undefined);
}

/** Whether a value in canonical form is what the server does when nothing is said. */
export function isDefault(schema: Schema, value: Json): boolean {
  const standard = bare(schema).default;
  return standard !== undefined && sameJson(value, reduce(schema, standard as Json));
}

/** A field that takes a text or a number alike, such as the id of another object. */
export function isReference(schema: Schema): boolean {
  const { schema: plain, meta } = bare(schema);
  const { def } = plain._zod;
  if (def.type !== "union" || meta.numberOrText) return false;
  const types = (def as unknown as { options: Schema[] }).options.map((option) => option._zod.def.type);
  return types.includes("string") && types.includes("number");
}

/** Leaves out what is undefined or null, at any depth of objects. */
export function withoutNothing(value: unknown): Json | undefined {
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value)) return value.map((item) => withoutNothing(item) ?? null);
  if (!isObject(value)) return value as Json;
  const fields = Object.entries(value).map(([key, inner]) => [key, withoutNothing(inner)] as const);
  return Object.fromEntries(fields.filter((entry): entry is [string, Json] => entry[1] !== undefined));
}

/** The object less these keys. */
export function without(object: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
}
