import { isObject, type Json, type JsonObject } from "../fields.ts";
import { once } from "../once.ts";
import { PLUGIN_SCHEMAS } from "./plugin-schemas.ts";

/** The version of APISIX whose plugins are known here. */
export const KNOWN_VERSION = "3.18";

/** For what a plugin is configured: for requests, for a consumer, for TCP and UDP connections, for the whole gateway. */
export type PluginUse = "schema" | "consumer_schema" | "stream" | "metadata_schema";

interface Catalogue {
  /** What stands under `_meta`, the same in all plugins; `true` stands in its place in their schemas. */
  meta: JsonObject;
  plugins: Record<string, Partial<Record<Exclude<PluginUse, "stream">, JsonObject>>>;
  /** `true`: the same schema as the plugin for requests. */
  stream: Record<string, JsonObject | true>;
}

/** Private keys that APISIX itself keeps in clear. */
const MORE_SECRETS: Record<string, string[]> = {
  "traffic-split": ["rules.weighted_upstreams.upstream.tls.client_key"],
};

/** Read when the first plugin is declared. */
const catalogue = once(() => JSON.parse(PLUGIN_SCHEMAS) as Catalogue);

/** The names of the built-in plugins for a use. */
export function pluginNames(use: PluginUse): string[] {
  return Object.keys(use === "stream" ? catalogue().stream : catalogue().plugins);
}

/** True for a built-in plugin that knows callers by credentials. */
export function isAuthentication(name: string): boolean {
  return own(catalogue().plugins, name)?.consumer_schema !== undefined;
}

/** The JSON schema of a built-in plugin for a use; none where the plugin takes anything. */
export function pluginSchema(name: string, use: PluginUse): JsonObject | undefined {
  const { meta } = catalogue();
  const plugin = own(catalogue().plugins, name);
  const stream = own(catalogue().stream, name);
  const plain = use === "consumer_schema" ? (plugin?.consumer_schema ?? plugin?.schema) : plugin?.schema;
  if (use === "metadata_schema") return plugin?.metadata_schema;
  const schema = use !== "stream" || stream === true ? plain : stream;
  if (!isObject(schema?.properties) || schema.properties._meta !== true) return schema;
  schema.properties._meta = meta;
  return schema;
}

/** Where secrets stand in the configurations of plugins by name: in what APISIX itself encrypts, and a little more. */
export function pluginSecrets(plugins: Json): (string | number)[][] {
  if (!isObject(plugins)) return [];
  return Object.entries(plugins).flatMap(([name, configuration]) => {
    const { schema, consumer_schema } = own(catalogue().plugins, name) ?? {};
    const fields = new Set([
      ...[schema, consumer_schema].flatMap(encrypted),
      ...(own(MORE_SECRETS, name) ?? []),
    ]);
    return [...fields].flatMap((field) => pathsAt(configuration, field.split("."), [name]));
  });
}

/** Where secrets stand in a plugin's metadata; which plugin's it is, the value does not tell. */
export function metadataSecrets(metadata: Json): (string | number)[][] {
  const fields = Object.values(catalogue().plugins).flatMap((plugin) => encrypted(plugin.metadata_schema));
  return fields.flatMap((field) => pathsAt(metadata, field.split("."), []));
}

function encrypted(schema: JsonObject | undefined): string[] {
  return Array.isArray(schema?.encrypt_fields) ? schema.encrypt_fields.map(String) : [];
}

/** Everything below a dotted name, through all lists on the way. */
export function valuesAt(
  value: Json | undefined,
  names: string[],
  at: (string | number)[],
): { path: (string | number)[]; value: Json }[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item, index) => valuesAt(item, names, [...at, index]));
  const [name, ...rest] = names;
  if (!isObject(value)) return name === undefined ? [{ path: at, value }] : [];
  const inside = name === undefined ? Object.keys(value) : Object.hasOwn(value, name) ? [name] : [];
  return inside.flatMap((key) => valuesAt(value[key], rest, [...at, key]));
}

function pathsAt(value: Json | undefined, names: string[], at: (string | number)[]): (string | number)[][] {
  return valuesAt(value, names, at).map(({ path }) => path);
}

function own<T>(object: Record<string, T>, name: string): T | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}
