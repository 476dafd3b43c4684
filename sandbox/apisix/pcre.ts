import { PatternError, type Token, tokens } from "./pcre-tokens.ts";

/** A regular expression of APISIX, whose patterns are PCRE, as one of JavaScript that matches the same. */
export function regularExpression(pattern: string, flags = ""): RegExp {
  const [start = "", letters = ""] = /^\(\?([ims]+)\)/.exec(pattern) ?? [];
  const all = [...new Set(flags + letters)].join("");
  const body = translate(pattern.slice(start.length), all.includes("m"));
  // JavaScript knows the properties of characters only with `u`, which takes fewer escapes than PCRE.
  return new RegExp(body, /\\p/i.test(body) ? `${all}u` : all);
}

/** What PCRE2 refuses about a pattern, in the words of the web server's Lua module; undefined for a legal one. */
export function patternError(pattern: string): string | undefined {
  try {
    tokens(pattern);
    return undefined;
  } catch (problem) {
    if (!(problem instanceof PatternError)) throw problem;
    const rest = pattern.slice(problem.offset);
    const where = rest === "" ? "" : ` at "${rest}"`;
    return `pcre2_compile() failed: ${problem.message} in "${pattern}"${where}`;
  }
}

/** What is written otherwise in JavaScript: anchors, classes of POSIX, possessive quantifiers, some escapes. */
function translate(pattern: string, multiline: boolean): string {
  // Options in the middle, `(?i)`, hold until the group ends that they stand in: for each open group, those begun.
  const begun: string[][] = [[]];
  const end = () => ")".repeat(begun.at(-1)?.length ?? 0);
  const parts = tokens(pattern).map(({ kind, text }) => {
    const [, options] = /^\(\?([ims]+)\)$/.exec(text) ?? [];
    if (options !== undefined) {
      begun.at(-1)?.push(`(?${options}:`);
      return `(?${options}:`;
    }
    if (kind === "bar") return `${end()}|${begun.at(-1)?.join("")}`;
    if (kind === "close") {
      const closing = end();
      begun.pop();
      return `${closing})`;
    }
    if (kind === "open") begun.push([]);
    if (text === "$" && !multiline) return endOfText;
    return written(kind, text);
  });
  return parts.join("") + end();
}

function written(kind: Token["kind"], text: string): string {
  if (kind === "escape") return escapes[text] ?? escaped(text);
  if (kind === "class") return characterClass(text);
  if (kind === "quantifier") return text.length > 1 ? text.replace(/\+$/, "") : text;
  if (text.startsWith("(?P<")) return `(?<${text.slice(4)}`;
  if (text.startsWith("(?>")) return "(?:";
  return text.startsWith("(?#") ? "" : text;
}

// In PCRE the end of the text is also before a line break that ends it.
const endOfText = "(?=\\n?(?![\\s\\S]))";

const escapes: Record<string, string> = {
  "\\A": "(?<![\\s\\S])",
  "\\z": "(?![\\s\\S])",
  "\\Z": endOfText,
  // Patterns see bytes, and white space is that of ASCII.
  "\\s": "[\\t-\\r ]",
  "\\S": "[^\\t-\\r ]",
  "\\h": "[ \\t]",
  "\\H": "[^ \\t]",
  "\\R": "(?:\\r\\n|[\\n-\\r])",
  "\\N": "[^\\n]",
  "\\a": "\\x07",
  "\\e": "\\x1b",
  "\\G": "",
};

function escaped(text: string): string {
  const [, quoted] = /^\\Q(.*?)(?:\\E)?$/s.exec(text) ?? [];
  if (quoted !== undefined) return quoted.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  const [, property, letter] = /^\\([pP])(\w)$/.exec(text) ?? [];
  if (property !== undefined) return `\\${property}{${letter}}`;
  const [, hexadecimal] = /^\\x\{([\da-fA-F]+)\}$/.exec(text) ?? [];
  return hexadecimal === undefined ? text : `\\x${hexadecimal.padStart(2, "0")}`;
}

function characterClass(text: string): string {
  return text
    .replace(/^(\[\^?)\]/, "$1\\]")
    .replace(/\[:(\w+):\]/g, (whole, name: string) => posixClasses[name] ?? whole)
    .replace(/(?<=.)(?<!\\)\[/g, "\\[")
    .replaceAll("\\h", " \\t")
    .replace(/(?<!\\)((?:\\\\)*)\\s/g, "$1\\t-\\r ")
    .replace(/(?<!\\)((?:\\\\)*)\\S/g, "$1\\x00-\\x08\\x0e-\\x1f!-\\xff");
}

const posixClasses: Record<string, string> = {
  alnum: "A-Za-z0-9",
  alpha: "A-Za-z",
  blank: " \\t",
  digit: "0-9",
  lower: "a-z",
  punct: "!-\\/:-@\\[-`{-~",
  space: "\\s",
  upper: "A-Z",
  word: "\\w",
  xdigit: "A-Fa-f0-9",
};
