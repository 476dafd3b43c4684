const first = new Set(["syntax", "edition"]);
const statements = new Set(["package", "import", "option", "message", "enum", "service", "extend"]);

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
  let [keyword, scope] = ["", ""];
  const types = new Set<string>();
  let isFirst = true;
  for (const [token] of text.matchAll(/[\w.]+|""|[^\s]/g)) {
    if (token === "}" && depth === 0) return "unexpected '}'";
    if (token === "{") depth += 1;
    if (token === "}") depth -= 1;
    if (depth > 0 || token === "}" || token === ";") {
      begins = depth === 0;
      continue;
    }
    if (begins) {
      if (!statements.has(token) && !(isFirst && first.has(token))) return `unknown keyword '${token}'`;
      [keyword, isFirst] = [token, false];
    } else if (keyword === "package") {
      scope = `.${token}`;
      keyword = "";
    } else if (keyword === "message" || keyword === "enum") {
      const name = `${scope}.${token}`;
      if (types.has(name)) return `type ${name} already defined`;
      types.add(name);
      keyword = "";
    }
    begins = false;
  }
  return depth > 0 || !begins ? "unexpected end of file" : undefined;
}
