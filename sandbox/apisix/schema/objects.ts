import { luaQuoted } from "../lua/values.ts";
import { isObject, type JsonObject } from "../store.ts";
import { matches } from "./scalars.ts";
import type { Walk } from "./validator.ts";

/** Checks the properties of an object, in the order of the schema, and fills in their defaults. */
export function checkObject(walk: Walk, schema: JsonObject, value: unknown): string | undefined {
  if (Array.isArray(value) && value.length === 0) return checkObject(walk, schema, {});
  if (!isObject(value)) return undefined;
  return (
    checkProperties(walk, schema, value) ??
    checkRequired(schema, value) ??
    checkDependencies(walk, schema, value) ??
    checkOthers(walk, schema, value) ??
    checkCount(schema, value)
  );
}

function checkProperties(walk: Walk, schema: JsonObject, value: JsonObject): string | undefined {
  const required = Array.isArray(schema.required) ? schema.required : [];
  for (const [name, part] of Object.entries(isObject(schema.properties) ? schema.properties : {})) {
    if (value[name] !== undefined) {
      const error = walk.check(part, value[name]);
      if (error !== undefined) return `property ${luaQuoted(name)} validation failed: ${error}`;
      const dependent = checkDependency(walk, schema, name, value);
      if (dependent !== undefined) return dependent;
    } else if (required.includes(name)) {
      return `property ${luaQuoted(name)} is required`;
    } else if (isObject(part) && part.default !== undefined && part.default !== null) {
      walk.add(value, name, part.default);
    }
  }
  return undefined;
}

function checkRequired({ required }: JsonObject, value: JsonObject): string | undefined {
  const missing = Array.isArray(required) ? required.find((name) => value[name] === undefined) : undefined;
  return missing === undefined ? undefined : `property ${luaQuoted(missing)} is required`;
}

function checkDependencies(walk: Walk, schema: JsonObject, value: JsonObject): string | undefined {
  const properties = isObject(schema.properties) ? schema.properties : {};
  const others = Object.keys(isObject(schema.dependencies) ? schema.dependencies : {}).filter(
    (name) => !(name in properties) && value[name] !== undefined,
  );
  for (const name of others) {
    const error = checkDependency(walk, schema, name, value);
    if (error !== undefined) return error;
  }
  return undefined;
}

/** Checks what has to hold of an object because it has a property. */
function checkDependency(
  walk: Walk,
  schema: JsonObject,
  name: string,
  value: JsonObject,
): string | undefined {
  const dependency = isObject(schema.dependencies) ? schema.dependencies[name] : undefined;
  if (dependency === undefined) return undefined;
  const quoted = luaQuoted(name);
  if (Array.isArray(dependency) && dependency.length > 0) {
    const missing = dependency.find((other) => value[other] === undefined);
    if (missing === undefined) return undefined;
    return `property ${luaQuoted(missing)} is required when ${quoted} is set`;
  }
  const error = walk.check(dependency, value);
  return error === undefined ? undefined : `failed to validate dependent schema for ${quoted}: ${error}`;
}

/** Checks the properties that are named by a pattern, or not at all. */
function checkOthers(walk: Walk, schema: JsonObject, value: JsonObject): string | undefined {
  const properties = isObject(schema.properties) ? schema.properties : {};
  const patterns = Object.entries(isObject(schema.patternProperties) ? schema.patternProperties : {});
  const { additionalProperties: additional } = schema;
  for (const [name, inner] of Object.entries(value)) {
    let matched = name in properties;
    for (const [pattern, part] of patterns) {
      if (!matches(pattern, name)) continue;
      matched = true;
      const error = walk.check(part, inner);
      if (error !== undefined) return `failed to validate ${name} (matching ${luaQuoted(pattern)}): ${error}`;
    }
    if (matched || additional === undefined || additional === true) continue;
    if (additional === false) return `additional properties forbidden, found ${name}`;
    const error = walk.check(additional, inner);
    if (error !== undefined) return `failed to validate additional property ${name}: ${error}`;
  }
  return undefined;
}

function checkCount({ minProperties, maxProperties }: JsonObject, value: JsonObject): string | undefined {
  const count = Object.keys(value).length;
  if (typeof minProperties === "number" && count < minProperties)
    return `expect object to have at least ${minProperties} properties`;
  if (typeof maxProperties === "number" && count > maxProperties)
    return `expect object to have at most ${maxProperties} properties`;
  return undefined;
}
