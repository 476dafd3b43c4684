import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { repository } from "../tools/repository.ts";
import { ELSEWHERE } from "./support/proposals/elsewhere.ts";
import { isPieceOf, isProposal, proposalsIn, textsIn } from "./support/proposals/sentences.ts";
import { ROWS } from "./support/proposals/table.ts";

const FOLDERS = [
  ...["provider/server", "provider/lifecycle", "provider/dynamic", "provider/plugin"],
  ...["sdk", "cli"],
];
const sentences = proposalsIn(FOLDERS);
const carriedOut = [...ROWS.map(({ proposal }) => proposal), ...ELSEWHERE.map(([proposal]) => proposal)];

test("every proposal in a message is carried out by a test", () => {
  expect(sentences.length).toBeGreaterThan(80);
  const open = sentences.filter(({ text }) => !carriedOut.some((piece) => isPieceOf(piece, text)));
  expect(open.map(({ file, text }) => `${file}: ${text}`)).toEqual([]);
});

test("every row carries out a proposal that a message makes", () => {
  const stale = carriedOut.filter((piece) => !sentences.some(({ text }) => isPieceOf(piece, text)));
  expect(stale).toEqual([]);
});

test.each(ELSEWHERE)("%s: the test that carries it out is there", (_, file, title) => {
  const source = readFileSync(join(repository, "test", `${file}.test.ts`), "utf8");
  expect(textsIn(source)).toContain(title);
});

test("a text is a proposal if somebody is told what to do", () => {
  const told = [
    "Set … (pulumi config set … URL), pass a provider, or set ….",
    '…, or use target "kubernetes"',
    "mesh.meshes: is empty; leave mesh out instead.",
    "gateways: needs gateway, which says what is offered there.",
    "If it is only slow, raise the provider's requestTimeout (seconds).",
  ];
  const others = [
    "In the order in which they run.",
    'read the schema of plugin "…"',
    "Read from … servers:",
    '--secrets: nothing that is imported needs "…".',
    "// Pulumi deletes none of these before this is taken out and `pulumi up` has run.",
  ];
  expect(told.filter((text) => !isProposal(text))).toEqual([]);
  expect(others.filter(isProposal)).toEqual([]);
});

test("a piece of a message is found in its text, whatever is put into that", () => {
  const text = 'There is no … "…" at …. Check the id; to make one, declare it with new.';
  expect(isPieceOf('There is no route "a" at http://a. Check the id', text)).toBe(true);
  expect(isPieceOf("Check the id; to make one, declare it with new.", text)).toBe(true);
  expect(isPieceOf("Check the name; to make one, declare it", text)).toBe(false);
  expect(isPieceOf("whatever is put in there", text)).toBe(false);
});
