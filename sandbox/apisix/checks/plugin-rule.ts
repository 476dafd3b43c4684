import type { Schemas } from "../schemas.ts";
import type { JsonObject, Store } from "../store.ts";

/** What a plugin's own checks may look at, beside its configuration. */
export interface PluginContext {
  /** Whether the release is one that stores defaults (3.11). */
  older: boolean;
  store: Store;
  schemas: Schemas;
  /** Whether the configuration is a consumer's. */
  credentials: boolean;
  /** The configurations of limit-count that share a counter, by the name of their group. */
  groups: Map<string, JsonObject>;
  /** Checks the configuration of another plugin, by its schema and its own checks. */
  check(name: string, configuration: unknown): string | undefined;
}

/**
 * What a plugin's code checks that its schema does not say. The configuration fulfils the schema and has its defaults.
 * Returns what is wrong.
 */
export type PluginRule = (configuration: JsonObject, context: PluginContext) => string | undefined;

/** A field that may be a list, as a list. */
export function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
