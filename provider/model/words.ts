import { isDefault, isReference, orderOf, reduce, withoutNothing } from "./canonical.ts";
import { bare, isObject, type Json, type JsonObject, sameJson, schemaFor, shapeOf } from "./fields.ts";
import { partSchema, type Schema } from "./walk.ts";

/**
 * What a server has, in the user's words: a value that means the same stays as the user wrote it, a changed one is said in
 * the form nearest to the user's, and what the user did not write appears in the canonical form.
 *
 * @param written What the user wrote, or what a previous call answered.
 * @param found What the server has, in the canonical form.
 */
export function inWordsOf(schema: Schema, written: Json, found: Json): Json {
  if (sameJson(meaningOf(schema, written), found)) return written;
  const said = bare(schema).meta.form?.like(found, written);
  if (said !== undefined && sameJson(meaningOf(schema, said), found)) return said;
  if (Array.isArray(written) && Array.isArray(found)) return listInWords(schema, written, found);
  if (isObject(written) && isObject(found)) return objectInWords(schema, written, found);
  const isNumber = typeof written === "number" && typeof found === "string" && isReference(schema);
  return isNumber && NUMERIC_ID.test(found) ? Number(found) : found;
}

/** An id that a number says as well: a whole one, from 1 on, that no rounding changes. */
const NUMERIC_ID = /^[1-9]\d{0,14}$/;

/** The canonical form of a value in which null stands for nothing. */
function meaningOf(schema: Schema, written: Json): Json {
  return reduce(schema, withoutNothing(written) ?? null);
}

function objectInWords(schema: Schema, written: JsonObject, found: JsonObject): JsonObject {
  const shape = shapeOf(schemaFor(schema, written));
  const result: JsonObject = {};
  const said = new Set<string>();
  const empty: string[] = [];
  for (const [key, value] of Object.entries(written)) {
    if (value === null) {
      empty.push(key);
      continue;
    }
    const field = partSchema(schema, written, key);
    const spelling = shape && field ? bare(field).meta.spelling : undefined;
    const name = spelling?.of ?? key;
    said.add(name);
    const here = Object.hasOwn(found, name) ? found[name] : undefined;
    const target = shape?.[name];
    if (here === undefined) {
      const plain = nothingInWords(spelling ? target : field, spelling ? spelling.toField(value) : value);
      if (plain !== undefined) result[key] = spelling?.fromField(plain) ?? plain;
      continue;
    }
    if (spelling && target) {
      const same = sameJson(meaningOf(target, spelling.toField(value)), here);
      const spelt = same ? value : spelling.fromField(here);
      result[spelt === undefined ? name : key] = spelt ?? here;
    } else {
      result[key] = field ? inWordsOf(field, value, here) : here;
    }
  }
  for (const [key, value] of Object.entries(found)) if (!said.has(key)) result[key] = value;
  // Null means that there is nothing, whatever the field's other spelling says.
  for (const key of empty) if (!Object.hasOwn(result, key)) result[key] = null;
  return result;
}

/**
 * How to say that a server has nothing for a field that was written: as it was written, if that means the same; else by
 * the server's default, in the form of what was written; else by leaving it out.
 */
function nothingInWords(field: Schema | undefined, value: Json): Json | undefined {
  if (!field) return undefined;
  const { default: standard, meta } = bare(field);
  if (sameJson(value, meta.absentMeans)) return value;
  if (standard === undefined) return undefined;
  if (Array.isArray(standard)) return isDefault(field, meaningOf(field, value)) ? value : undefined;
  return inWordsOf(field, value, reduce(field, standard as Json));
}

/** Elements that are still there keep their order and their words. */
function listInWords(schema: Schema, written: Json[], found: Json[]): Json[] {
  const element = partSchema(schema, written, 0);
  if (!element) return found;
  const key = orderOf(schema, written);
  if (!key) {
    return found.map((item, index) => {
      const before = written[index];
      return before === undefined ? item : inWordsOf(element, before, item);
    });
  }
  const wanted = written.map((item) => meaningOf(element, item));
  const left = found.map((item) => ({ key: key(item), item }));
  const take = (fits: (other: { key: string; item: Json }) => boolean) => {
    const index = left.findIndex(fits);
    return index < 0 ? undefined : left.splice(index, 1)[0]?.item;
  };
  // Of several elements with one key, those that are unchanged are found first.
  const unchanged = wanted.map((item) => take((other) => sameJson(other.item, item)));
  const kept = wanted.map((item, index) => unchanged[index] ?? take((other) => other.key === key(item)));
  // What is new takes the places of what is gone, so that all else keeps its own.
  const said = written.flatMap((item, index) => {
    const here = kept[index] ?? left.shift()?.item;
    return here === undefined ? [] : [inWordsOf(element, item, here)];
  });
  return [...said, ...left.map(({ item }) => item)];
}
