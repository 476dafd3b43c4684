import type { Variables } from "./variables.ts";

/**
 * Fills `$name`, `${name}` and `${name ?? default}` in a text, as APISIX does; undefined where a variable is not told by
 * the request.
 *
 * @param encode what becomes of each value
 */
export function fill(
  text: string,
  variables: Variables,
  encode: (value: string) => string,
): string | undefined {
  let told = true;
  const filled = text.replace(
    /(?<!\\)\$(?:\{\s*([^}]+?)\s*\}|([\w.]+))/g,
    (_, braced?: string, bare?: string) => {
      const [name = "", fallback] = (braced ?? bare ?? "").split(/\s*\?\?\s*/);
      const found = variables(name);
      if (found === "request") told = false;
      else if (found.value !== undefined) return encode(String(found.value));
      return fallback === undefined ? "" : encode(fallback);
    },
  );
  return told ? filled : undefined;
}

/** Fills `$1`, `${1}`, `$0` and `$$` in the replacement of a regular expression, as nginx does. */
export function substitute(uri: string, match: RegExpExecArray, replacement: string): string {
  const filled = replacement.replace(/\$(?:\$|\{(\d+)\}|(\d+))/g, (whole, braced?: string, bare?: string) =>
    whole === "$$" ? "$" : (match[Number(braced ?? bare)] ?? ""),
  );
  return uri.slice(0, match.index) + filled + uri.slice(match.index + match[0].length);
}
