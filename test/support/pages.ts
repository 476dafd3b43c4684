import { join } from "node:path";
import { expect } from "vitest";
import { repository } from "../../tools/repository.ts";
import { textOf } from "./documents.ts";

/**
 * Holds the blocks of a document whose kind is `console example=NAME` to what is said here, by their names. A block begins
 * with its command, `$ …`, which stays. With --update the document is written.
 */
export async function expectOutputs(
  document: string,
  outputs: Readonly<Record<string, string>>,
): Promise<void> {
  const found = new Set<string>();
  const written = textOf(document).replace(
    /^(```console example=(\S+)\n(?:\$ [^\n]*\n(?:[^\n]*(?<=\\)\n)?)*)(.*?)^```$/gms,
    (all, head: string, name: string) => {
      const output = outputs[name];
      if (output === undefined) return all;
      found.add(name);
      return `${head}${output.trimEnd()}\n\`\`\``;
    },
  );
  expect([...found].sort()).toEqual(Object.keys(outputs).sort());
  await expect(written).toMatchFileSnapshot(join(repository, document));
}

/** What Pulumi printed, without what differs from run to run: times, and where the servers of a test listen. */
export function withoutChance(output: string): string {
  return output
    .replace(/ *\(\d+(\.\d+)?s\)/g, "")
    .replace(/^(Duration: ).*$/gm, "$11s")
    .replace(/[ \t]+$/gm, "")
    .replace(/\n{2,}/g, "\n")
    .replace(/127\.0\.0\.1:\d+/g, "127.0.0.1:PORT");
}
