import * as pulumi from "@pulumi/pulumi";
import type * as z from "zod";
import { isEventual } from "../../provider/dynamic/eventual.ts";
import { bare, isObject, type JsonObject, schemaFor, shapeOf } from "../../provider/model/fields.ts";

/** Changes an input: a plain one at once, so that unknown values in it stay where they are; an eventual one later. */
export function mapInput<T, U>(
  input: pulumi.Input<T | undefined> | undefined,
  change: (value: T) => pulumi.Input<U>,
): pulumi.Input<U> {
  if (!isEventual(input)) return change(input as T);
  return pulumi.output(input).apply((value) => change(value as T)) as pulumi.Output<U>;
}

/** Changes a field that may stand at some depth of an input, given by the names on the way to it. */
export function mapField<T>(
  input: pulumi.Input<T> | undefined,
  path: readonly string[],
  change: (value: JsonObject) => JsonObject,
): pulumi.Input<T> {
  return mapInput<T, T>(input, (value) => {
    if (!isObject(value)) return value as T;
    const [field, ...rest] = path;
    if (field === undefined) return change(value) as T;
    if (value[field] === undefined) return value as T;
    return { ...(value as JsonObject), [field]: mapField(value[field], rest, change) } as T;
  });
}

/** Marks every value in a field that the schema calls secret, whether or not it is known yet. */
export function protect<T>(schema: z.core.$ZodType, input: pulumi.Input<T>): pulumi.Input<T> {
  if (!holdsSecret(schema)) return input;
  return mapInput<T, T>(input, (value) => {
    const shape = isObject(value) ? shapeOf(schemaFor(schema, value)) : undefined;
    if (!shape) return value;
    const fields = Object.entries(value as JsonObject).map(([key, inner]) => {
      const field = shape[key];
      if (!field || inner === undefined) return [key, inner];
      return [key, bare(field).meta.secret ? pulumi.secret(inner) : protect(field, inner)];
    });
    return Object.fromEntries(fields) as T;
  });
}

function holdsSecret(schema: z.core.$ZodType): boolean {
  return Object.values(shapeOf(schema) ?? {}).some(
    (field) => bare(field).meta.secret === true || holdsSecret(field),
  );
}
