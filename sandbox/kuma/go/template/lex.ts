import { quote } from "../quote.ts";

/** A template of Go cannot be read or executed; the message is Go's. */
export class TemplateError extends Error {}

/** A piece of what stands between double braces. */
export interface Token {
  kind: "field" | "word" | "text" | "number" | "variable" | "sign" | "problem";
  value: string;
  /** Where it begins in the whole template. */
  position: number;
}

/** A template in pieces: what is written as it is, and actions. */
export type Piece = { text: string } | { tokens: Token[]; position: number };

const patterns: [kind: Token["kind"] | "space", pattern: RegExp][] = [
  ["space", /[ \t\r\n]+/y],
  ["field", /(\.[\p{L}_][\p{L}\p{Nd}_]*)+|\.(?![0-9])/uy],
  ["number", /[+-]?\d+\.?\d*(e[+-]?\d+)?|[+-]?\.\d+(e[+-]?\d+)?|[+-]\.?/iy],
  ["text", /"(\\.|[^"\\\n])*"|`[^`]*`/y],
  ["variable", /\$[\p{L}\p{Nd}_]*/uy],
  ["word", /[\p{L}_][\p{L}\p{Nd}_]*/uy],
  ["sign", /:=|[!#%&()*,/:;<=>?@[\\\]^{|}~]/y],
];

/** Cuts a template into pieces. */
export function pieces(source: string): Piece[] {
  const result: Piece[] = [];
  let position = 0;
  let trimsNext = false;
  while (position < source.length) {
    const open = source.indexOf("{{", position);
    const end = open < 0 ? source.length : open;
    const trimsBefore = open >= 0 && /^\{\{-\s/.test(source.slice(open));
    let text = source.slice(position, end);
    if (trimsNext) text = text.trimStart();
    if (trimsBefore) text = text.trimEnd();
    if (text !== "") result.push({ text });
    if (open < 0) break;
    const comment = /^\{\{(-\s+)?\/\*[\s\S]*?\*\/(\s+-)?\}\}/.exec(source.slice(open));
    if (comment) {
      trimsNext = comment[2] !== undefined;
      position = open + comment[0].length;
      continue;
    }
    const action = readAction(source, open + (trimsBefore ? 3 : 2));
    result.push({ tokens: action.tokens, position: open });
    trimsNext = action.trims;
    position = action.end;
  }
  return result;
}

function readAction(source: string, from: number): { tokens: Token[]; end: number; trims: boolean } {
  const tokens: Token[] = [];
  try {
    return { tokens, ...readTokens(source, from, tokens) };
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    // It is told when the parser comes to it, which may have something to tell before.
    tokens.push({ kind: "problem", value: error.message, position: from });
    return { tokens, end: source.length, trims: false };
  }
}

function readTokens(source: string, from: number, tokens: Token[]): { end: number; trims: boolean } {
  let position = from;
  let depth = 0;
  for (;;) {
    const close = /\s-\}\}|\}\}/y;
    close.lastIndex = position;
    const closing = close.exec(source);
    if (closing) return { end: position + closing[0].length, trims: closing[0].length > 2 };
    const found = tokenAt(source, position);
    if (found.kind === "field" || found.kind === "word" || found.kind === "variable")
      checkEnd(source, position + found.value.length);
    if (found.value === "(") depth++;
    if (found.value === ")" && depth-- === 0) fail(source, position, "unexpected right paren");
    if (found.kind === "number") checkNumber(source, position, found.value);
    if (found.kind !== "space") tokens.push({ kind: found.kind, value: found.value, position });
    position += found.value.length;
  }
}

/** After a name comes a space, the end of the action, or one of some signs. */
function checkEnd(source: string, position: number): void {
  const next = source[position];
  if (next === undefined || /[ \t\r\n.,|:()]/.test(next) || source.startsWith("}}", position)) return;
  fail(source, position, `bad character ${named(next)}`);
}

/** A number ends before a name begins, and has a digit. */
function checkNumber(source: string, position: number, value: string): void {
  const next = source[position + value.length] ?? "";
  if (/[\p{L}\p{Nd}_]/u.test(next)) fail(source, position, `bad number syntax: ${quote(value + next)}`);
  if (!/\d/.test(value)) fail(source, position, `illegal number syntax: ${quote(value)}`);
}

/** A character as Go names it: what cannot be printed by its number only. */
function named(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const number = `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
  return /[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.test(character) ? `${number} '${character}'` : number;
}

function tokenAt(source: string, position: number): { kind: Token["kind"] | "space"; value: string } {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = position;
    // White space before a trimming end belongs to that end.
    const value = pattern.exec(source)?.[0];
    if (value === undefined) continue;
    if (kind !== "space") return { kind, value };
    const isBeforeTrim = source.startsWith("-}}", position + value.length);
    return { kind, value: isBeforeTrim ? value.slice(0, -1) || value : value };
  }
  const character = source[position];
  if (character === undefined) fail(source, position, "unclosed action");
  if (character === '"') fail(source, position, "unterminated quoted string");
  if (character === "`") fail(source, position, "unterminated raw quoted string");
  fail(source, position, `unrecognized character in action: ${named(character)}`);
}

/** Refuses the template because of what stands at this place. */
export function fail(source: string, position: number, problem: string): never {
  const line = source.slice(0, position).split("\n").length;
  throw new TemplateError(`template: :${line}: ${problem}`);
}
