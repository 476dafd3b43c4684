import type { Entry } from "../../model/bundle/entries.ts";
import type { BundleType } from "../../model/bundle/types.ts";
import { isObject, type Json, type JsonObject } from "../../model/fields.ts";
import { formatPath, type Path, parsePath, valueAt, withValueAt } from "../../model/paths.ts";
import type { BundleCheckRequest } from "./requests.ts";

/** The paths of the argument `ignore`; what is wrong with it goes to the problems. */
export function ignoredPaths(
  { tables }: BundleType,
  { ignore }: BundleCheckRequest,
  problems: string[],
): Path[] {
  if (ignore === undefined || ignore === null) return [];
  if (!Array.isArray(ignore) || ignore.some((path) => typeof path !== "string")) {
    problems.push('ignore: is no list of paths such as "routes.*.status"');
    return [];
  }
  return ignore.map((text: string) => {
    const path = parsePath(text);
    if (path.length < 3)
      problems.push(`ignore: ${JSON.stringify(text)} names no field of an entry, as "routes.*.status" does`);
    else if (path[0] !== "*" && !Object.hasOwn(tables, String(path[0])))
      problems.push(
        `ignore: ${JSON.stringify(text)} begins with no kind of objects that a bundle has; known here: ${Object.keys(tables).join(", ")}`,
      );
    return path;
  });
}

/**
 * The arguments of an entry with the values of the state where they are ignored, as the engine does it for `ignoreChanges`,
 * and the paths that concern the entry.
 */
export function withIgnoredIn(
  { table, key, args }: Entry,
  old: Entry | undefined,
  ignored: readonly Path[],
): { args: JsonObject; own: string[] } {
  if (!old) return { args, own: [] };
  const own = ignored
    .filter(([first, second]) => [table, "*"].includes(String(first)) && [key, "*"].includes(String(second)))
    .map((path) => path.slice(2));
  const places = own.flatMap((path) => [...expanded(args, old.args, path)]);
  const kept = places.reduce<JsonObject>(
    (changed, path) => withValueAt(changed, path, valueAt(old.args, path) as Json | undefined),
    args,
  );
  return { args: kept, own: own.map(starred) };
}

/** The paths that one with `*` in it means in two values. */
function* expanded(one: unknown, other: unknown, path: Path, at: Path = []): Generator<Path> {
  const [key, ...rest] = path;
  if (key === undefined) {
    yield at;
    return;
  }
  const keys = key === "*" ? new Set([...keysOf(one), ...keysOf(other)]) : [key];
  for (const name of keys) yield* expanded(valueAt(one, [name]), valueAt(other, [name]), rest, [...at, name]);
}

function keysOf(value: unknown): (string | number)[] {
  if (Array.isArray(value)) return [...value.keys()];
  return isObject(value) ? Object.keys(value) : [];
}

function starred(path: Path): string {
  return formatPath(path).replaceAll('["*"]', "[*]");
}
