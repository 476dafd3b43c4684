import { isObject, type Json, UNKNOWN } from "./fields.ts";

/** The way to a value inside another one, as in `["nodes", 0, "host"]`. */
export type Path = readonly (string | number)[];

/** Every value that is neither a list nor an object, with the way to it. */
export function leaves(value: unknown, at: Path = []): { path: Path; value: unknown }[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => leaves(item, [...at, index]));
  if (isObject(value)) return Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...at, key]));
  return [{ path: at, value }];
}

/** What stands at a path, unknown as soon as the way there is. */
export function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((current, key) => {
    if (current === UNKNOWN) return UNKNOWN;
    if (Array.isArray(current)) return current[Number(key)];
    return isObject(current) && Object.hasOwn(current, String(key)) ? current[String(key)] : undefined;
  }, value);
}

/**
 * A copy in which what stands at a path is what `change` makes of it; undefined removes a field. A path that leads through
 * what is no object or list changes nothing.
 */
export function changedAt(value: unknown, path: Path, change: (value: unknown) => unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return change(value);
  if (Array.isArray(value))
    return value.map((item, index) => (index === Number(key) ? changedAt(item, rest, change) : item));
  if (!isObject(value)) return value;
  const inner = changedAt(Object.hasOwn(value, String(key)) ? value[String(key)] : undefined, rest, change);
  const { [String(key)]: _, ...others } = value;
  if (inner === undefined) return others;
  return Object.hasOwn(value, String(key)) ? { ...value, [key]: inner } : { ...others, [key]: inner };
}

/** The same for JSON. */
export function withValueAt<T extends Json>(value: T, path: Path, inner: Json | undefined): T {
  return changedAt(value, path, () => inner) as T;
}

/** `["nodes", 0, "kuma.io/service"]` as `nodes[0]["kuma.io/service"]`. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((key, index) => {
      if (typeof key === "number") return `[${key}]`;
      const name = String(key);
      if (!/^[A-Za-z_$][\w$-]*$/.test(name)) return `[${JSON.stringify(name)}]`;
      return index === 0 ? name : `.${name}`;
    })
    .join("");
}

/** The reverse of {@link formatPath}. Reads paths as people write them for Pulumi, too: `nodes[*].weight`, `tags["a/b"]`. */
export function parsePath(path: string): (string | number)[] {
  return [...path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|([^.[\]]+)/gs)].map(
    ([, quoted, index, name]) =>
      index !== undefined ? Number(index) : quoted === undefined ? (name ?? "") : unquoted(quoted),
  );
}

/** In Pulumi's own paths a backslash stands for itself, unless a quotation mark follows. */
function unquoted(text: string): string {
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    return text.replaceAll('\\"', '"');
  }
}
