import { readFileSync } from "node:fs";
import type { Dialect } from "./schema/validator.ts";
import { isObject, type JsonObject } from "./store.ts";

/** A plugin as the Admin API describes it. */
export interface Plugin {
  schema: JsonObject;
  consumer_schema?: JsonObject;
  metadata_schema?: JsonObject;
  type?: string;
  priority?: number;
}

/** APISIX's own JSON schemas, of its objects and of its plugins. */
export interface Schemas {
  main: Record<string, JsonObject>;
  plugins: Record<string, Plugin>;
  pluginNames: string[];
  /** The plugins for stream routes. */
  streamPlugins: Record<string, Plugin>;
  /** Whether the release stores the defaults of its schemas, as those before 3.14 do. */
  storesDefaults: boolean;
  /** Whether the release is the newest one, 3.18.0. */
  newest: boolean;
  /** How this release's validator differs from others. */
  dialect: Dialect;
}

function read(file: string): unknown {
  return JSON.parse(readFileSync(new URL(file, import.meta.url), "utf8"));
}

/** The releases whose schemas the sandbox has. */
export type Release = "3.11.0" | "3.14.1" | "3.18.0";

const made = new Map<Release, Schemas>();

/** The schemas of a release; the same objects every time. True is the release that stores defaults, 3.11.0. */
export function readSchemas(release: Release | boolean): Schemas {
  const chosen = typeof release === "string" ? release : release ? "3.11.0" : "3.18.0";
  const schemas = made.get(chosen) ?? schemasOf(chosen);
  made.set(chosen, schemas);
  return schemas;
}

function schemasOf(release: Release): Schemas {
  const newest = read("./schemas.json") as Schemas;
  const own = release === "3.18.0" ? newest : (merge(newest, read(changes[release])) as Schemas);
  const storesDefaults = release === "3.11.0";
  const dialect: Dialect = {
    skipsReferences: release === "3.18.0",
    formatWord: storesDefaults ? "address" : "format",
  };
  return { ...own, storesDefaults, newest: release === "3.18.0", dialect };
}

/** What older releases have otherwise, as a merge patch. */
const changes = { "3.11.0": "./schemas-3.11.json", "3.14.1": "./schemas-3.14.json" };

/** Applies a merge patch (RFC 7396): objects are merged, null removes, anything else replaces. */
export function merge(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const result: JsonObject = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = merge(result[key], value);
  }
  return result;
}
