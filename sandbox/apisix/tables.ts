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

function isList(value: unknown): boolean {
  return Array.isArray(value) || (isObject(value) && Object.keys(value).length === 0);
}

/** Merges a PATCH into an object, in place: objects into objects, null removes, anything else replaces. */
export function mergePatch(origin: JsonObject, patch: JsonObject): JsonObject {
  for (const [name, value] of Object.entries(patch)) {
    const before = origin[name];
    if (value === null) delete origin[name];
    else if (isObject(value) && isObject(before) && !isList(value) && !isList(before))
      mergePatch(before, value);
    else origin[name] = value;
  }
  return origin;
}

/** Replaces what stands at a path within an object, in place; returns what is wrong with the path. */
export function patchAt(object: JsonObject, path: string[], value: unknown): string | undefined {
  let inner: unknown = object;
  for (const [index, name] of path.slice(0, -1).entries()) {
    const table = inner as JsonObject;
    const key = Array.isArray(inner) ? String(Number(name) - 1) : name;
    if (table[key] === undefined && !Array.isArray(inner)) table[key] = {};
    inner = table[key];
    if (typeof inner !== "object" || inner === null)
      return `invalid sub-path: /${path.slice(0, index + 1).join("/")}`;
  }
  const last = path.at(-1) ?? "";
  (inner as JsonObject)[last] = value;
  return undefined;
}
