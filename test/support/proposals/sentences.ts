import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as ts from "typescript";
import { repository } from "../../../tools/repository.ts";

/** A text of the source. What is put into a template stands in it as `…`. */
export interface Sentence {
  file: string;
  text: string;
}

/** What a proposal begins with: an imperative. */
const VERBS = [
  ...["add", "ask", "check", "choose", "close", "create", "declare", "delete", "enter", "export", "give"],
  ...["install", "keep", "leave", "let", "look", "make", "move", "name", "open", "pass", "put", "raise"],
  ...["read", "remove", "rename", "restart", "restore", "run", "save", "say", "see", "set", "spell", "start"],
  ...["take", "try", "turn", "update", "upgrade", "use", "wait", "write"],
];
/**
 * Somebody is told what to do: an imperative at the begin of a clause, a need, or where something belongs. A text that begins
 * with a small letter is no sentence but what was being done, as in `read the schema of a route`.
 */
const PROPOSAL = new RegExp(
  [
    `(?:[.;:,)] |\\b(?:or|and|so|then) )(?:${[...VERBS, ...VERBS.map(capital)].join("|")})\\b`,
    `^(?:${VERBS.map(capital).join("|")})\\b(?! from)`,
    "\\b(?<!\\bnothing\\b[^.;]*)needs?\\b|\\bbelong to\\b",
  ].join("|"),
);

function capital(verb: string): string {
  return verb.charAt(0).toUpperCase() + verb.slice(1);
}

/** Whether a text of the source tells somebody what to do. */
export function isProposal(text: string): boolean {
  const words = text.match(/\p{L}{2,}/gu) ?? [];
  return words.length > 2 && PROPOSAL.test(text.trim());
}

/** All texts of the hand-written files of some folders that tell somebody what to do. */
export function proposalsIn(folders: readonly string[]): Sentence[] {
  const files = folders.flatMap((folder) => globSync(`${folder}/**/*.ts`, { cwd: repository })).sort();
  return files.flatMap((file) => {
    const source = readFileSync(join(repository, file), "utf8");
    if (source.startsWith("// Generated")) return [];
    return textsIn(source)
      .filter(isProposal)
      .map((text) => ({ file: file.replaceAll("\\", "/"), text }));
  });
}

/** The texts of a source file, other than names of modules and the texts of `--help`. */
export function textsIn(source: string): string[] {
  const texts: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return;
    if (ts.isVariableDeclaration(node) && /(^|_)USAGE$/.test(node.name.getText())) return;
    if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) texts.push(node.text);
    if (ts.isTemplateExpression(node))
      texts.push(node.head.text + node.templateSpans.map(({ literal }) => `…${literal.text}`).join(""));
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile("source.ts", source, ts.ScriptTarget.Latest, true));
  return texts;
}

/** How many characters of a message have to be those of a text, besides what is put into it. */
const LEAST = 12;

/**
 * Whether a piece of a message may be a piece of a text of the source. `…` stands for anything, but two of five
 * characters of the piece have to be the text's own.
 */
export function isPieceOf(piece: string, text: string): boolean {
  const needed = Math.max(Math.ceil(piece.length * 0.4), Math.min(LEAST, piece.length));
  // Characters of their own by how far piece and text are compared; -1 where they do not fit.
  let row = new Array<number>(text.length + 1).fill(0);
  for (const character of piece) {
    const next = new Array<number>(text.length + 1).fill(-1);
    for (let at = 0; at <= text.length; at++) {
      const before = row[at] ?? -1;
      // What is put in takes the character, and more may follow.
      if (text[at] === "…" && before >= 0) next[at] = Math.max(next[at] ?? -1, before);
      const own = at > 0 ? (row[at - 1] ?? -1) : -1;
      if (own >= 0 && text[at - 1] === character) next[at] = Math.max(next[at] ?? -1, own + 1);
      // Past what is put in.
      if (at > 0 && text[at - 1] === "…") next[at] = Math.max(next[at] ?? -1, next[at - 1] ?? -1);
    }
    row = next;
  }
  return Math.max(...row) >= needed;
}
