import { isDefault, isReference, orderOf, reduce } from "./canonical.ts";
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
  if (sameJson(reduce(schema, written), found)) return written;
  const said = bare(schema).meta.form?.like(found, written);
  if (said !== undefined) return said;
  if (Array.isArray(written) && Array.isArray(found)) return listInWords(schema, written, found);
  if (isObject(written) && isObject(found)) return objectInWords(schema, written, found);
  if (typeof written === "number" && typeof found === "string" && isReference(schema))
    return String(Number(found)) === found ? Number(found) : found;
  return found;
}

function objectInWords(schema: Schema, written: JsonObject, found: JsonObject): JsonObject {
  const shape = shapeOf(schemaFor(schema, written));
  const result: JsonObject = {};
  const said = new Set<string>();
  for (const [key, value] of Object.entries(written)) {
    const field = partSchema(schema, written, key);
    const spelling = shape && field ? bare(field).meta.spelling : undefined;
    const name = spelling?.of ?? key;
    said.add(name);
    const here = Object.hasOwn(found, name) ? found[name] : undefined;
    const target = shape?.[name];
    if (here === undefined) {
      const kept = leftOut(spelling ? target : field, spelling ? spelling.toField(value) : value);
      if (kept === "written") result[key] = value;
      else if (kept !== undefined) result[key] = spelling?.fromField(kept.value) ?? kept.value;
      continue;
    }
    if (spelling && target) {
      const same = sameJson(reduce(target, spelling.toField(value)), here);
      const spelt = same ? value : spelling.fromField(here);
      result[spelt === undefined ? name : key] = spelt ?? here;
    } else {
      result[key] = field ? inWordsOf(field, value, here) : here;
    }
  }
  for (const [key, value] of Object.entries(found)) if (!said.has(key)) result[key] = value;
  return result;
}

/**
 * How to say that a server has no value for a field that was written: as it was written, if that means the same; else by
 * the server's default; else by leaving it out.
 */
function leftOut(field: Schema | undefined, value: Json): "written" | { value: Json } | undefined {
  if (value === null) return "written";
  if (!field) return undefined;
  if (isDefault(field, reduce(field, value)) || sameJson(value, bare(field).meta.absentMeans))
    return "written";
  const standard = bare(field).default;
  return standard === undefined || isObject(standard) || Array.isArray(standard)
    ? undefined
    : { value: standard as Json };
}

/** Elements that are still there keep their order and their words; new ones follow. */
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
  const left = found.map((item) => ({ key: key(item), item }));
  const kept = written.flatMap((item) => {
    const wanted = key(reduce(element, item));
    const index = left.findIndex((other) => other.key === wanted);
    if (index < 0) return [];
    const [same] = left.splice(index, 1);
    return same ? [inWordsOf(element, item, same.item)] : [];
  });
  return [...kept, ...left.map(({ item }) => item)];
}
