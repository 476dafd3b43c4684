const KEYWORDS = ["if", "else", "end", "range", "with", "define", "template", "block", "break", "continue"];
const FUNCTIONS =
  "and or not len index slice print printf println html js urlquery call eq ne lt le gt ge true false nil".split(
    " ",
  );
const OPENING = ["if", "range", "with", "define", "block"];
/** A string, a comment, a field or variable, a number, a word, or a sign. */
const TOKEN = /"(?:[^"\\\n]|\\.)*"|`[^`]*`|\/\*[\s\S]*?\*\/|[.$][\w.]*|\d[\w.]*|[A-Za-z_]\w*|[()|,:=]+|\s+/y;

/**
 * What is wrong with a template of Go's, as far as that can be told without Go; undefined when nothing is.
 *
 * @param functions What the template may call, beside Go's own functions.
 */
export function templateProblem(text: string, functions: readonly string[]): string | undefined {
  let open = 0;
  for (let start = text.indexOf("{{"); start >= 0; start = text.indexOf("{{", start)) {
    const end = endOf(text, start + 2);
    if (end === undefined) return 'has a "{{" without its "}}"';
    const action = text.slice(start + 2, end).replace(/^-\s|\s-$/g, "");
    const words = tokensOf(action);
    if (!words) return `has an action that cannot be read: {{${action.slice(0, 40)}}}`;
    const [first = ""] = words;
    if (first === "") return "has an empty action";
    const unknown = words.find(
      (word) => /^[A-Za-z_]/.test(word) && ![...KEYWORDS, ...FUNCTIONS, ...functions].includes(word),
    );
    if (unknown !== undefined) return `calls ${JSON.stringify(unknown)}, which is no function here`;
    if (OPENING.includes(first)) open++;
    if (first === "end" && --open < 0) return "has an {{end}} too many";
    start = end + 2;
  }
  return open > 0 ? "lacks an {{end}}" : undefined;
}

/** Where an action ends that begins here; a "}}" in a string does not end it. */
function endOf(text: string, from: number): number | undefined {
  for (let at = from; at < text.length; ) {
    if (text.startsWith("}}", at)) return at;
    TOKEN.lastIndex = at;
    at += TOKEN.exec(text)?.[0].length ?? 1;
  }
  return undefined;
}

/** The words of an action, or nothing if it cannot be read. */
function tokensOf(action: string): string[] | undefined {
  const words: string[] = [];
  for (let at = 0; at < action.length; ) {
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(action)?.[0];
    if (token === undefined) return undefined;
    if (/\S/.test(token) && !token.startsWith("/*")) words.push(token);
    at += token.length;
  }
  return words.length > 0 || !action.includes("/*") ? words : ["comment"].filter(() => false);
}
