import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { repository } from "../../tools/repository.ts";
import { textOf } from "./documents.ts";

const BLOCK = /^(```\w+ example=(\S+)\n(?:\$ [^\n]*\n)?)(.*?)^```$/gms;

/**
 * Holds the blocks of a document whose kind is `console example=NAME` (or of another language) to what is said here, by
 * their names. A block may begin with its command, `$ …`, which stays. With --update the document is written.
 */
export function expectOutputs(document: string, outputs: Readonly<Record<string, string>>): void {
  const text = textOf(document);
  const found = new Set<string>();
  const current = text.replace(BLOCK, (block, head: string, name: string) => {
    const output = outputs[name];
    if (output === undefined) return block;
    found.add(name);
    return `${head}${output.trimEnd()}\n\`\`\``;
  });
  expect([...found].sort()).toEqual(Object.keys(outputs).sort());
  // Not a snapshot in a file: those of one test file are written together, each over the others.
  if (expect.getState().snapshotState.snapshotUpdateState === "all") {
    if (current !== text) writeFileSync(join(repository, document), current);
  } else expect(text).toBe(current);
}

/**
 * What Pulumi printed, without what differs from run to run and from machine to machine: times, where the servers of a test
 * listen, and that it runs programs with a runner from elsewhere.
 */
export function withoutChance(output: string): string {
  return output
    .replace(/ *warning: using pulumi-language-\w+ from .*/g, "")
    .replace(/^ +pulumi:pulumi:Stack [\w-]+( +1 warning)?\n/gm, "")
    .replace(/^( [+~-] +pulumi:pulumi:Stack .*?) +1 warning$/gm, "$1")
    .replace(/^Diagnostics:\n +pulumi:pulumi:Stack \S+:\n\s*(?=^\S)/gm, "")
    .replace(/ *\(\d+(\.\d+)?s\)/g, "")
    .replace(/^(Duration: ).*$/gm, "$11s")
    .replace(/[ \t]+$/gm, "")
    .replace(/\n{2,}/g, "\n")
    .replace(/127\.0\.0\.1:\d+/g, "127.0.0.1:PORT");
}

/**
 * What `pulumi up` printed, without the lines that say when a resource was begun, and with the others in an order of their
 * own: resources that do not need each other are made at the same time.
 */
export function updateOutput(output: string): string {
  const lines = withoutChance(output)
    .split("\n")
    .filter((line) => !/ (creating|updating|deleting)\b|^Duration: |^@ /.test(line));
  const isStep = (line: string) => /^ [+~-]+ .* (created|updated|deleted)$/.test(line);
  const first = lines.findIndex(isStep);
  const steps = lines.filter(isStep).sort();
  return lines
    .filter((line) => !isStep(line))
    .toSpliced(Math.max(first, 0), 0, ...steps)
    .join("\n");
}
