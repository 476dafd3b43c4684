import type { JsonObject } from "../../provider/model/fields.ts";
import type { Random } from "./compare-random.ts";

const WHOLE = [
  "",
  " ",
  "null",
  "[]",
  "{}",
  "true",
  "7",
  '"text"',
  "{",
  "}",
  "NaN",
  "[{}]",
  "{}{}",
  "{},",
  "'a'",
];
const INSERTED = [
  "{",
  "}",
  "[",
  "]",
  '"',
  ",",
  ":",
  "\\",
  "0",
  "-",
  ".",
  "e",
  "a",
  "\n",
  "\t",
  "\u0000",
  "\u0001",
];
const MORE = [
  "\u007f",
  "ä",
  "\u2028",
  "\\u12",
  "\\x",
  "\\ud800",
  "\\u0000",
  "01",
  "1e999",
  "-0",
  "1E2",
  "tru",
  "nul",
];
/** What is no UTF-8: a byte that begins nothing, one that lacks its end, a surrogate, and what is longer than it must be. */
const BYTES = [[0xff], [0xc3], [0xed, 0xa0, 0x80], [0xc0, 0xaf], [0xef, 0xbb, 0xbf], [0xfe, 0xff]];

/** The text of a body with a mistake in it, as bytes. */
export function broken(body: JsonObject, { chance, below, pick }: Random): Buffer {
  if (chance(0.15)) return Buffer.from(pick(WHOLE));
  const text = chance(0.3) ? JSON.stringify(body, undefined, 1) : JSON.stringify(body);
  const bytes = Buffer.from(text);
  const at = below(bytes.length + 1);
  const [begin, end] = [bytes.subarray(0, at), bytes.subarray(at)];
  if (chance(0.2)) return begin;
  if (chance(0.2)) return Buffer.concat([begin, end.subarray(1)]);
  if (chance(0.1)) return Buffer.concat([bytes, Buffer.from(pick([" ", "\n", "x", "{}", ",", "\u0000"]))]);
  if (chance(0.1)) return Buffer.from(text.replace(/"(\w+)":/, (field) => `${field}"twice",${field}`));
  const inserted = chance(0.3) ? Buffer.from(pick(BYTES)) : Buffer.from(pick([...INSERTED, ...MORE]));
  return Buffer.concat([begin, inserted, end.subarray(chance(0.5) ? 1 : 0)]);
}
