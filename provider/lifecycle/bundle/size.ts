import { type Entry, textOf } from "../../model/bundle/entries.ts";

/**
 * Bytes of entries that an error can carry to the engine, through either door: it travels in a trailer, in base64, and one of
 * more than 16 MiB ends the connection. With the real engine 12.5 MB passed and 13 MB did not.
 */
const LARGEST = 12_000_000;

/** Whether what is there is more than an error could carry, so that the state would be lost with it. */
export function isTooLarge(entries: readonly Entry[]): boolean {
  const { entries: text, secrets = "" } = textOf(entries);
  return Buffer.byteLength(text) + Buffer.byteLength(secrets) > LARGEST;
}

/** What is told in the place of such an error. */
export function leftOut(failures: readonly string[]): string[] {
  return [
    ...failures.flatMap((text) => text.split("\n")),
    "The state keeps what is there. It is too large for Pulumi to keep it together with an error, so this run counts as done; " +
      "the next one tries again what is missing.",
  ];
}
