import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect } from "vitest";
import type { OperationResult, TestStack } from "../../tools/engine.ts";
import { errorsOf } from "./errors.ts";
import { KEY_LINE, MARK } from "./secret-cases.ts";
import type { World } from "./world.ts";

/** What every secret holds, in clear, percent-encoded, and in base64 at each of the three positions. */
const forms = [MARK, KEY_LINE].flatMap((text) => [
  text,
  encodeURIComponent(text),
  ...[0, 1, 2].map((shift) => {
    const encoded = Buffer.from("x".repeat(shift) + text).toString("base64");
    return encoded.slice(shift === 0 ? 0 : shift + 1).replace(/.{2}=*$/, "");
  }),
]);

/** Nothing of a secret stands in the text. */
export function expectNoSecret(text: string, where: string): void {
  for (const form of forms) {
    const at = text.indexOf(form);
    expect(at, `a secret in ${where}: ${text.slice(Math.max(0, at - 300), at + 100)}`).toBe(-1);
  }
}

/**
 * Nothing of a secret in what the operation said: terminal, errors, and the log of events. Debug messages are left out:
 * Pulumi's SDK writes the arguments of every resource of every package there.
 */
export function expectSilent(result: OperationResult): void {
  expectNoSecret(result.output, "the output");
  expectNoSecret(errorsOf(result).join("\n"), "the errors");
  const told = result.events.filter(({ diagnosticEvent }) => String(diagnosticEvent?.severity) !== "debug");
  expectNoSecret(JSON.stringify(told), "the events");
}

/** Nothing of a secret in any file: states with their backups and history, configuration, Pulumi's home, temporary files. */
export async function expectCleanFiles(stack: TestStack, temporary: string): Promise<void> {
  for (const folder of [dirname(dirname(stack.directory)), temporary]) {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    for (const entry of entries.filter((one) => one.isFile())) {
      const file = join(entry.parentPath, entry.name);
      expectNoSecret(await readFile(file, "utf8"), file);
    }
  }
}

/** Nothing of a secret in the servers' access logs. */
export function expectCleanRequests({ apisix, kuma }: World): void {
  const lines = [...apisix.requests, ...kuma.requests].map(({ method, path }) => `${method} ${path}`);
  expect(lines.length).toBeGreaterThan(0);
  expectNoSecret(lines.join("\n"), "the requests");
}
