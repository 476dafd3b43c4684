/**
 * The path of a request as nginx hands it to APISIX, from its first line: decoded, `//` merged, `.` and `..` resolved.
 * Undefined where nginx answers 400. Texts are strings of bytes.
 */
export function normalizedPath(raw: string): string | undefined {
  const decoded = decode(raw);
  if (decoded === undefined) return undefined;
  const segments: string[] = [];
  const parts = decoded.split("/").slice(1);
  for (const [index, part] of parts.entries()) {
    const last = index === parts.length - 1;
    if (part === "..") {
      if (segments.length === 0) return undefined;
      segments.pop();
    }
    if (part === ".." || part === "." || part === "") {
      // What ends in a slash, or in `.` or `..`, names a folder.
      if (last) segments.push("");
    } else segments.push(part);
  }
  return `/${segments.join("/")}`;
}

/** Resolves `%XX`; an incomplete escape and a zero byte are errors. */
function decode(raw: string): string | undefined {
  let broken = false;
  const decoded = raw.replace(/%(.{0,2})/gs, (_, digits: string) => {
    if (!/^[\da-fA-F]{2}$/.test(digits) || digits === "00") broken = true;
    return String.fromCharCode(Number.parseInt(digits, 16));
  });
  return broken ? undefined : decoded;
}

/** A path with `%XX` for what may not stand in a URL, as nginx writes it. */
export function escapedPath(path: string): string {
  return path.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are among what nginx escapes.
    /[\x00-\x20"#%<>?\\^`{|}\x7f-\xff]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
}
