import { byteString } from "./lua/values.ts";
import { regularExpression } from "./pcre.ts";

/** One path of a route, with what else must hold for the route to serve. */
export interface Entry<R, T> {
  /** The path as it is written; from a `*` on it is open. */
  path: string;
  /** The higher one is tried first, among the entries of the same path up to its `*`. */
  priority: number;
  /** What the entry gives for a request; undefined if it does not serve it. */
  match(request: R): T | undefined;
}

interface Prepared<R, T> extends Entry<R, T> {
  /** The whole path as a pattern, where it has segments that stand for others. */
  pattern: RegExp | undefined;
}

/**
 * Finds what serves a path as APISIX's router does: first among the entries with that very path, then among the ones
 * with the longest beginning, then the next longest. Where several have the same, the one with the higher priority, then
 * the one with the longer text, then the one that was added first.
 */
export class RadixRouter<R, T> {
  readonly #exact = new Map<string, Prepared<R, T>[]>();
  readonly #beginnings = new Map<string, Prepared<R, T>[]>();

  /** Adds an entry. */
  add(entry: Entry<R, T>): void {
    const path = byteString(entry.path);
    const star = path.indexOf("*");
    const found = star < 0 ? this.#exact : this.#beginnings;
    const key = star < 0 ? path : path.slice(0, star);
    const entries = found.get(key) ?? [];
    const prepared = { ...entry, path, pattern: star < 0 ? undefined : patternOf(path) };
    const before = entries.findIndex((other) => sortsBefore(prepared, other));
    entries.splice(before < 0 ? entries.length : before, 0, prepared);
    found.set(key, entries);
  }

  /** What serves the path for the request. */
  find(path: string, request: R): T | undefined {
    for (const entry of this.#exact.get(path) ?? []) {
      const found = entry.match(request);
      if (found !== undefined) return found;
    }
    for (let length = path.length; length >= 0; length -= 1) {
      for (const entry of this.#beginnings.get(path.slice(0, length)) ?? []) {
        if (entry.pattern && entry.pattern.exec(path)?.[0] !== path) continue;
        const found = entry.match(request);
        if (found !== undefined) return found;
      }
    }
    return undefined;
  }
}

function sortsBefore(left: { path: string; priority: number }, right: { path: string; priority: number }) {
  if (left.priority !== right.priority) return left.priority > right.priority;
  return left.path.length > right.path.length;
}

/** What the path must match as a whole: a segment that begins with `*` is anything, one with `:` anything but `/`. */
function patternOf(path: string): RegExp | undefined {
  const segments = path.replace(/\/+$/, "").split("/");
  if (!segments.some((segment) => /^[:*]/.test(segment))) return undefined;
  const source = segments.map((segment) => {
    if (segment.startsWith(":")) return "([^\\/]+)";
    return segment.startsWith("*") ? "((.|\\n)*)" : segment;
  });
  try {
    return regularExpression(source.join("\\/") + (path.endsWith("/") ? "\\/" : ""));
  } catch {
    // APISIX does not escape the other segments; a path that makes no pattern serves nothing.
    return /(?!)/;
  }
}
