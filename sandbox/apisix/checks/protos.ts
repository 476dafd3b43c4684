/** What is wrong with the content of a proto, so far as its first word tells. */
export function protoProblem(content: string): string | undefined {
  const [, keyword] = /^\s*([A-Za-z]\w*)/.exec(content) ?? [];
  if (keyword && /^(syntax|edition|package|import|option|message|enum|service|extend)$/.test(keyword))
    return undefined;
  return `unknown keyword '${keyword ?? ""}'`;
}
