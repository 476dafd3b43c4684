import { readFileSync } from "node:fs";
import { expect, test, vi } from "vitest";
import { requireNode } from "../../provider/dynamic/node-version.ts";

const { engines } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
const needed: string = engines.node.replace(">=", "");

test("the Node.js that package.json promises is enough, and so are all later ones", () => {
  for (const version of [needed, "22.20.1", "23.0.0", "24.0.0", "100.0.0"]) {
    vi.spyOn(process, "versions", "get").mockReturnValue({ ...process.versions, node: version });
    expect(requireNode).not.toThrow();
    vi.restoreAllMocks();
  }
});

test("an older one is refused in one line that names both", () => {
  const [major = 0, minor = 0] = needed.split(".").map(Number);
  for (const version of [`${major}.${minor - 1}.9`, "22.2.0", "20.20.2", "18.0.0", "9.99.0"]) {
    vi.spyOn(process, "versions", "get").mockReturnValue({ ...process.versions, node: version });
    expect(requireNode).toThrow(`needs Node.js ${major}.${minor} or later; this is v`);
    vi.restoreAllMocks();
  }
});
