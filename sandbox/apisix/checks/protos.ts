const statements = new Set([
  "syntax",
  "edition",
  "package",
  "import",
  "option",
  "message",
  "enum",
  "service",
  "extend",
]);

/**
 * What is wrong with the content of a proto, so far as the words at the beginnings of its statements and its brackets
 * tell. What is inside is left to a compiler.
 */
export function protoProblem(content: string): string | undefined {
  const text = content
    .replace(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'/g, '""')
    .replace(/\/\/[^\n]*|\/\*.*?\*\//gs, " ");
  let depth = 0;
  let begins = true;
  for (const [token] of text.matchAll(/[\w.]+|""|[^\s]/g)) {
    if (token === "}" && depth === 0) return "unexpected '}'";
    if (token === "{") depth += 1;
    if (token === "}") depth -= 1;
    if (depth > 0 || token === "}" || token === ";") {
      begins = depth === 0;
      continue;
    }
    if (begins && !statements.has(token)) return `unknown keyword '${token}'`;
    begins = false;
  }
  return depth > 0 || !begins ? "unexpected end of file" : undefined;
}
