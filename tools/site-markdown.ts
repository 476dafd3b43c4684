import type { MarkdownOptions } from "vitepress";

/** The name of a heading in an address, as GitHub makes it, so that links lead to the same there and here. */
function slugify(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, "")
    .replaceAll(" ", "-");
}

/** How pages of Markdown become HTML. */
export const markdown: MarkdownOptions = {
  // What looks like HTML in a page is text.
  html: false,
  anchor: { slugify },
  theme: { light: "github-light-high-contrast", dark: "github-dark-high-contrast" },
  config: (md) => {
    // A block that is code by its indent alone looks and scrolls as the others.
    md.core.ruler.push("indented code", ({ tokens }) => {
      for (const token of tokens)
        if (token.type === "code_block") Object.assign(token, { type: "fence", tag: "code", markup: "```" });
    });
    // Braces in code are text, not an expression of Vue: `{{ .DisplayName }}`.
    md.core.ruler.push("braces in code", ({ tokens }) => {
      for (const token of tokens.flatMap(({ children }) => children ?? []))
        if (token.type === "code_inline") token.attrSet("v-pre", "");
    });
    // The first column of a table may have no heading; a heading without a text is one for nobody.
    md.core.ruler.push("empty headings", ({ tokens }) => {
      for (const [index, token] of tokens.entries())
        if (token.type === "th_open" && tokens[index + 1]?.content === "") {
          token.tag = "td";
          const close = tokens.slice(index).find(({ type }) => type === "th_close");
          if (close) close.tag = "td";
        }
    });
  },
};
