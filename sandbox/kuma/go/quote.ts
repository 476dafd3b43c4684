/** A text in quotation marks as Go's `%q` writes it. */
export function quote(text: string): string {
  return JSON.stringify(text)
    .replaceAll(/\\u00([0-9a-f]{2})/g, (_all, digits: string) => named[digits] ?? `\\x${digits}`)
    .replaceAll("\u007f", "\\x7f");
}

const named: Record<string, string> = { "07": "\\a", "0b": "\\v" };

/** A text in quotation marks as Go's package time writes it: what is no printable ASCII as bytes. */
export function quoteBytes(text: string): string {
  const escaped = [...Buffer.from(text, "utf8")].map((byte) => {
    if (byte === 34 || byte === 92) return `\\${String.fromCharCode(byte)}`;
    return byte < 32 || byte >= 128 ? `\\x${byte.toString(16).padStart(2, "0")}` : String.fromCharCode(byte);
  });
  return `"${escaped.join("")}"`;
}
