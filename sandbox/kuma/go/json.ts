import { quote } from "./quote.ts";

/** The name that Go's JSON decoder has for the type of a JSON value. */
export function jsonTypeName(value: unknown): string {
  if (Array.isArray(value)) return "array";
  if (typeof value === "boolean") return "bool";
  return typeof value;
}

/** What Go says about a text that is no JSON; undefined about JSON. */
export function jsonSyntaxError(text: string | Buffer): string | undefined {
  try {
    // Go reads bytes, and names each as if it were a character.
    new Scanner(Buffer.from(text as string).toString("latin1")).whole();
    return undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return error.message;
    throw error;
  }
}

/** The value of a text that is JSON. Half a pair of surrogates, which UTF-8 does not have, is a replacement character. */
export function parseJson(text: string): unknown {
  if (!/\\u[dD][89a-fA-F]/.test(text)) return JSON.parse(text);
  return wellFormed(JSON.parse(text));
}

function wellFormed(value: unknown): unknown {
  if (typeof value === "string") return value.toWellFormed();
  if (Array.isArray(value)) return value.map(wellFormed);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key.toWellFormed(), wellFormed(inner)]),
  );
}

/** Reads JSON as Go's scanner does, for the sake of its complaints. */
class Scanner {
  #position = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): void {
    this.#value();
    this.#skipSpace();
    if (this.#position < this.#text.length) this.#fail("after top-level value");
  }

  #value(): void {
    this.#skipSpace();
    const character = this.#peek();
    if (character === "{") this.#object();
    else if (character === "[") this.#array();
    else if (character === '"') this.#string();
    else if (/[-0-9]/.test(character)) this.#number();
    else if (character in literals) this.#literal(literals[character] ?? "");
    else this.#fail("looking for beginning of value");
  }

  #object(): void {
    this.#position++;
    this.#skipSpace();
    if (this.#take("}")) return;
    do {
      this.#skipSpace();
      if (this.#peek() !== '"') this.#fail("looking for beginning of object key string");
      this.#string();
      this.#skipSpace();
      if (!this.#take(":")) this.#fail("after object key");
      this.#value();
      this.#skipSpace();
    } while (this.#take(","));
    if (!this.#take("}")) this.#fail("after object key:value pair");
  }

  #array(): void {
    this.#position++;
    this.#skipSpace();
    if (this.#take("]")) return;
    do {
      this.#value();
      this.#skipSpace();
    } while (this.#take(","));
    if (!this.#take("]")) this.#fail("after array element");
  }

  #string(): void {
    this.#position++;
    while (!this.#take('"')) {
      const character = this.#peek();
      if (character < " ") this.#fail("in string literal");
      this.#position++;
      if (character !== "\\") continue;
      if (this.#take("u")) {
        for (let digit = 0; digit < 4; digit++) {
          if (!this.#take(/[0-9a-fA-F]/)) this.#fail("in \\u hexadecimal character escape");
        }
      } else if (!this.#take(/["\\/bfnrt]/)) {
        this.#fail("in string escape code");
      }
    }
  }

  #number(): void {
    this.#take("-");
    if (!this.#take("0")) {
      if (!this.#take(/[1-9]/)) this.#fail("in numeric literal");
      while (this.#take(/[0-9]/));
    }
    if (this.#take(".")) this.#digits("after decimal point in numeric literal");
    if (this.#take(/[eE]/)) {
      this.#take(/[+-]/);
      this.#digits("in exponent of numeric literal");
    }
  }

  #digits(place: string): void {
    if (!this.#take(/[0-9]/)) this.#fail(place);
    while (this.#take(/[0-9]/));
  }

  #literal(word: string): void {
    for (const letter of word) {
      if (!this.#take(letter)) this.#fail(`in literal ${word} (expecting '${letter}')`);
    }
  }

  #skipSpace(): void {
    while (this.#take(/[ \t\r\n]/));
  }

  /** The next character; a text that ends here is refused. */
  #peek(): string {
    const character = this.#text[this.#position];
    if (character === undefined) throw new SyntaxError("unexpected end of JSON input");
    return character;
  }

  /** Whether the next character is this one, which is then left behind. */
  #take(wanted: string | RegExp): boolean {
    const character = this.#text[this.#position];
    if (character === undefined) return false;
    if (typeof wanted === "string" ? character !== wanted : !wanted.test(character)) return false;
    this.#position++;
    return true;
  }

  #fail(place: string): never {
    // What is only begun at the end of the text is told as if a space came next.
    const isBegun = /^in |^after decimal point/.test(place);
    const character = isBegun ? (this.#text[this.#position] ?? " ") : this.#peek();
    const quoted = character === "'" ? "\\'" : character === '"' ? '"' : quote(character).slice(1, -1);
    throw new SyntaxError(`invalid character '${quoted}' ${place}`);
  }
}

const literals: Record<string, string> = { t: "true", f: "false", n: "null" };
