import { isObject, type JsonObject, UNKNOWN } from "../fields.ts";
import { formatPath } from "../paths.ts";
import type { Declared } from "./facts.ts";

/** The resource, whose arguments tell by which path something that is not known has been read. */
export function watched(resource: Declared, met: (path: string) => void): Declared {
  return { ...resource, args: watchedValue(resource.args, [], met) as JsonObject };
}

const TARGETS = new WeakMap<object, object>();

/** Arguments that tell nothing when they are read. */
export function unwatched(args: JsonObject): JsonObject {
  return (TARGETS.get(args) as JsonObject | undefined) ?? args;
}

function watchedValue(value: unknown, at: readonly PropertyKey[], met: (path: string) => void): unknown {
  if (!isObject(value) && !Array.isArray(value)) return value;
  const proxy = new Proxy(value, {
    get(target, key, receiver) {
      const inner: unknown = Reflect.get(target, key, receiver);
      if (typeof key === "symbol" || !Object.hasOwn(target, key)) return inner;
      const path = [...at, Array.isArray(target) && /^\d+$/.test(key) ? Number(key) : key];
      if (typeof inner === "string" && inner.includes(UNKNOWN)) met(formatPath(path));
      return watchedValue(inner, path, met);
    },
  });
  TARGETS.set(proxy, value);
  return proxy;
}
