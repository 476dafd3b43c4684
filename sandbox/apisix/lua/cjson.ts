/** Why a text is no JSON, in the words of the decoder that APISIX uses. */
export class JsonError extends Error {}

interface JsonToken {
  kind: string;
  /** Where it begins, in bytes. */
  start: number;
  value?: unknown;
}

const single: Record<string, string> = {
  "{": "T_OBJ_BEGIN",
  "}": "T_OBJ_END",
  "[": "T_ARR_BEGIN",
  "]": "T_ARR_END",
  ",": "T_COMMA",
  ":": "T_COLON",
  "\0": "T_END",
};

const words: [string, string, unknown][] = [
  ["true", "T_BOOLEAN", true],
  ["false", "T_BOOLEAN", false],
  ["null", "T_NULL", null],
];

const escapes: Record<string, string> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

/** How deep objects and lists may stand within each other. */
const DEEPEST = 1000;

/**
 * Decodes JSON as APISIX does: control characters may stand in texts, of a name that is there twice the last value
 * counts, and a number may be infinite. Throws {@link JsonError}.
 */
export function decodeJson(bytes: Buffer): unknown {
  const decoder = new Decoder(bytes.toString("latin1"));
  return decoder.document();
}

class Decoder {
  /** One character for each byte. */
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): unknown {
    if (this.#text.length >= 2 && this.#text.slice(0, 2).includes("\0"))
      throw new JsonError("JSON parser does not support UTF-16 or UTF-32");
    const value = this.#value(this.#next());
    const end = this.#next();
    if (end.kind !== "T_END") this.#fail("the end", end);
    return value;
  }

  #fail(expected: string, { kind, start }: JsonToken): never {
    throw new JsonError(`Expected ${expected} but found ${kind} at character ${start + 1}`);
  }

  #value(token: JsonToken): unknown {
    if (token.kind === "T_OBJ_BEGIN") return this.#within(() => this.#object());
    if (token.kind === "T_ARR_BEGIN") return this.#within(() => this.#list());
    return "value" in token ? token.value : this.#fail("value", token);
  }

  #within<T>(inner: () => T): T {
    this.#depth += 1;
    if (this.#depth > DEEPEST)
      throw new JsonError(`Found too many nested data structures (${this.#depth}) at character ${this.#at}`);
    const value = inner();
    this.#depth -= 1;
    return value;
  }

  #object(): unknown {
    const entries: [string, unknown][] = [];
    let token = this.#next();
    if (token.kind === "T_OBJ_END") return {};
    for (;;) {
      if (token.kind !== "T_STRING") this.#fail("object key string", token);
      const colon = this.#next();
      if (colon.kind !== "T_COLON") this.#fail("colon", colon);
      entries.push([String(token.value), this.#value(this.#next())]);
      token = this.#next();
      if (token.kind === "T_OBJ_END") return Object.fromEntries(entries);
      if (token.kind !== "T_COMMA") this.#fail("comma or object end", token);
      token = this.#next();
    }
  }

  #list(): unknown {
    const items: unknown[] = [];
    let token = this.#next();
    if (token.kind === "T_ARR_END") return items;
    for (;;) {
      items.push(this.#value(token));
      token = this.#next();
      if (token.kind === "T_ARR_END") return items;
      if (token.kind !== "T_COMMA") this.#fail("comma or array end", token);
      token = this.#next();
    }
  }

  #next(): JsonToken {
    while (/[ \t\r\n]/.test(this.#text[this.#at] ?? "")) this.#at += 1;
    const start = this.#at;
    const character = this.#text[start] ?? "\0";
    const kind = single[character];
    if (kind !== undefined) {
      if (kind !== "T_END") this.#at += 1;
      return { kind, start };
    }
    if (character === '"') return this.#string(start);
    if (/[-\d]/.test(character)) return this.#number(start);
    for (const [word, type, value] of words) {
      if (!this.#text.startsWith(word, start)) continue;
      this.#at += word.length;
      return { kind: type, start, value };
    }
    return { kind: "invalid token", start };
  }

  #number(start: number): JsonToken {
    const invalid = { kind: "invalid number", start };
    const rest = this.#text.slice(start, start + 400);
    if (/^-?(0[xX\d]|inf|nan)/i.test(rest)) return invalid;
    const [digits] = /^-?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?/.exec(rest) ?? [];
    if (digits === undefined) return invalid;
    this.#at = start + digits.length;
    const isWhole = /^-?\d{1,18}$/.test(digits);
    return { kind: isWhole ? "T_INTEGER" : "T_NUMBER", start, value: Number(digits) };
  }

  #string(start: number): JsonToken {
    const parts: string[] = [];
    const broken = (kind: string): JsonToken => ({ kind, start: this.#at });
    this.#at += 1;
    for (;;) {
      const character = this.#text[this.#at] ?? "\0";
      if (character === '"') break;
      if (character === "\0") return broken("unexpected end of string");
      if (character !== "\\") {
        parts.push(character);
        this.#at += 1;
        continue;
      }
      const letter = this.#text[this.#at + 1] ?? "\0";
      if (letter === "u") {
        const [written, codes] = escapedUnicode(this.#text.slice(this.#at, this.#at + 12));
        if (codes === undefined) return broken("invalid unicode escape code");
        parts.push(Buffer.from(codes, "utf8").toString("latin1"));
        this.#at += written;
        continue;
      }
      const escaped = escapes[letter];
      if (escaped === undefined) return broken("invalid escape code");
      parts.push(escaped);
      this.#at += 2;
    }
    this.#at += 1;
    return { kind: "T_STRING", start, value: Buffer.from(parts.join(""), "latin1").toString("utf8") };
  }
}

/** How long an escape is, and the text that it stands for; no text where half a pair of surrogates is missing. */
function escapedUnicode(text: string): [number, string | undefined] {
  const [, digits] = /^\\u([\da-fA-F]{4})/.exec(text) ?? [];
  if (digits === undefined) return [0, undefined];
  const code = Number.parseInt(digits, 16);
  if (code < 0xd800 || code > 0xdfff) return [6, String.fromCharCode(code)];
  const [, low] = /^.{6}\\u([dD][c-fC-F][\da-fA-F]{2})/.exec(text) ?? [];
  if (code > 0xdbff || low === undefined) return [0, undefined];
  return [12, String.fromCharCode(code, Number.parseInt(low, 16))];
}
