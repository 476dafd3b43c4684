/** What PCRE2 refuses of a pattern, in its words, and where in the pattern it stopped reading. */
export class PatternError extends Error {
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/** A part of a pattern. */
export interface Token {
  kind: "escape" | "class" | "quantifier" | "open" | "close" | "bar" | "other";
  text: string;
}

const twoNames = "two named subpatterns have the same name (PCRE2_DUPNAMES not set)";
const noRepeat = "quantifier does not follow a repeatable item";

/** Takes a pattern apart as PCRE2 reads it; throws {@link PatternError} where PCRE2 refuses it. */
export function tokens(pattern: string): Token[] {
  const found: Token[] = [];
  const names = new Set<string>();
  const references: { group: number; offset: number }[] = [];
  let depth = 0;
  let groups = 0;
  let at = 0;
  let repeatable = false;
  while (at < pattern.length) {
    const token = next(pattern, at);
    const end = at + token.text.length;
    if (token.kind === "quantifier") {
      checkOrder(token.text, at);
      if (!repeatable) throw new PatternError(noRepeat, at + Math.max(0, token.text.indexOf("}")));
    } else if (token.kind === "open") {
      depth += 1;
      const [, name] = /^\(\?P?[<'](\w+)[>']/.exec(token.text) ?? [];
      if (token.text === "(" || name !== undefined) groups += 1;
      if (name !== undefined && names.has(name)) throw new PatternError(twoNames, end);
      if (name !== undefined) names.add(name);
    } else if (token.kind === "close") {
      if (depth === 0) throw new PatternError("unmatched closing parenthesis", at);
      depth -= 1;
    } else if (token.kind === "escape" && /^\\[1-9]/.test(token.text)) {
      references.push({ group: Number(token.text.slice(1)), offset: end - 1 });
    }
    repeatable =
      !["quantifier", "open", "bar"].includes(token.kind) && !/^(?:[$^]|\(\?[a-zA-Z-]+\))$/.test(token.text);
    found.push(token);
    at = end;
  }
  if (depth > 0) throw new PatternError("missing closing parenthesis", pattern.length);
  // Up to \9 a number is always a reference; above, it may be a character in octal.
  const missing = references.find(({ group }) => group > groups && group < 10);
  if (missing) throw new PatternError("reference to non-existent subpattern", missing.offset);
  return found;
}

function next(pattern: string, at: number): Token {
  const rest = pattern.slice(at);
  switch (rest[0]) {
    case "\\":
      return { kind: "escape", text: escapeSequence(rest, at) };
    case "[":
      return { kind: "class", text: characterClass(rest, at) };
    case "(":
      return group(rest, at);
    case ")":
      return { kind: "close", text: ")" };
    case "|":
      return { kind: "bar", text: "|" };
    default: {
      const [quantifier] = /^(?:[*+?]|\{\d+(?:,\d*)?\})[+?]?/.exec(rest) ?? [];
      return quantifier ? { kind: "quantifier", text: quantifier } : { kind: "other", text: rest[0] ?? "" };
    }
  }
}

function escapeSequence(rest: string, at: number): string {
  if (rest.length === 1) throw new PatternError("\\ at end of pattern", at + 1);
  const [text = rest.slice(0, 2)] =
    /^\\(?:Q.*?(?:\\E|$)|x\{[\da-fA-F]+\}|x[\da-fA-F]{0,2}|[pP]\{\^?\w+\}|[pP]\w|k[<{']\w+[>}']|g\{?-?\w+\}?|[1-9]\d*|0[0-7]{0,2}|c.)/s.exec(
      rest,
    ) ?? [];
  if (/^\\[FLlUu]/.test(text)) {
    throw new PatternError("PCRE2 does not support \\F, \\L, \\l, \\N{name}, \\U, or \\u", at + 2);
  }
  if (/^\\[ijmqyIJMOTY]/.test(text)) throw new PatternError("unrecognized character follows \\", at + 1);
  return text;
}

function characterClass(rest: string, at: number): string {
  let end = rest.startsWith("[^") ? 2 : 1;
  const start = end;
  let previous: string | undefined;
  let range = false;
  while (end < rest.length) {
    // A bracket that would close an empty class is one of its characters.
    if (rest[end] === "]" && end > start) return rest.slice(0, end + 1);
    const [item = ""] = /^(?:\\Q.*?\\E|\\.|\[:\^?\w*:\]|.)/s.exec(rest.slice(end)) ?? [];
    if (item === "\\") throw new PatternError("\\ at end of pattern", at + end + 1);
    if (item === "-" && previous !== undefined && !range && rest[end + 1] !== "]") range = true;
    else {
      if (range && previous !== undefined && item.length === 1 && previous > item)
        throw new PatternError("range out of order in character class", at + end);
      previous = item.length === 1 && !range ? item : undefined;
      range = false;
    }
    end += item.length;
  }
  throw new PatternError("missing terminating ] for character class", at + rest.length);
}

function group(rest: string, at: number): Token {
  const comment = /^\(\?#/.test(rest);
  if (comment) {
    const end = rest.indexOf(")");
    if (end < 0) throw new PatternError("missing ) after (?# comment", at + rest.length);
    return { kind: "other", text: rest.slice(0, end + 1) };
  }
  const [text] =
    /^\((?:\*(?:ACCEPT|FAIL|F|COMMIT|PRUNE|SKIP|THEN|MARK:\w+)\)|\?(?:[:=!>|]|<[=!]|P?<[A-Za-z_]\w*>|'\w+'|P[=>]\w+\)|&\w+\)|R\)|[+-]?\d+\)|[imsxnUJ^-]*[:)]|\())?/.exec(
      rest,
    ) ?? [];
  if (text === undefined) return { kind: "open", text: "(" };
  const [verb] = text === "(" ? (/^\(\*[A-Za-z]*/.exec(rest) ?? []) : [];
  if (verb !== undefined) {
    const words = /[a-z]/.test(verb)
      ? "(*alpha_assertion) not recognized"
      : "(*VERB) not recognized or malformed";
    throw new PatternError(words, at + verb.length);
  }
  if (text === "(" && rest[1] === "?") {
    if (rest.length === 2 || /^\(\?[imsx-]*$/.test(rest))
      throw new PatternError("missing closing parenthesis", at + rest.length);
    if (/^\(\?P?<\d/.test(rest)) {
      throw new PatternError("subpattern name must start with a non-digit", at + rest.indexOf("<") + 1);
    }
    const [name] = /^\(\?P?<\w*/.exec(rest) ?? [];
    if (name) {
      const offset = at + name.length;
      throw new PatternError("syntax error in subpattern name (missing terminator?)", offset);
    }
    throw new PatternError("unrecognized character after (? or (?-", at + 2);
  }
  return { kind: text.endsWith(")") ? "other" : "open", text };
}

function checkOrder(quantifier: string, at: number): void {
  const [, least, most] = /^\{(\d+),(\d+)\}/.exec(quantifier) ?? [];
  if (least !== undefined && Number(least) > Number(most)) {
    throw new PatternError("numbers out of order in {} quantifier", at + quantifier.indexOf("}"));
  }
}
