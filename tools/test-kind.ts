import { spawn } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "./repository.ts";

/**
 * `npm run test:kind -- kuma:MeshTimeout`: the lifecycle tests of one kind of resource; with `--all`, every end-to-end test
 * that goes through all kinds, for that kind. Other arguments are passed on to Vitest.
 */
const USAGE = "Which kind? npm run test:kind -- kuma:MeshTimeout [--all]\n";

const [type = "", ...rest] = process.argv.slice(2).filter((argument) => argument !== "--kind");
const tag = rest.includes("--all") ? "kinds" : "lifecycle";

/** The files that have tests with this tag; starting the others takes its time, too. */
function filesWith(wanted: string): string[] {
  const tagged = new RegExp(`tags: \\[[^\\]]*"${wanted}"`);
  return globSync("test/e2e/*.test.ts", { cwd: repository }).filter((file) =>
    tagged.test(readFileSync(join(repository, file), "utf8")),
  );
}

/** Runs Vitest; its exit code. */
function test(): Promise<number> {
  const vitest = join(repository, "node_modules", "vitest", "vitest.mjs");
  const options = rest.filter((argument) => argument !== "--all");
  // An engine with one resource waits more than it works.
  const args = ["--project", "e2e", "--maxWorkers", "4", "--tags-filter", tag, ...options, ...filesWith(tag)];
  const child = spawn(process.execPath, [vitest, "run", ...args], {
    cwd: repository,
    stdio: "inherit",
    env: { ...process.env, TEST_KIND: type },
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 1));
  });
}

if (/^(apisix|kuma):\w+$/.test(type)) process.exitCode = await test();
else {
  process.stderr.write(USAGE);
  process.exitCode = 1;
}
