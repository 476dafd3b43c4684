import { isObject, type Json } from "../provider/model/fields.ts";
import type { Path } from "../provider/model/paths.ts";

/** A copy in which other values stand at some paths; `undefined` takes the field out. */
export function replaced<T>(value: Json, changes: readonly (readonly [Path, T | undefined])[]): Json | T {
  const byPath = new Map(changes.map(([path, change]) => [JSON.stringify(path), change]));
  const walk = (inner: Json, at: Path): unknown => {
    const key = JSON.stringify(at);
    if (byPath.has(key)) return byPath.get(key);
    if (Array.isArray(inner))
      return inner.map((item, index) => walk(item, [...at, index])).filter((item) => item !== undefined);
    if (!isObject(inner)) return inner;
    const fields = Object.entries(inner).map(([name, field]) => [name, walk(field, [...at, name])] as const);
    return Object.fromEntries(fields.filter(([, field]) => field !== undefined));
  };
  return walk(value, []) as Json | T;
}
