import { bare, type Json, type JsonObject } from "./fields.ts";
import { type Path, valueAt } from "./paths.ts";
import { secretTexts, textsOf } from "./secrets.ts";
import { type Schema, schemaAtPath, visit } from "./walk.ts";

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
 * Where something that was marked as secret stands after its field was written in another way: at the same path; else in
 * the field that says the same (`hosts` for `host`); else in what encloses it.
 *
 * @param before What the marks were made for.
 * @param after The same in other words.
 */
export function movedMarks(
  schema: Schema,
  marks: readonly Path[],
  before: JsonObject,
  after: JsonObject,
): Path[] {
  return marks.flatMap((mark) => {
    const path: (string | number)[] = [];
    for (const key of mark) {
      if (valueAt(after, [...path, key]) !== undefined && !hasOtherForm(before, after, path)) {
        path.push(key);
        continue;
      }
      const field = schemaAtPath(schema, before, [...path, key]);
      const other = field && bare(field).meta.spelling?.of;
      if (other !== undefined && valueAt(after, [...path, other]) !== undefined) path.push(other);
      break;
    }
    return path.length > 0 ? [path] : [];
  });
}

function hasOtherForm(before: unknown, after: unknown, path: Path): boolean {
  return Array.isArray(valueAt(before, path)) !== Array.isArray(valueAt(after, path));
}
