import { fstatSync } from "node:fs";

/**
 * Ends Pulumi's provider process when the engine is gone, whose pipe is its standard input. An engine that is killed
 * leaves its provider processes behind; one of them would repeat a write for which it has no answer yet, after the next
 * run has made its own. Other processes that load the provider, tests for example, are left alone.
 */
export function endWithTheEngine(): void {
  if (!/\bdynamic-provider\b/.test(process.argv[1] ?? "") || !fstatSync(0).isFIFO()) return;
  process.stdin.once("end", () => process.exit()).resume();
}
