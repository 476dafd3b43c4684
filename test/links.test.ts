import { existsSync, globSync, readFileSync, statSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { expect, test } from "vitest";
import { repository } from "../tools/repository.ts";
import { documents, textOf } from "./support/documents.ts";

/** All documents, the generated ones included. */
const all = [
  ...documents,
  ...globSync("docs/reference/*.md", { cwd: repository }).map((file) => file.replaceAll("\\", "/")),
];

/** A document without its blocks and lines of code, in which nothing is a link or a heading. */
function prose(document: string): string {
  return textOf(document)
    .replace(/^```.*?^```$/gms, "")
    .replace(/`[^`\n]*`/g, (code) => code.replace(/[[\]()]/g, ""));
}

/** The names by which the headings of a document are linked to, as GitHub and VitePress make them. */
function anchorsOf(document: string): Set<string> {
  const seen = new Map<string, number>();
  const headings = [...prose(document).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = ""]) => {
    const anchor = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-");
    const times = seen.get(anchor) ?? 0;
    seen.set(anchor, times + 1);
    return times === 0 ? anchor : `${anchor}-${times}`;
  });
  return new Set(headings);
}

interface Link {
  document: string;
  target: string;
}

const links: Link[] = all.flatMap((document) =>
  [...prose(document).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => ({ document, target })),
);
const isOutside = ({ target }: Link): boolean => /^[a-z]+:/.test(target);

/** Why a link leads nowhere. */
function problemOf({ document, target }: Link): string[] {
  const [path = "", anchor] = target.split("#");
  const file = path === "" ? document : normalize(join(dirname(document), path)).replaceAll("\\", "/");
  const where = `${document}: ${target}`;
  if (!existsSync(join(repository, file)) || !statSync(join(repository, file)).isFile())
    return [`${where} is no file`];
  if (anchor === undefined) return [];
  return file.endsWith(".md") && anchorsOf(file).has(anchor) ? [] : [`${where} is no heading of ${file}`];
}

test("every link inside leads to a file that is there, and to a heading in it", () => {
  const inside = links.filter((link) => !isOutside(link));
  expect(inside.length).toBeGreaterThan(200);
  expect(inside.flatMap(problemOf)).toEqual([]);
});

test("every link outside is a whole https address", () => {
  const outside = links.filter(isOutside);
  expect(outside.length).toBeGreaterThan(40);
  const isWhole = ({ target }: Link) =>
    /^https:\/\/[\w.-]+\.[a-z]{2,}(\/|$)/.test(target) && URL.canParse(target);
  expect(outside.filter((link) => !isWhole(link))).toEqual([]);
});

test("pages that are in the package link to nothing that is not", () => {
  const { files } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8"));
  const packed = (file: string) =>
    /^(README\.md|LICENSE|package\.json)$/.test(file) ||
    files.some((entry: string) => file === entry || file.startsWith(`${entry}/`));
  const missing = links
    .filter((link) => packed(link.document) && !isOutside(link))
    .filter(({ document, target }) => {
      const path = target.replace(/#.*/, "");
      return path !== "" && !packed(normalize(join(dirname(document), path)).replaceAll("\\", "/"));
    });
  expect(missing).toEqual([]);
});

test("the README is short: at most 150 lines", () => {
  expect(textOf("README.md").split("\n").length).toBeLessThanOrEqual(151);
});
