import type * as z from "zod";
import { bare, type FieldMeta, isObject, type Json, type JsonObject, schemaFor, shapeOf } from "./fields.ts";
import type { Path } from "./paths.ts";

/** Any zod schema. */
export type Schema = z.core.$ZodType;

/** A value inside another one, with the schema that describes it; there is none inside of free data. */
export interface Part {
  key: string | number;
  schema: Schema | undefined;
  value: Json;
}

/**
 * What stands directly inside a value, whatever its schema is: an object, a map, a list or a union of them. Undefined for
 * a value that has nothing inside, or nothing that its schema describes. This and {@link partSchema} are the only places
 * that know how a schema of values is built.
 */
export function partsOf(schema: Schema, value: unknown): Part[] | undefined {
  const { def } = schemaFor(schema, value)._zod;
  if (Array.isArray(value)) {
    if (def.type !== "array") return undefined;
    const { element } = def as z.core.$ZodArrayDef;
    return value.map((item, key) => ({ key, schema: element, value: item as Json }));
  }
  if (!isObject(value) || (def.type !== "object" && def.type !== "record")) return undefined;
  return Object.entries(value).map(([key, inner]) => ({
    key,
    schema: partSchema(schema, value, key),
    value: inner,
  }));
}

/** The schema of what stands, or would stand, in a value under a key. */
export function partSchema(schema: Schema, value: unknown, key: PropertyKey): Schema | undefined {
  const fitting = schemaFor(schema, value);
  const { def } = fitting._zod;
  if (def.type === "array") return (def as z.core.$ZodArrayDef).element;
  if (def.type === "record") return (def as z.core.$ZodRecordDef).valueType;
  const shape = shapeOf(fitting);
  // Names that every object has, such as `constructor`, are no fields.
  return shape && Object.hasOwn(shape, String(key)) ? shape[String(key)] : undefined;
}

/** All spellings of a field, the server's first; undefined for a field with one. */
export function spellingsOf(schema: Schema, value: unknown, name: string): string[] | undefined {
  const shape = shapeOf(schemaFor(schema, value)) ?? {};
  const spellingOf = (key: string) =>
    Object.hasOwn(shape, key) && shape[key] ? bare(shape[key]).meta.spelling?.of : undefined;
  const server = spellingOf(name) ?? name;
  const others = Object.keys(shape).filter((key) => spellingOf(key) === server);
  return others.length > 0 ? [server, ...others] : undefined;
}

/** The schemas of all that may stand directly inside a value of this schema. */
export function schemasInside(schema: Schema): Schema[] {
  const { def } = bare(schema).schema._zod;
  if (def.type === "object") return Object.values((def as z.core.$ZodObjectDef).shape);
  if (def.type === "array") return [(def as z.core.$ZodArrayDef).element];
  if (def.type === "record") return [(def as z.core.$ZodRecordDef).valueType];
  return def.type === "union" ? (def as z.core.$ZodUnionDef).options.flatMap(schemasInside) : [];
}

/** The schema of what stands at a path in a value. */
export function schemaAtPath(
  schema: Schema,
  value: unknown,
  path: readonly PropertyKey[],
): Schema | undefined {
  let [current, inner]: [Schema | undefined, unknown] = [schema, value];
  for (const key of path) {
    current = current && partSchema(current, inner, key);
    inner = Array.isArray(inner) ? inner[Number(key)] : isObject(inner) ? inner[String(key)] : undefined;
  }
  return current;
}

/** A copy with each part changed; a part of an object for which `change` gives undefined is left out. */
export function mapParts(schema: Schema, value: Json, change: (part: Part) => Json | undefined): Json {
  const parts = partsOf(schema, value);
  if (!parts) return value;
  if (Array.isArray(value)) return parts.map((part) => change(part) ?? null);
  const fields = parts.map((part) => [part.key, change(part)] as const);
  return Object.fromEntries(fields.filter(([, inner]) => inner !== undefined)) as JsonObject;
}

/** A value that a schema describes, with what the schema says of it. */
export interface Visited {
  path: Path;
  schema: Schema;
  meta: FieldMeta;
  value: Json;
}

/** Visits everything inside a value that its schema describes, at any depth, as long as the visitor says true. */
export function visit(
  schema: Schema,
  value: unknown,
  visitor: (visited: Visited) => boolean,
  path: Path = [],
): void {
  for (const part of partsOf(schema, value) ?? []) {
    if (!part.schema) continue;
    const visited = {
      path: [...path, part.key],
      schema: part.schema,
      meta: bare(part.schema).meta,
      value: part.value,
    };
    if (visitor(visited)) visit(part.schema, part.value, visitor, visited.path);
  }
}

/**
 * The value itself and everything in it that its schema describes: fields, elements of lists, values of maps; the outer
 * first. The schema is without wrappings; of a union it is the alternative of the value's form.
 */
export function* described(schema: Schema, value: unknown, path: Path = []): Generator<Visited> {
  const fitting = schemaFor(schema, value);
  const meta = { ...bare(fitting).meta, ...bare(schema).meta };
  yield { schema: fitting, meta, value: value as Json, path };
  for (const part of partsOf(schema, value) ?? []) {
    if (part.schema && part.value !== undefined)
      yield* described(part.schema, part.value, [...path, part.key]);
  }
}
