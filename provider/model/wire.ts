import { canonical, without } from "./canonical.ts";
import { bare, isObject, type Json, type JsonObject, schemaFor, shapeOf } from "./fields.ts";
import type { Kind } from "./kind.ts";
import { changedAt, type Path, valueAt } from "./paths.ts";
import { mapParts, partSchema, partsOf, type Schema } from "./walk.ts";

/** The object as the server takes it, of arguments in canonical form. */
export function toServer(kind: Kind, args: JsonObject): JsonObject {
  const withIdentity = kind.identityInBody ?? kind.dialect === "kuma";
  const local = Object.entries(kind.schema.shape).flatMap(([key, field]) =>
    bare(field).meta.local ? [key] : [],
  );
  const fields = withIdentity ? args : without(args, kind.identity);
  const body = renamed(kind.schema, fields, kind.dialect === "apisix" ? snakeCase : same) as JsonObject;
  return without(kind.toServer?.(body) ?? body, local);
}

/** What the server has, in the canonical form, less what the server made. */
export function fromServer(kind: Kind, body: JsonObject, identity: JsonObject): JsonObject {
  const declared = without(body, kind.serverMade);
  const fields = kind.fromServer?.(declared) ?? declared;
  const isApisix = kind.dialect === "apisix";
  const args = renamed(kind.schema, fields, isApisix ? camelCase : same);
  const read = (isApisix ? withEmptyLists(kind.schema, args) : args) as JsonObject;
  return canonical(kind, { ...read, ...identity });
}

/** Lua has one kind of table, so that an empty list may come back as an empty object. */
function withEmptyLists(schema: Schema, value: Json): Json {
  const isList = schemaFor(schema, value)._zod.def.type === "array";
  if (isList && isObject(value) && Object.keys(value).length === 0) return [];
  return mapParts(schema, value, (part) =>
    part.schema ? withEmptyLists(part.schema, part.value) : part.value,
  );
}

/** The fields of a schema by both of their names, made once: every object is renamed by them. */
const NAMES = new WeakMap<object, ReadonlyMap<string, string>>();

function fieldNames(shape: object): ReadonlyMap<string, string> {
  const known = NAMES.get(shape);
  if (known) return known;
  const names = new Map(
    Object.keys(shape).flatMap((key) => [[key, key] as const, [snakeCase(key), key] as const]),
  );
  NAMES.set(shape, names);
  return names;
}

/** Converts the names of all fields that the schema describes; names in free maps stay as they are. */
function renamed(schema: Schema, value: Json, convert: (key: string) => string): Json {
  const fitting = schemaFor(schema, value);
  const shape = shapeOf(fitting);
  if (!shape || !isObject(value))
    return mapParts(schema, value, (part) =>
      part.schema ? renamed(part.schema, part.value, convert) : part.value,
    );
  const isOpen = (fitting._zod.def as { catchall?: Schema }).catchall?._zod.def.type === "unknown";
  const known = fieldNames(shape);
  const fields = Object.entries(value).map(([key, inner]) => {
    const field = shape[known.get(key) ?? ""];
    return [field || !isOpen ? convert(key) : key, field ? renamed(field, inner, convert) : inner];
  });
  return Object.fromEntries(fields) as JsonObject;
}

/** A path in a server's object as the arguments spell it; names in free maps stay as they are. */
export function argumentPath(schema: Schema, object: Json | undefined, path: Path): (string | number)[] {
  const [key, ...rest] = path;
  if (key === undefined) return [];
  const isFields = shapeOf(schemaFor(schema, object)) !== undefined;
  const name = isFields ? camelCase(String(key)) : key;
  const inner = partSchema(schema, object, name);
  const value = valueAt(object, [key]) as Json | undefined;
  return [name, ...(inner ? argumentPath(inner, value, rest) : rest)];
}

const same = (key: string) => key;
const snakeCase = (key: string) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const camelCase = (key: string) =>
  key.replace(/(?<=[a-z0-9])_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/**
 * What was found, with what was declared in fields that the server does not give back, or not as they were written. Both
 * in canonical form.
 */
export function withWriteOnly(schema: Schema, found: JsonObject, declared: JsonObject): JsonObject {
  return kept(schema, found, declared) as JsonObject;
}

function kept(schema: Schema, found: Json, declared: Json): Json {
  const parts = partsOf(schema, declared);
  if (!parts || typeof found !== "object" || found === null) return found;
  if (Array.isArray(found) !== Array.isArray(declared)) return found;
  // Elements can be told apart only by their place, so that one more or less says nothing of the others.
  if (Array.isArray(declared) && Array.isArray(found) && declared.length !== found.length) return found;
  return parts.reduce<Json>((result, { key, schema: field, value }) => {
    if (!field || value === undefined) return result;
    const { local, writeOnly, writeOnlySecrets, secretPaths } = bare(field).meta;
    const here = valueAt(result, [key]) as Json | undefined;
    if (local || writeOnly) return changedAt(result, [key], () => value) as Json;
    if (here === undefined) return result;
    const inner = writeOnlySecrets
      ? (secretPaths?.(value) ?? []).reduce<Json>(
          (changed, path) => replacedAt(changed, path, valueAt(value, path) as Json),
          here,
        )
      : kept(field, here, value);
    return inner === here ? result : (changedAt(result, [key], () => inner) as Json);
  }, found);
}

/** Replaces what stands at a path, if something does. */
function replacedAt(value: Json, path: Path, inner: Json): Json {
  return valueAt(value, path) === undefined ? value : (changedAt(value, path, () => inner) as Json);
}
