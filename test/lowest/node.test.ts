import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { lowest, nodeExecutable, tooOld } from "../../tools/lowest.ts";
import { repository } from "../../tools/repository.ts";

const entries = ["sdk", "sdk/apisix", "sdk/kuma", "sdk/kubernetes", "provider"];

function load(node: string, entry: string): string {
  const script = "try { require(process.argv[1]) } catch (error) { console.log(error.message) }";
  const file = join(repository, "dist", entry, "index.js");
  return execFileSync(node, ["-e", script, file], { encoding: "utf8" });
}

describe.each(tooOld)("Node.js %s", (version) => {
  test.each(entries)("says in one line which one is needed when it loads %s", (entry) => {
    const [major, minor] = lowest.node.split(".");
    expect(load(nodeExecutable(version), entry)).toMatch(
      new RegExp(
        `^pulumi-external-backends needs Node\\.js ${major}\\.${minor} or later; this is v${version} \\(.*\\)\\.\n$`,
      ),
    );
  });
});

test.each(entries)("the lowest Node.js loads %s", (entry) => {
  expect(load(nodeExecutable(lowest.node), entry)).toBe("");
});
