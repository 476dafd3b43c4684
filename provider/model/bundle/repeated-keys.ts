import { formatPath, type Path } from "../paths.ts";

/** Strings, and what separates them from each other, of a JSON text. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],]/gs;

/** An object or a list whose end has not come yet. */
interface Open {
  /** Of an object; undefined for a list. */
  keys: Set<string> | undefined;
  /** Where the scan is in it. */
  at: string | number;
  /** A key comes next. */
  isBeforeKey: boolean;
}

/** The paths of keys that an object of a JSON text has more than once: of these, `JSON.parse` keeps the last value in silence. */
export function repeatedKeys(text: string): string[] {
  const open: Open[] = [];
  const found = new Set<string>();
  const here = (): Path => open.map(({ at }) => at);
  for (const [token] of text.matchAll(TOKEN)) {
    const inside = open.at(-1);
    if (token === "{") open.push({ keys: new Set(), at: "", isBeforeKey: true });
    else if (token === "[") open.push({ keys: undefined, at: 0, isBeforeKey: false });
    else if (token === "}" || token === "]") open.pop();
    else if (!inside) continue;
    else if (token === ",") {
      inside.isBeforeKey = inside.keys !== undefined;
      if (typeof inside.at === "number") inside.at += 1;
    } else if (inside.isBeforeKey && inside.keys) {
      const key = JSON.parse(token) as string;
      inside.isBeforeKey = false;
      inside.at = key;
      if (inside.keys.has(key)) found.add(formatPath(here()));
      inside.keys.add(key);
    }
  }
  return [...found];
}
