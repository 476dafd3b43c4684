import type * as z from "zod";
import type { Json, JsonObject } from "./fields.ts";
import { bare, isObject, sameJson, schemaFor, shapeOf, stableJson } from "./fields.ts";
import type { Kind } from "./kind.ts";
import { wrapSecret } from "./secrets.ts";
import { valueAt } from "./validate.ts";

/** The one form in which a kind's arguments are stored, compared and shown. Takes valid arguments, with unknown values in them or not. */
export function canonical(kind: Kind, args: JsonObject): JsonObject {
  const defined = withoutNothing(args) as JsonObject;
  const reduced = reduce(kind.schema, kind.canonical?.(defined) ?? defined, kind.patch);
  return isObject(reduced) ? reduced : {};
}

/** The value of a field in its canonical form, its default written or not as it was. */
export function canonicalField(schema: z.core.$ZodType, value: Json): Json {
  return reduce(schema, value, true);
}

/** Sorts sets, makes numbers that are ids into texts, and leaves out what equals the server's default. */
function reduce(schema: z.core.$ZodType, value: Json, keepDefaults = false): Json {
  const fitting = schemaFor(schema, value);
  const shape = shapeOf(fitting);
  if (shape && isObject(value)) {
    const fields = Object.entries(value).flatMap(([key, inner]) => {
      const field = fieldOf(shape, key);
      const reduced = field ? reduce(field, inner, keepDefaults) : inner;
      return field && !keepDefaults && isDefault(field, reduced) ? [] : [[key, reduced] as const];
    });
    return Object.fromEntries(fields);
  }
  const def = fitting._zod.def;
  if (def.type === "array" && Array.isArray(value)) {
    // A list is written as a whole, so that a default inside of it says nothing.
    const items = value.map((item) => reduce((def as z.core.$ZodArrayDef).element, item));
    return bare(schema).meta.set ? items.sort((a, b) => (stableJson(a) < stableJson(b) ? -1 : 1)) : items;
  }
  return typeof value === "number" && isReference(schema) ? String(value) : value;
}

/** A field's schema; none for names that every object has, such as `constructor`. */
function fieldOf(shape: Record<string, z.core.$ZodType>, key: string): z.core.$ZodType | undefined {
  return Object.hasOwn(shape, key) ? shape[key] : undefined;
}

function isDefault(schema: z.core.$ZodType, value: Json): boolean {
  const standard = bare(schema).default;
  return standard !== undefined && sameJson(value, reduce(schema, standard as Json));
}

/** A field that takes a text or a number alike, such as the id of another object. */
function isReference(schema: z.core.$ZodType): boolean {
  const def = bare(schema).schema._zod.def;
  const types =
    def.type === "union" ? (def as z.core.$ZodUnionDef).options.map((option) => option._zod.def.type) : [];
  return types.includes("string") && types.includes("number");
}

/** The object as the server takes it. */
export function toServer(kind: Kind, args: JsonObject): JsonObject {
  const withIdentity = kind.identityInBody ?? kind.dialect === "kuma";
  const fields = withIdentity ? args : without(args, kind.identity);
  const body = rename(kind.schema, fields, kind.dialect === "apisix" ? snakeCase : same) as JsonObject;
  const local = Object.keys(kind.schema.shape).filter((key) => metaOf(kind, key).local);
  return without(kind.toServer?.(body) ?? body, local);
}

function metaOf(kind: Kind, field: string) {
  const schema = kind.schema.shape[field];
  return schema ? bare(schema).meta : {};
}

/** What the server has, in the canonical form, less what the server made. */
export function fromServer(kind: Kind, body: JsonObject, identity: JsonObject): JsonObject {
  const declared = without(body, kind.serverMade);
  const camel = rename(
    kind.schema,
    kind.fromServer?.(declared) ?? declared,
    kind.dialect === "apisix" ? camelCase : same,
  );
  return canonical(kind, { ...(camel as JsonObject), ...identity });
}

/** Converts the keys of all objects that the schema describes; free maps are left alone. */
function rename(schema: z.core.$ZodType, value: Json, convert: (key: string) => string): Json {
  const fitting = schemaFor(schema, value);
  const shape = shapeOf(fitting);
  if (shape && isObject(value)) {
    const open = (fitting._zod.def as z.core.$ZodObjectDef).catchall?._zod.def.type === "unknown";
    const known = new Map(
      Object.keys(shape).flatMap((key) => [[key, key] as const, [snakeCase(key), key] as const]),
    );
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => {
        const field = shape[known.get(key) ?? ""];
        return [field || !open ? convert(key) : key, field ? rename(field, inner, convert) : inner];
      }),
    );
  }
  const def = fitting._zod.def;
  if (def.type !== "array" || !Array.isArray(value)) return value;
  return value.map((item) => rename((def as z.core.$ZodArrayDef).element, item, convert));
}

