/** What APISIX's own code trips over; the Admin API answers it with 500 and the web server's page. */
export class LuaError extends Error {}

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const hexadecimal = /^([+-]?)0x([\da-f]*)(?:\.([\da-f]*))?(?:p([+-]?\d+))?$/i;
const named = /^([+-]?)(inf|infinity|nan)$/i;

/** The number that Lua's `tonumber` makes of a value; undefined where it makes none. */
export function luaNumber(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value !== "string") return undefined;
  const text = value.replace(/^[\t-\r ]+|[\t-\r ]+$/g, "");
  if (decimal.test(text)) return Number(text);
  const [, sign = "", whole = "", part = "", exponent = "0"] = hexadecimal.exec(text) ?? [];
  if (whole + part !== "") {
    const magnitude = Number.parseInt(whole + part, 16) * 2 ** (Number(exponent) - 4 * part.length);
    return sign === "-" ? -magnitude : magnitude;
  }
  const [, signed, name] = named.exec(text) ?? [];
  if (name === undefined) return undefined;
  if (/nan/i.test(name)) return Number.NaN;
  return signed === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

/** A text as Lua sees it: a string of bytes, here one character for each byte of its UTF-8. */
export function byteString(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}

/** The Lua type of a value that was parsed from JSON. */
export function luaType(value: unknown): string {
  if (value === null) return "userdata";
  if (value === undefined) return "nil";
  return typeof value === "object" ? "table" : typeof value;
}

/** A text in quotes as Lua's `%q` writes it. */
export function luaQuoted(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are written as numbers.
  const inner = text.replace(/["\\\n\x00-\x1f\x7f](?=(\d?))/g, (character, digit: string) => {
    if (/["\\\n]/.test(character)) return `\\${character}`;
    const code = String(character.charCodeAt(0));
    return `\\${digit === "" ? code : code.padStart(3, "0")}`;
  });
  return `"${inner}"`;
}

/** A number as Lua writes it: with 14 digits. */
export function luaNumberText(value: number): string {
  const rounded = Number(value.toPrecision(14));
  if (!Number.isFinite(rounded)) return Number.isNaN(rounded) ? "nan" : rounded > 0 ? "inf" : "-inf";
  const exponent = rounded === 0 ? 0 : Math.floor(Math.log10(Math.abs(rounded)));
  if (exponent >= -4 && exponent < 14) return String(rounded);
  const [digits = "", power = ""] = rounded.toExponential().split("e");
  return `${digits}e${power.replace(/^([+-])(\d)$/, "$10$2")}`;
}
