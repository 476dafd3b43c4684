import { expect } from "vitest";
import type { OperationResult, TestStack } from "../../tools/engine.ts";

/** What an operation reported as errors, each text once; the engine's own "update failed" is left out. */
export function errorsOf(result: OperationResult): string[] {
  const texts = result.events
    .map(({ diagnosticEvent }) => diagnosticEvent)
    .filter((event) => event?.severity === "error")
    .map((event) => (event?.message ?? "").replace(/<\{%reset%\}>/g, "").trim());
  return [...new Set(texts)].filter((text) => text !== "update failed" && text !== "preview failed");
}

/** The operation failed with one error only, which holds these parts, and nothing that a user should not have to read. */
export function expectOneError(result: OperationResult, ...parts: (string | RegExp)[]): void {
  expect(result.failed, result.output).toBe(true);
  const errors = errorsOf(result);
  expect(errors, result.output).toHaveLength(1);
  for (const part of parts) expect(errors[0]).toMatch(part);
  expectReadable(result);
}

/** No stack trace, no `undefined`, no `[object Object]`, no crash of the provider process. */
export function expectReadable({ output }: OperationResult): void {
  expect(output).not.toMatch(/^\s+at .*[:(]\d+|\bundefined\b|\[object |TypeError|unhandled|rpc error/im);
}

/** The state's resources as far as nothing may be lost of them. */
export async function held(stack: TestStack): Promise<unknown[]> {
  return (await stack.resources())
    .filter(({ type }) => /^(pulumi-nodejs:dynamic\/|(apisix|kuma):index:)/.test(type))
    .map(({ urn, id, inputs, outputs }) => ({ urn, id, inputs, outputs }))
    .sort((a, b) => (a.urn < b.urn ? -1 : 1));
}
