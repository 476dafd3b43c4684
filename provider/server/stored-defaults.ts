import { pluginSchema } from "../model/apisix/plugin-catalogue.ts";
import { isObject, type Json, type JsonObject, sameJson } from "../model/fields.ts";
import type { Api } from "./api.ts";
import { BackendError } from "./errors.ts";

const COMBINED = ["allOf", "anyOf", "oneOf", "then", "else", "dependencies", "if"];

/**
 * What a server has, less the defaults that an APISIX before 3.14 has written into plugins and their metadata. Only a
 * field that was not declared can be one; the server is asked for a plugin's schema, once per operation, when there is
 * such a field. Its schemas for consumers and metadata it does not give under that address: those are ours.
 */
export async function withoutPluginDefaults(
  api: Api,
  seen: JsonObject,
  declared: JsonObject,
): Promise<JsonObject> {
  const { plugins, plugin, metadata } = seen;
  if (typeof plugin === "string" && isObject(metadata) && isObject(declared.metadata)) {
    const schema = pluginSchema(plugin, "metadata_schema");
    return { ...seen, metadata: settle([schema], metadata, declared.metadata) };
  }
  const wanted = declared.plugins;
  if (!isObject(plugins) || !isObject(wanted)) return seen;
  const settled = await Promise.all(
    Object.entries(plugins).map(async ([name, found]) => {
      const own = wanted[name];
      if (own === undefined || sameJson(found, own)) return [name, found] as const;
      const about = [await schemaOf(api, name), pluginSchema(name, "consumer_schema")];
      return [name, settle(about, found, own)] as const;
    }),
  );
  return { ...seen, plugins: Object.fromEntries(settled) };
}

function schemaOf(api: Api, name: string): Promise<unknown> {
  const path = `schema/plugins/${encodeURIComponent(name)}`;
  const call = { doing: `read the schema of plugin "${name}"`, path, secrets: [] };
  return api.once(path, () => api.document(call)).catch(unlessKnown);
}

/** A plugin that this APISIX does not have any more. */
function unlessKnown(error: unknown): undefined {
  if (!(error instanceof BackendError) || error.errorCode !== "REFUSED_BY_SERVER") throw error;
}

function settle(schemas: unknown[], found: Json, declared: Json): Json {
  if (Array.isArray(found) && Array.isArray(declared)) {
    const items = schemas.flatMap((schema) => (isObject(schema) && schema.items ? [schema.items] : []));
    return found.map((item, index) =>
      declared[index] === undefined ? item : settle(items, item, declared[index]),
    );
  }
  if (!isObject(found) || !isObject(declared)) return found;
  const fields = Object.entries(found).flatMap(([key, value]) => {
    const about = schemas.flatMap((schema) => propertySchemas(schema, key));
    const own = declared[key];
    if (own !== undefined) return [[key, settle(about, value, own)] as const];
    return about.some((schema) => isDefault(schema, value)) ? [] : [[key, value] as const];
  });
  return Object.fromEntries(fields);
}

/** Of a default that is an object (request-id's range_id), APISIX before 3.14 stores an empty one. */
function isDefault(schema: unknown, value: Json): boolean {
  if (!isObject(schema)) return false;
  return sameJson(schema.default, value) || (isObject(schema.default) && sameJson(value, {}));
}

/** What a schema says of a property, wherever in it. */
function propertySchemas(schema: unknown, key: string): unknown[] {
  if (!isObject(schema)) return [];
  const own =
    isObject(schema.properties) && Object.hasOwn(schema.properties, key) ? [schema.properties[key]] : [];
  const parts = COMBINED.flatMap((name) => {
    const part = schema[name];
    return name === "dependencies" && isObject(part) ? Object.values(part) : [part].flat();
  });
  return [...own, ...parts.flatMap((part) => propertySchemas(part, key))];
}
