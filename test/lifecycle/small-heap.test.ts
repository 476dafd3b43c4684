import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { SMALL_HEAP_FLAGS } from "../../provider/lifecycle/small-heap.ts";

/** Makes values that nobody needs any more, and prints how large the heap was at most, in bytes. */
const PROGRAM = `
  let most = 0;
  let kept;
  for (let round = 0; round < 2_000; round += 1) {
    kept = Array.from({ length: 1_000 }, (_, n) => ({ n, text: String(n) }));
    most = Math.max(most, process.memoryUsage().heapTotal);
  }
  console.log(most);
`;

async function run(flags: readonly string[]) {
  const lines = flags.map((flag) => `require("node:v8").setFlagsFromString(${JSON.stringify(flag)});\n`);
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ["-e", lines.join("") + PROGRAM]);
  return { bytes: Number(stdout), stderr };
}

test("a small heap stays small while values come and go, and this Node.js knows its flags", async () => {
  const plain = await run([]);
  const small = await run(SMALL_HEAP_FLAGS);
  expect(small.stderr).toBe("");
  expect(small.bytes).toBeLessThan(plain.bytes);
});
