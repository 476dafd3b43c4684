import { Refusal } from "./checks/refusal.ts";
import { LuaError, luaType } from "./lua/values.ts";
import { isObject, type JsonObject } from "./store.ts";

/** A body as the table that Lua makes of it; what is none breaks APISIX. */
export function tableOf(body: unknown, named: boolean): JsonObject {
  // An empty list and an empty object are the same to Lua.
  if (Array.isArray(body) && body.length === 0) return {};
  if (isObject(body)) return body;
  if (!Array.isArray(body)) throw new LuaError(`attempt to index a ${luaType(body)} value`);
  // A list becomes an object when it is given an id.
  if (named) return Object.fromEntries(body.map((item, index) => [String(index + 1), item]));
  throw new Refusal("invalid configuration: wrong type: expected object, got table");
}

/** A value with its numbers as Lua writes them, with 14 digits. */
export function rounded<T>(value: T): T {
  if (typeof value === "number") return Number(value.toPrecision(14)) as T;
  if (Array.isArray(value)) return value.map(rounded) as T;
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, rounded(inner)])) as T;
}

/** What counts as true in Lua: all but `false` and nothing. */
export function isTruthy(value: unknown): boolean {
  return value !== undefined && value !== false;
}

/** Whether all numbers in a value can be written as JSON. */
export function hasFiniteNumbers(value: unknown): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  return typeof value !== "object" || value === null || Object.values(value).every(hasFiniteNumbers);
}

/** The first property of an object that only the server may set. */
export function forbiddenProperty(value: JsonObject): string | undefined {
  const times = ["create_time", "update_time"];
  const own = times.find((time) => isTruthy(value[time]));
  if (own !== undefined) return own;
  for (const part of ["upstream", "plugins"]) {
    const inner = value[part];
    if (!isTruthy(inner) || typeof inner === "string") continue;
    if (typeof inner !== "object" || inner === null)
      throw new LuaError(`attempt to index a ${luaType(inner)} value`);
    const found = times.find((time) => isTruthy((inner as JsonObject)[time]));
    if (found !== undefined) return `${part}.${found}`;
  }
  return undefined;
}

function isList(value: unknown): boolean {
  return Array.isArray(value) || (isObject(value) && Object.keys(value).length === 0);
}

/** A list as the table that Lua has: with the numbers from 1 on as names. */
function numbered(value: unknown): JsonObject {
  if (!Array.isArray(value)) return value as JsonObject;
  return Object.fromEntries(value.map((item, index) => [String(index + 1), item]));
}

/**
 * Merges a PATCH into an object, in place: objects into objects, null removes, anything else replaces. The older release
 * merges whatever comes into an object that is not empty.
 */
export function mergePatch(origin: JsonObject, patch: JsonObject, older: boolean): JsonObject {
  for (const [name, value] of Object.entries(patch)) {
    const before = origin[name];
    const isMerged = !isList(before) && (older || !isList(value));
    if (value === null) delete origin[name];
    else if (typeof value === "object" && isObject(before) && isMerged)
      mergePatch(before, numbered(value), older);
    else origin[name] = value;
  }
  return origin;
}

/**
 * Replaces what stands at a path within an object, in place; returns what is wrong with the path. Names are texts, so
 * that none is the number of an item: a list gets a name beside its items, and is none any more.
 */
export function patchAt(object: JsonObject, path: string[], value: unknown): string | undefined {
  let inner = object;
  for (const [index, name] of path.slice(0, -1).entries()) {
    const found = inner[name] ?? (inner[name] === null ? null : {});
    // Its names are put together with the number of the one that is wrong between them.
    if (typeof found !== "object" || found === null)
      return `invalid sub-path: /${path.slice(index).join("1")}`;
    inner[name] = numbered(found);
    inner = inner[name] as JsonObject;
  }
  inner[path.at(-1) ?? ""] = value;
  return undefined;
}
