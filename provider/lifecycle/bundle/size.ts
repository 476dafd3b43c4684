import { type Entry, textOf } from "../../model/bundle/entries.ts";

/** Bytes of entries that an error can carry to the engine: it travels in a trailer, and one of 16 MB ends the connection. */
const LARGEST = 8_000_000;

/** Whether what is there is more than an error could carry, so that the state would be lost with it. */
export function isTooLarge(entries: readonly Entry[], largest = LARGEST): boolean {
  const { entries: text, secrets = "" } = textOf(entries);
  return Buffer.byteLength(text) + Buffer.byteLength(secrets) > largest;
}

/** What is told in the place of such an error. */
export function leftOut(failures: readonly string[]): string[] {
  return [
    ...failures.flatMap((text) => text.split("\n")),
    "The state keeps what is there. It is too large for Pulumi to keep it together with an error, so this run counts as done; " +
      "the next one tries again what is missing.",
  ];
}
