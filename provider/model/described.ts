import type * as z from "zod";
import { bare, type FieldMeta, isObject, schemaFor, shapeOf } from "./fields.ts";

/** The way to a value inside of another. */
export type Path = readonly (string | number)[];

/** A value inside of arguments, with what its schema says about it. */
export interface Described {
  /** The schema that fits the value, without wrappings; of a union, the alternative of the value's form. */
  schema: z.core.$ZodType;
  meta: FieldMeta;
  value: unknown;
  path: Path;
}

/** The value itself and everything in it that the schema describes: fields, elements of lists, values of maps; the outer first. */
export function* described(schema: z.core.$ZodType, value: unknown, path: Path = []): Generator<Described> {
  const fitting = schemaFor(schema, value);
  yield { schema: fitting, meta: { ...bare(fitting).meta, ...bare(schema).meta }, value, path };
  const { element, valueType } = fitting._zod.def as {
    element?: z.core.$ZodType;
    valueType?: z.core.$ZodType;
  };
  if (Array.isArray(value)) {
    if (!element) return;
    for (const [index, item] of value.entries()) yield* described(element, item, [...path, index]);
  } else if (isObject(value)) {
    const shape = shapeOf(fitting) ?? {};
    for (const [key, inner] of Object.entries(value)) {
      const field = Object.hasOwn(shape, key) ? shape[key] : valueType;
      if (field && inner !== undefined) yield* described(field, inner, [...path, key]);
    }
  }
}
