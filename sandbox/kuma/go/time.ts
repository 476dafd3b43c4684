import { DecodeError } from "./decode-error.ts";
import { quoteBytes } from "./quote.ts";

const LAYOUT = '"2006-01-02T15:04:05Z07:00"';
/** The parts of a time, with the word that Go has for each, and the value at which it is out of range. */
const PARTS: [pattern: RegExp, word: string, name?: string, lowest?: number, highest?: number][] = [
  [/^\d{4}/, "2006"],
  [/^-/, "-"],
  [/^\d\d/, "01", "month", 1, 12],
  [/^-/, "-"],
  [/^\d\d/, "02", "day", 1, 31],
  [/^T/, "T"],
  [/^\d\d?/, "15", "hour", 0, 23],
  [/^:/, ":"],
  [/^\d\d/, "04", "minute", 0, 59],
  [/^:/, ":"],
  [/^\d\d/, "05", "second", 0, 59],
  [/^([.,]\d+)?/, ""],
  [/^(Z|[+-]\d\d:\d\d)/, "Z07:00"],
];

/** Checks the JSON of a time as Go reads one by RFC 3339; null says nothing. Throws `DecodeError`. */
export function checkTime(value: unknown): void {
  if (value === null) return;
  if (typeof value !== "string") throw new DecodeError("Time.UnmarshalJSON: input is not a JSON string");
  // Escapes are not undone.
  const text = JSON.stringify(value).slice(1, -1);
  const refused = (why: string) => new DecodeError(`parsing time ${quoteBytes(text)}${why}`);
  let rest = text;
  for (const [pattern, word, name, lowest = 0, highest = 0] of PARTS) {
    const [found] = pattern.exec(rest) ?? [];
    if (found === undefined) throw refused(` as ${LAYOUT}: cannot parse ${quoteBytes(rest)} as "${word}"`);
    if (name && (Number(found) < lowest || Number(found) > highest)) throw refused(`: ${name} out of range`);
    rest = rest.slice(found.length);
  }
  if (rest !== "") throw refused(`: extra text: ${quoteBytes(rest)}`);
  const [year = 0, month = 0, day = 0] = value.split(/[-T]/).map(Number);
  if (day > new Date(Date.UTC(year, month, 0)).getUTCDate()) throw refused(": day out of range");
}
