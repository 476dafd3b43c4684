import { isIPv4, isIPv6 } from "node:net";
import type { Ajv, ValidateFunction } from "ajv";
import { isObject, type Json, type JsonObject } from "../fields.ts";
import { once } from "../once.ts";
import { formatPath } from "../paths.ts";
import { type Finding, findings } from "./plugin-errors.ts";

const validators = new WeakMap<JsonObject, ValidateFunction>();

/** What a JSON schema of APISIX's finds wrong once its defaults are filled in, as the server does first. */
export function problemsOf(schema: JsonObject, value: JsonObject): Finding[] {
  const known = validators.get(schema);
  const validator = known ?? compiler().compile(schema);
  validators.set(schema, validator);
  const filled = structuredClone(value);
  // The first pass fills in the defaults, some of them only after conditions have looked at their fields.
  if (validator(filled) || validator(filled)) return [];
  const found = findings(validator.errors ?? [], schema, value);
  const texts = found.map(({ path, reason }) => `${formatPath(path)} ${reason}`);
  return found.filter((_, index) => texts.indexOf(texts[index] ?? "") === index);
}

/** A schema that a server has sent, in the form that is judged by here; nothing when it cannot be judged by. */
export function readableSchema(sent: unknown): JsonObject | undefined {
  const schema = readable(sent as Json);
  if (!isObject(schema)) return undefined;
  try {
    validators.set(schema, compiler().compile(schema));
    return schema;
  } catch {
    return undefined;
  }
}

/** Two schemas of one name cannot be compiled, and nothing refers to them by it. */
const NAMES = ["$id", "id", "$schema"];
const LISTS = ["required", "enum", "anyOf", "oneOf", "allOf"];
const MAPS = ["properties", "patternProperties", "dependencies"];

/** An empty table of Lua's may come as `{}` or `[]`, and draft 4 of JSON schema wrote exclusive limits as booleans. */
function readable(part: Json): Json {
  if (Array.isArray(part)) return part.map(readable);
  if (!isObject(part)) return part;
  const { exclusiveMinimum, exclusiveMaximum } = part;
  const fields = Object.entries(part).filter(([key, value]) => {
    if (NAMES.includes(key) && typeof value === "string") return false;
    if (LISTS.includes(key)) return !isEmptyTable(value);
    if (MAPS.includes(key)) return !isEmptyList(value);
    return !(key.startsWith("exclusive") && typeof value === "boolean");
  });
  return {
    ...Object.fromEntries(
      fields.map(([key, value]) => [key, key === "default" ? fitting(part, value) : readable(value)]),
    ),
    ...(exclusiveMinimum === true ? { exclusiveMinimum: part.minimum ?? null } : {}),
    ...(exclusiveMaximum === true ? { exclusiveMaximum: part.maximum ?? null } : {}),
  };
}

/** A default in the form that its schema asks for. */
function fitting(schema: Json | undefined, value: Json): Json {
  if (!isObject(schema)) return value;
  const { type, properties } = schema;
  if (type === "array" && isEmptyTable(value)) return [];
  if (type === "object" && isEmptyList(value)) return {};
  if (!isObject(properties) || !isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, fitting(properties[key], inner)]),
  );
}

function isEmptyTable(value: Json): boolean {
  return isObject(value) && Object.keys(value).length === 0;
}

function isEmptyList(value: Json): boolean {
  return Array.isArray(value) && value.length === 0;
}

/** Loaded when the first plugin is judged: it takes longer than all the rest of this package. */
const compiler = once((): Ajv => {
  const { Ajv } = require("ajv") as typeof import("ajv");
  return new Ajv({
    allErrors: true,
    strict: false,
    logger: false,
    validateSchema: false,
    useDefaults: true,
    code: { regExp: regularExpression, optimize: false },
    formats: { ipv4: isIPv4, ipv6: isIPv6 },
  });
});

/** APISIX's patterns are PCRE. Some are right for JavaScript only without `u`; one that is not right at all matches anything. */
function regularExpression(pattern: string, flags: string): RegExp {
  const portable = pattern.replaceAll("\\A", "^").replaceAll("\\z", "$");
  for (const tried of [flags, flags.replace("u", "")]) {
    try {
      return new RegExp(portable, tried);
    } catch {}
  }
  return /^/;
}
regularExpression.code = "new RegExp";
