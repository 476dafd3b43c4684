import { readFileSync } from "node:fs";
import { isIPv4, isIPv6 } from "node:net";
import { Ajv, type ValidateFunction } from "ajv";
import { withDefaults } from "./defaults.ts";
import { describeErrors } from "./messages.ts";
import { regularExpression } from "./pcre.ts";
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
}

function read(file: string): unknown {
  return JSON.parse(readFileSync(new URL(file, import.meta.url), "utf8"));
}

let newer: Schemas | undefined;
let older: Schemas | undefined;

/** The schemas of APISIX 3.18, or, `storesDefaults`, those with what differs in 3.11; the same objects every time. */
export function readSchemas(storesDefaults: boolean): Schemas {
  newer ??= read("./schemas.json") as Schemas;
  if (!storesDefaults) return newer;
  older ??= merge(newer, read("./schemas-3.11.json")) as Schemas;
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

/** The outcome of a validation: the value with the schema's defaults, or what is wrong with it. */
export type Validation = { value: JsonObject } | { error: string };

/** Validates values as APISIX's own validator does: defaults first, then everything else. */
class Validator {
  readonly #ajv = new Ajv({
    allErrors: true,
    strict: false,
    logger: false,
    verbose: true,
    validateSchema: false,
    code: { regExp: regularExpression },
    formats: { ipv4: isIPv4, ipv6: isIPv6 },
  });
  readonly #compiled = new WeakMap<JsonObject, ValidateFunction>();

  /** Validates a copy of the value, which it returns with the defaults filled in. */
  validate(schema: JsonObject, value: unknown): Validation {
    const copy = withDefaults(schema, structuredClone(value), (part, of) => Boolean(this.#compile(part)(of)));
    const check = this.#compile(schema);
    if (check(copy)) return { value: copy as JsonObject };
    return { error: describeErrors(check.errors ?? [], copy) };
  }

  #compile(schema: JsonObject): ValidateFunction {
    const known = this.#compiled.get(schema);
    if (known) return known;
    const compiled = this.#ajv.compile(schema);
    this.#compiled.set(schema, compiled);
    return compiled;
  }
}

/** The validator of every sandbox of this process, so that a schema is compiled once. */
export const validator = new Validator();
