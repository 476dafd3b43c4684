import { bare, isObject, type Json, type JsonObject } from "./fields.ts";
import { formatPath, type Path, valueAt } from "./paths.ts";
import { secretTexts, textsOf } from "./secrets.ts";
import { type Schema, schemaAtPath, spellingsOf, visit } from "./walk.ts";

/** Where secrets stand in a value, as its schema says, at any depth. */
export function secretPathsOf(schema: Schema, value: unknown): Path[] {
  const paths: Path[] = [];
  visit(schema, value, ({ path, meta, value: inner }) => {
    if (meta.secret) paths.push(path);
    else if (meta.secretPaths) paths.push(...meta.secretPaths(inner).map((below) => [...path, ...below]));
    return !meta.secret;
  });
  return paths;
}

/** What must not appear in any message about these values: secrets, and texts in fields that may hold some. */
export function hiddenTexts(schema: Schema, values: JsonObject): string[] {
  const sensitive: Json[] = [];
  visit(schema, values, ({ meta, value }) => {
    if (meta.sensitive) sensitive.push(value);
    return !meta.sensitive;
  });
  const secrets = secretPathsOf(schema, values).map((path) => valueAt(values, path));
  return [...secretTexts(secrets), ...textsOf(sensitive)];
}

/**
 * Where values stand that a program has marked as secret, once their fields may be written in another way: at the same
 * path; else under the field's other spelling (`hosts` for `host`); else in what encloses them, where that is a list (whose
 * elements change places) or has another form now. Nowhere if there is none any more.
 */
export function movedMarks(schema: Schema, marks: readonly Path[], args: JsonObject): Path[] {
  const paths = marks.flatMap((mark) => {
    const path: (string | number)[] = [];
    for (const key of mark) {
      const here = valueAt(args, path);
      if (typeof key === "number" || !isObject(here)) break;
      const field = schemaAtPath(schema, args, path);
      const names = (field && spellingsOf(field, here, key)) ?? [];
      const name = [key, ...names].find((one) => (valueAt(here, [one]) ?? null) !== null);
      if (name === undefined) return [];
      path.push(name);
    }
    return path.length > 0 ? [path] : [];
  });
  return [...new Map(paths.map((path) => [formatPath(path), path])).values()];
}

/** Whether all that stands at a path is at these paths or inside of what is. */
export function isWithin(args: unknown, path: Path, outer: readonly Path[]): boolean {
  const covers = (other: Path) => other.every((key, index) => String(key) === String(path[index]));
  if (outer.some(covers)) return true;
  const value = valueAt(args, path);
  const keys = Array.isArray(value) ? [...value.keys()] : isObject(value) ? Object.keys(value) : [];
  return keys.length > 0 && keys.every((key) => isWithin(args, [...path, key], outer));
}

/** Whether a field on the way to a path is another spelling of a field, as `host` is of `hosts`. */
export function hasOtherName(schema: Schema, args: JsonObject, path: Path): boolean {
  return path.some((_, index) => {
    const field = schemaAtPath(schema, args, path.slice(0, index + 1));
    return field !== undefined && bare(field).meta.spelling !== undefined;
  });
}
