/**
 * APISIX compares bytes. A text in this form has one character per byte, so that lengths, ranges and regular expressions
 * mean what they mean there.
 */
export function toBytes(text: string): string {
  if (/^[ -~]*$/.test(text)) return text;
  let bytes = "";
  for (const byte of new TextEncoder().encode(text)) bytes += String.fromCharCode(byte);
  return bytes;
}

/** The text that such bytes stand for. */
export function fromBytes(bytes: string): string {
  return new TextDecoder().decode(Uint8Array.from(bytes, (character) => character.charCodeAt(0)));
}

/** Percent-encodes the bytes that do not stand in a path as they are, as nginx does. */
export function encodePath(bytes: string): string {
  return bytes.replace(/[^!$&-;=@-[\]_a-z~]/g, percent);
}

/** Percent-encodes control characters only. */
export function encodeControls(bytes: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
  return bytes.replace(/[\u0000-\u001f\u007f]/g, percent);
}

function percent(byte: string): string {
  return `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}

/** What percent-encoded bytes stand for; with `form`, `+` is a space. What is no encoding stays as it is. */
export function decodePercent(bytes: string, form = false): string {
  const text = form ? bytes.replaceAll("+", " ") : bytes;
  return text.replace(/%([0-9a-fA-F]{2})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
}
