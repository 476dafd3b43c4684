/** A text that is no Lua, in LuaJIT's words. */
export class LuaSyntaxError extends Error {}

/** A word, sign or literal of Lua. The end of the text is the kind `<eof>`. */
export interface Token {
  /** For reserved words and signs they themselves, else `<name>`, `<number>`, `<string>` or `<eof>`. */
  kind: string;
  /** What an error quotes. */
  text: string;
  /** The line in which the token ends, counted from 1. */
  line: number;
}

const reserved = new Set(
  "and break do else elseif end false for function goto if in local nil not or repeat return then true until while".split(
    " ",
  ),
);

/** Takes a text apart as LuaJIT does. A text that cannot be is an error only when one gets there. */
export class Lexer {
  readonly #source: string;
  #at = 0;
  /** The line of the token after the one last taken. */
  line = 1;

  constructor(source: string) {
    this.#source = source;
  }

  /** The next token. */
  next(): Token {
    this.#skipSpace();
    const { 0: first = "" } = this.#rest(1);
    if (this.#at >= this.#source.length) return this.#token("<eof>", "<eof>");
    if (/[\w\x80-\uffff]/.test(first) && !/\d/.test(first)) {
      const word = this.#take(/[\w\x80-\uffff]+/y);
      return reserved.has(word) ? this.#token(word, word) : this.#token("<name>", word);
    }
    if (/^\.?\d/.test(this.#rest(2))) return this.#number();
    if (first === '"' || first === "'") return this.#string(first);
    if (/^\[=*\[/.test(this.#source.slice(this.#at))) {
      const from = this.#at;
      this.#long("unfinished long string");
      return this.#token("<string>", this.#source.slice(from, this.#at));
    }
    const bracket = this.#match(/\[=+/y);
    if (bracket !== "") this.#fail("invalid long string delimiter", bracket);
    const sign = this.#take(/\.\.\.|\.\.|==|<=|>=|~=|::|./sy);
    const code = sign.charCodeAt(0);
    return this.#token(sign, code < 32 || code === 127 ? `char(${code})` : sign);
  }

  #rest(length: number): string {
    return this.#source.slice(this.#at, this.#at + length);
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#source)?.[0] ?? "";
  }

  #take(pattern: RegExp): string {
    const text = this.#match(pattern);
    this.#at += text.length;
    this.line += text.match(/\r\n|\n\r|\n|\r/g)?.length ?? 0;
    return text;
  }

  #token(kind: string, text: string): Token {
    return { kind, text, line: this.line };
  }

  #fail(problem: string, near: string): never {
    throw new LuaSyntaxError(`${this.line}: ${problem} near '${near}'`);
  }

  #skipSpace(): void {
    for (;;) {
      this.#take(/[ \t\v\f\r\n]+/y);
      if (this.#rest(2) !== "--") return;
      this.#at += 2;
      if (this.#match(/\[=*\[/y) !== "") this.#long("unfinished long comment");
      else this.#take(/[^\r\n]*/y);
    }
  }

  /** Skips `[[…]]` or `[==[…]==]`. */
  #long(unfinished: string): void {
    const opening = this.#take(/\[=*\[/y);
    const closing = opening.replaceAll("[", "]");
    const end = this.#source.indexOf(closing, this.#at);
    this.#take(end < 0 ? /.*/sy : new RegExp(`.{${end - this.#at + closing.length}}`, "sy"));
    if (end < 0) this.#fail(unfinished, "<eof>");
  }

  #number(): Token {
    const hexadecimal = this.#match(/0x/iy) !== "";
    const text = this.#take(hexadecimal ? /(?:p[+-]|[\w.\x80-\uffff])+/iy : /(?:e[+-]|[\w.\x80-\uffff])+/iy);
    const legal = hexadecimal
      ? /^0x(?:[\da-f]+\.?[\da-f]*|\.[\da-f]+)(?:p[+-]?\d+)?(?:u?ll|ull|i)?$/i
      : /^(?:0b[01]+|(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)(?:u?ll|i)?$/i;
    if (!legal.test(text)) this.#fail("malformed number", text);
    return this.#token("<number>", text);
  }

  #string(quote: string): Token {
    let text = this.#take(/["']/y);
    for (;;) {
      text += this.#take(quote === '"' ? /[^"\\\r\n]*/y : /[^'\\\r\n]*/y);
      const next = this.#rest(1);
      if (next === "") this.#fail("unfinished string", "<eof>");
      if (next === "\n" || next === "\r") this.#fail("unfinished string", text);
      if (next === quote) {
        this.#at += 1;
        return this.#token("<string>", text + quote);
      }
      const sequence = this.#take(
        /\\(?:[abfnrtv\\"']|x[\da-f]{2}|u\{[\da-f]+\}|z\s*|\r\n|\n\r|\r|\n|\d{1,3}|$)/iy,
      );
      const code = Number(sequence.slice(1));
      if (sequence === "" || (/^\\\d/.test(sequence) && code > 255))
        this.#fail("invalid escape sequence", text);
      text += unescaped(sequence);
    }
  }
}

const controls: Record<string, string> = { a: "\x07", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" };

function unescaped(sequence: string): string {
  const [, letter = "", rest = ""] = /^\\(.?)(.*)$/s.exec(sequence) ?? [];
  if (/\d/.test(letter)) return String.fromCharCode(Number(letter + rest));
  if (letter === "x") return String.fromCharCode(Number.parseInt(rest, 16));
  if (letter === "u") return String.fromCodePoint(Math.min(0x10ffff, Number.parseInt(rest.slice(1), 16)));
  if (letter === "z") return "";
  if (/[\r\n]/.test(letter)) return "\n";
  return controls[letter] ?? letter;
}
