import { isIP } from "node:net";

/** The name that Go's JSON decoder has for the type of a JSON value. */
export function jsonTypeName(value: unknown): string {
  if (Array.isArray(value)) return "array";
  if (typeof value === "boolean") return "bool";
  return typeof value;
}

/** Go's words for text that is no JSON: exact for a text that ends too early, near for the rest. */
export function jsonSyntaxMessage(text: string): string {
  const trimmed = text.trim();
  for (const closing of ["", '"', "}", "]", "}}", "]}", '"}', '"}}', "null}", ":null}", '":null}']) {
    try {
      JSON.parse(trimmed + closing);
      return "unexpected end of JSON input";
    } catch {
      // not cut off at this place
    }
  }
  return trimmed === ""
    ? "unexpected end of JSON input"
    : `invalid character '${trimmed[0]}' looking for beginning of value`;
}

/** Where Go's standard base64 decoder stops: the byte that it complains about, or undefined if it does not. */
export function base64ErrorOffset(text: string): number | undefined {
  const bytes = Buffer.from(text, "utf8");
  const isLineBreak = (index: number) => bytes[index] === 10 || bytes[index] === 13;
  let index = 0;
  while (index < bytes.length) {
    let digits = 0;
    while (digits < 4) {
      if (index === bytes.length) return digits === 0 ? undefined : index - digits;
      if (isLineBreak(index)) {
        index++;
        continue;
      }
      const character = String.fromCharCode(bytes[index] ?? 0);
      if (/[A-Za-z0-9+/]/.test(character)) {
        index++;
        digits++;
        continue;
      }
      if (character !== "=" || digits < 2) return index;
      index++;
      if (digits === 2) {
        while (isLineBreak(index)) index++;
        if (index === bytes.length) return bytes.length;
        if (bytes[index] !== 61) return index - 1;
        index++;
      }
      while (isLineBreak(index)) index++;
      return index < bytes.length ? index : undefined;
    }
  }
  return undefined;
}

/** Splits `host:port` or `[host]:port`; undefined where Go's net.SplitHostPort fails. */
export function splitHostPort(address: string): { host: string; port: string } | undefined {
  const match = /^(?:\[([^[\]]*)\]|([^[\]:]*)):([^[\]:]*)$/.exec(address);
  return match ? { host: match[1] ?? match[2] ?? "", port: match[3] ?? "" } : undefined;
}

/** Whether the control plane takes the text for an IP address or a domain name (underscores are legal). */
export function isHost(text: string): boolean {
  if (isIP(text) !== 0) return true;
  return (
    /^[a-zA-Z0-9_][a-zA-Z0-9_-]{0,62}(\.[a-zA-Z0-9_][a-zA-Z0-9_-]{0,62})*[._]?$/.test(text) &&
    text.length <= 255
  );
}
