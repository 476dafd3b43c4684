import { isObject, type JsonObject } from "./store.ts";

type Matches = (schema: JsonObject, value: unknown) => boolean;

/**
 * Fills a schema's defaults into a value, in place, and returns it.
 * Ajv's own `useDefaults` leaves out what stands under anyOf, oneOf and if, where APISIX keeps most of its own.
 */
export function withDefaults(schema: unknown, value: unknown, matches: Matches): unknown {
  if (!isObject(schema)) return value;
  if (isObject(value)) {
    for (const [name, part] of Object.entries(isObject(schema.properties) ? schema.properties : {})) {
      if (value[name] !== undefined) withDefaults(part, value[name], matches);
      else if (isObject(part) && part.default !== undefined) {
        // What APISIX leaves of a default that is an object (request-id's range_id) is an empty one.
        const empty = part.type === "array" ? [] : {};
        value[name] = isObject(part.default) ? empty : structuredClone(part.default);
      }
    }
  }
  if (Array.isArray(value)) for (const item of value) withDefaults(schema.items, item, matches);
  for (const part of list(schema.allOf)) withDefaults(part, value, matches);
  for (const part of [...list(schema.anyOf), ...list(schema.oneOf)]) {
    if (isObject(part) && (part.properties || part.items) && matches(part, value))
      withDefaults(part, value, matches);
  }
  if (isObject(schema.if))
    withDefaults(matches(schema.if, value) ? schema.then : schema.else, value, matches);
  return value;
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
