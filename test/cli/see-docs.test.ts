import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { command } from "../support/commands.ts";

const page = fileURLToPath(new URL("../../docs/see.md", import.meta.url));
const BLOCK = /```console\n\$ npx pulumi-external-backends ([^\n]*)\n[\s\S]*?```/g;

test("every output in docs/see.md is that of its command; --update writes it", async () => {
  const text = readFileSync(page, "utf8");
  const lines = [...text.matchAll(BLOCK)].map(([, line = ""]) => line);
  expect(lines.length).toBeGreaterThan(4);
  const outputs = new Map<string, string>();
  for (const line of lines) outputs.set(line, (await command(line)).text);
  const written = text.replace(BLOCK, (_, line: string) => {
    return `\`\`\`console\n$ npx pulumi-external-backends ${line}\n${outputs.get(line)}\`\`\``;
  });
  await expect(written).toMatchFileSnapshot(page);
});
