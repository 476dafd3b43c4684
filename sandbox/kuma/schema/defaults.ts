import { isFields } from "../message.ts";
import type { Schema } from "./schema.ts";

/**
 * A copy of the value with the schema's defaults where a field is absent, or null although its schema has a
 * default. What is no object or list, or is unknown to the schema, stays as it is.
 */
export function withDefaults(schema: Schema, value: unknown): unknown {
  if (Array.isArray(value))
    return value.map((item) => (schema.items ? withDefaults(schema.items, item) : item));
  if (!isFields(value)) return value;
  const result = { ...value };
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    if (property.default !== undefined && (result[name] ?? undefined) === undefined) {
      result[name] = structuredClone(property.default);
    }
    if (name in result) result[name] = withDefaults(property, result[name]);
  }
  if (schema.additionalProperties) {
    for (const name of Object.keys(result)) {
      if (!schema.properties?.[name]) result[name] = withDefaults(schema.additionalProperties, result[name]);
    }
  }
  return result;
}
