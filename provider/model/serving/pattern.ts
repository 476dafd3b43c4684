const CLASSES: Readonly<Record<string, string>> = {
  alpha: "A-Za-z",
  digit: "0-9",
  alnum: "A-Za-z0-9",
  upper: "A-Z",
  lower: "a-z",
  space: " \\t\\n\\v\\f\\r",
  blank: " \\t",
  xdigit: "0-9A-Fa-f",
  word: "\\w",
};
const OUTSIDE: Readonly<Record<string, string>> = {
  A: "(?<![\\s\\S])",
  z: "(?![\\s\\S])",
  Z: "(?=\\n?(?![\\s\\S]))",
};
const ANYWHERE: Readonly<Record<string, string>> = {
  e: "\\x1b",
  a: "\\x07",
};
const SPACES = " \\t\\n\\v\\f\\r";
/** Escapes that mean the same to both. Digits refer to groups; other letters mean something else or nothing. */
const SHARED = /[dDwWbBnrtf0-9]|[^A-Za-z0-9]/;

/**
 * A regular expression of nginx (PCRE, on bytes) as one of JavaScript, or undefined where it holds something that is not
 * sure to mean the same. Texts to be compared are bytes, one character each.
 */
export function pattern(source: string, ignoreCase = false): RegExp | undefined {
  const [, options = "", rest = source] = /^\(\?([imsx]+)\)([\s\S]*)$/.exec(source) ?? [];
  const anyCase = ignoreCase || options.includes("i");
  // Only JavaScript knows the other case of letters beyond ASCII.
  if (/[mx]/.test(options) || (anyCase && /[^\0-\x7f]/.test(rest))) return undefined;
  const translated = translate(rest, options.includes("s"));
  if (translated === undefined) return undefined;
  try {
    return new RegExp(translated, anyCase ? "i" : "");
  } catch {
    return undefined;
  }
}

function translate(source: string, dotAll: boolean): string | undefined {
  let result = "";
  let at = 0;
  while (at < source.length) {
    const rest = source.slice(at);
    const part = step(rest, dotAll);
    if (!part) return undefined;
    result += part.text;
    at += part.length;
  }
  return result;
}

interface Part {
  text: string;
  length: number;
}

function step(rest: string, dotAll: boolean): Part | undefined {
  const first = rest[0] ?? "";
  if (first === "\\") return escapeSequence(rest, false);
  if (first === "[") return characters(rest);
  if (first === ".") return { text: dotAll ? "[\\s\\S]" : "[^\\n]", length: 1 };
  if (first === "$") return { text: OUTSIDE.Z as string, length: 1 };
  if (first === "(" && rest[1] === "?") return group(rest);
  const quantifier = /^(?:[*+?]|\{\d+(?:,\d*)?\})\??(\+?)/.exec(rest);
  if (!quantifier) return { text: first === "{" ? "\\{" : first === "}" ? "\\}" : first, length: 1 };
  return quantifier[1] === "+" ? undefined : { text: quantifier[0], length: quantifier[0].length };
}

function group(rest: string): Part | undefined {
  const [start] = /^\(\?(?::|=|!|<=|<!|P?<[A-Za-z_]\w*>)/.exec(rest) ?? [];
  return start === undefined ? undefined : { text: start.replace("?P<", "?<"), length: start.length };
}

function escapeSequence(rest: string, inClass: boolean): Part | undefined {
  const [hex] = /^\\x[0-9a-fA-F]{2}/.exec(rest) ?? [];
  if (hex !== undefined) return { text: hex, length: hex.length };
  const letter = rest[1];
  if (letter === undefined) return undefined;
  const plain = (text: string | undefined) => (text === undefined ? undefined : { text, length: 2 });
  if (letter === "s") return plain(inClass ? SPACES : `[${SPACES}]`);
  if (letter === "S") return plain(inClass ? undefined : `[^${SPACES}]`);
  if (letter === "h") return plain(inClass ? " \\t" : "[ \\t]");
  if (ANYWHERE[letter] !== undefined) return plain(ANYWHERE[letter]);
  if (!inClass && OUTSIDE[letter] !== undefined) return plain(OUTSIDE[letter]);
  return SHARED.test(letter) ? plain(`\\${letter}`) : undefined;
}

/** A class in brackets. A closing one that stands first is a character. */
function characters(rest: string): Part | undefined {
  const [start = ""] = /^\[\^?/.exec(rest) ?? [];
  let text = start;
  let at = start.length;
  while (at < rest.length) {
    const inner = rest.slice(at);
    const [named, negated = "", name = ""] = /^\[:(\^?)(\w+):\]/.exec(inner) ?? [];
    if (named !== undefined) {
      if (negated !== "" || CLASSES[name] === undefined) return undefined;
      text += CLASSES[name];
      at += named.length;
    } else if (inner[0] === "]" && at > start.length) {
      return { text: `${text}]`, length: at + 1 };
    } else if (inner[0] === "\\") {
      const escaped = escapeSequence(inner, true);
      if (!escaped) return undefined;
      text += escaped.text;
      at += escaped.length;
    } else {
      text += inner[0] === "]" || inner[0] === "[" ? `\\${inner[0]}` : inner[0];
      at += 1;
    }
  }
  return undefined;
}
