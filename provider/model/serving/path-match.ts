import { toBytes } from "./bytes.ts";
import { EXACT, type Fit } from "./level.ts";
import { pattern as toRegExp } from "./pattern.ts";

/**
 * How a path pattern fits a path (bytes): exactly, or by the length of what stands before the first wildcard. Of patterns
 * with one beginning the longer goes first, after the routes' priorities.
 *
 * @param parameters whether `:name` is a wildcard (the router `radixtree_uri_with_parameter`)
 */
export function pathFit(pattern: string, uri: string, parameters: boolean): Fit {
  const wanted = toBytes(pattern);
  const colon = parameters ? wanted.indexOf(":") : -1;
  const wildcard = colon >= 0 ? colon : wanted.indexOf("*");
  const length = wanted.length;
  if (wildcard < 0) return wanted === uri ? { value: EXACT, length } : undefined;
  if (!uri.startsWith(wanted.slice(0, wildcard))) return undefined;
  const rest = segments(wanted);
  if (rest === undefined) return { value: wildcard, length };
  const expression = toRegExp(rest);
  if (!expression) return "expression";
  return expression.exec(uri)?.[0] === uri ? { value: wildcard, length } : undefined;
}

/**
 * A path with wildcards as a regular expression, undefined where no segment begins with one. Only a wildcard that begins a
 * segment counts: it stands for the whole segment (`*.js` for anything), `*` across slashes. Everything else stands in the
 * expression as it is, so a dot fits any character.
 */
function segments(path: string): string | undefined {
  const parts = path.replace(/\/+$/, "").split("/");
  if (!parts.some((part) => /^[:*]/.test(part))) return undefined;
  const translated = parts.map((part) =>
    part.startsWith(":") ? "([^/]+)" : part.startsWith("*") ? "((?:.|\\n)*)" : part,
  );
  return translated.join("/") + (path.endsWith("/") ? "/" : "");
}

/** How many characters at their beginnings two paths have in common. */
export function pathLikeness(pattern: string, uri: string): number {
  const wanted = toBytes(pattern);
  let count = 0;
  while (count < wanted.length && wanted[count] === uri[count]) count++;
  return count;
}
