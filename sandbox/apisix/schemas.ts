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
  /** How this release's validator differs from others. */
  dialect: Dialect;
}

function read(file: string): unknown {
  return JSON.parse(readFileSync(new URL(file, import.meta.url), "utf8"));
}

let newer: Schemas | undefined;
let older: Schemas | undefined;

/** The schemas of APISIX 3.18, or, `storesDefaults`, those with what differs in 3.11; the same objects every time. */
export function readSchemas(storesDefaults: boolean): Schemas {
  newer ??= {
    ...(read("./schemas.json") as Schemas),
    dialect: { skipsReferences: true, formatWord: "format" },
  };
  if (!storesDefaults) return newer;
  older ??= {
    ...(merge(newer, read("./schemas-3.11.json")) as Schemas),
    dialect: { skipsReferences: false, formatWord: "address" },
  };
  return older;
}

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
