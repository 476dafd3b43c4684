import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "../../tools/repository.ts";

/** A block of a document between lines of three backticks. */
export interface Block {
  /** The file, from the repository's folder. */
  document: string;
  /** What stands behind the backticks, such as `ts` or `console example=readme`. */
  kind: string;
  /** What stands between them. */
  text: string;
}

/** The documents that people write and read, from the repository's folder: no generated ones. */
export const documents: readonly string[] = globSync(
  ["*.md", "docs/*.md", "examples/*/*.md", "templates/*.md", "templates/*/*.md", "test/states/README.md"],
  { cwd: repository },
)
  .map((file) => file.replaceAll("\\", "/"))
  .sort();

/** The text of a document. */
export function textOf(document: string): string {
  return readFileSync(join(repository, document), "utf8");
}

/** The blocks of a document, in their order. */
export function blocksOf(document: string): Block[] {
  return [...textOf(document).matchAll(/^```([^\n]+)\n(.*?)^```$/gms)].map(([, kind = "", text = ""]) => ({
    document,
    kind: kind.trim(),
    text,
  }));
}