/** A path in a server's object as the arguments spell it; names in free maps stay as they are. */
export function argumentPath(
  schema: z.core.$ZodType,
  object: Json | undefined,
  [key, ...rest]: readonly (string | number)[],
): (string | number)[] {
  if (key === undefined) return [];
  const fitting = schemaFor(schema, object);
  const inner = valueAt(object, [key]) as Json | undefined;
  const shape = shapeOf(fitting);
  if (shape) {
    const name = camelCase(String(key));
    const field = fieldOf(shape, name);
    return [name, ...(field ? argumentPath(field, inner, rest) : rest)];
  }
  const def = fitting._zod.def;
  if (def.type !== "array") return [key, ...rest];
  return [key, ...argumentPath((def as z.core.$ZodArrayDef).element, inner, rest)];
}

const same = (key: string) => key;
const snakeCase = (key: string) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const camelCase = (key: string) =>
  key.replace(/(?<=[a-z0-9])_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** Keeps what was declared in fields that the server does not give back, or not as they were written. */
export function keepWriteOnly(schema: z.core.$ZodType, found: JsonObject, declared: JsonObject): JsonObject {
  const result = { ...found };
  for (const [key, field] of Object.entries(shapeOf(schema) ?? {})) {
    const inner = declared[key];
    if (inner === undefined) continue;
    const { local, writeOnly, secretPaths } = bare(field).meta;
    if (local || writeOnly) {
      result[key] = inner;
    } else if (secretPaths) {
      for (const path of secretPaths(inner)) {
        if (valueAt(result[key], path) === undefined) continue;
        result[key] = changeAt(result[key], path, () => valueAt(inner, path)) as Json;
      }
    } else if (isObject(inner) && isObject(result[key])) {
      result[key] = keepWriteOnly(schemaFor(field, inner), result[key], inner);
    }
  }
  return result;
}

/** Every value in a field that the schema calls secret, or sensitive. */
export function collect(schema: z.core.$ZodType, value: Json, flag: "secret" | "sensitive"): Json[] {
  const fitting = schemaFor(schema, value);
  const { element } = fitting._zod.def as { element?: z.core.$ZodType };
  if (element && Array.isArray(value)) return value.flatMap((item) => collect(element, item, flag));
  const shape = shapeOf(fitting);
  if (!shape || !isObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const field = fieldOf(shape, key);
    if (!field || inner === undefined) return [];
    const { secretPaths, ...meta } = bare(field).meta;
    if (meta[flag]) return [inner];
    if (flag === "secret" && secretPaths)
      return secretPaths(inner).map((path) => valueAt(inner, path) as Json);
    return collect(field, inner, flag);
  });
}

/**
 * Marks what took the place of something that the program had marked: the engine itself marks only what has the same
 * name as before, as `host` has not in `hosts`.
 */
export function markRenamed(form: JsonObject, given: JsonObject, secrets: ReadonlySet<unknown>): JsonObject {
  const fields = Object.entries(form).map(([key, value]) => {
    const before = given[key];
    if (isObject(before) && isObject(value)) return [key, markRenamed(value, before, secrets)];
    return [key, before === undefined && holds(value, secrets) ? wrapSecret(value) : value];
  });
  return Object.fromEntries(fields) as JsonObject;
}

function holds(value: Json, wanted: ReadonlySet<unknown>): boolean {
  if (wanted.has(value)) return true;
  return (
    (Array.isArray(value) || isObject(value)) && Object.values(value).some((item) => holds(item, wanted))
  );
}

/** Marks every value in a field that the schema calls secret. */
export function wrapSecrets(schema: z.core.$ZodType, value: unknown): unknown {
  const shape = isObject(value) ? shapeOf(schemaFor(schema, value)) : undefined;
  if (!shape || !isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      const field = fieldOf(shape, key);
      if (!field) return [key, inner];
      const { secret, secretPaths } = bare(field).meta;
      if (secret) return [key, wrapSecret(inner)];
      if (!secretPaths) return [key, wrapSecrets(field, inner)];
      const paths = secretPaths(inner as Json);
      return [key, paths.reduce((changed, path) => changeAt(changed, path, wrapSecret), inner as unknown)];
    }),
  );
}

/** A copy in which what stands at a path is another value. */
function changeAt(
  value: unknown,
  [key, ...rest]: readonly (string | number)[],
  change: (value: unknown) => unknown,
): unknown {
  if (key === undefined) return change(value);
  if (Array.isArray(value))
    return value.map((item, index) => (index === key ? changeAt(item, rest, change) : item));
  return isObject(value) ? { ...value, [key]: changeAt(value[key], rest, change) } : value;
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
