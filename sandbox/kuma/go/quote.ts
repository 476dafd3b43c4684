/** A text in quotation marks as Go's `%q` writes it: what is neither printable nor a space as an escape. */
export function quote(text: string): string {
  return `"${[...text].map(escaped).join("")}"`;
}

function escaped(character: string): string {
  if (character === '"' || character === "\\") return `\\${character}`;
  if (/^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u.test(character)) return character;
  const named = names[character];
  if (named !== undefined) return named;
  const code = character.codePointAt(0) ?? 0;
  const digits = (count: number) => code.toString(16).padStart(count, "0");
  if (code < 0x80) return `\\x${digits(2)}`;
  return code < 0x10000 ? `\\u${digits(4)}` : `\\U${digits(8)}`;
}

const names: Record<string, string> = {
  "\u0007": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
};

/** A text in quotation marks as Go's package time writes it: what is no printable ASCII as bytes. */
export function quoteBytes(text: string): string {
  const escapedBytes = [...Buffer.from(text, "utf8")].map((byte) => {
    if (byte === 34 || byte === 92) return `\\${String.fromCharCode(byte)}`;
    return byte < 32 || byte >= 128 ? `\\x${byte.toString(16).padStart(2, "0")}` : String.fromCharCode(byte);
  });
  return `"${escapedBytes.join("")}"`;
}
