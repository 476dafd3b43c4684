import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { loadProgram } from "../../tools/program.ts";
import { repository } from "../../tools/repository.ts";
import { blocksOf } from "../support/documents.ts";
import { expectOutputs, withoutChance } from "../support/pages.ts";
import { startWorld } from "../support/world.ts";

const world = await startWorld();
// In the repository, so that packages are found from it.
await mkdir(join(repository, ".work"), { recursive: true });
const folder = await mkdtemp(join(repository, ".work", "readme-"));
afterAll(() => rm(folder, { recursive: true, force: true }));

// `vitest run --project e2e test/e2e/document-outputs.test.ts --update` writes the documents instead of comparing them.
test("the README's program is served, and its preview in a pull request is what Pulumi prints", async () => {
  const [program] = blocksOf("README.md").filter(({ kind }) => kind === "ts");
  await writeFile(join(folder, "Pulumi.yaml"), "name: external-backends\nruntime: nodejs\n");
  await writeFile(join(folder, "index.ts"), program?.text ?? "");
  const stack = await world.stack("dev", loadProgram(folder), { project: "external-backends" });
  await stack.up();
  const { status, body } = await world.get("local.httpbin.org", "/get");
  expect([status, JSON.parse(body)]).toMatchObject([200, { url: "https://httpbin.org/get" }]);

  const changed = program?.text.replace("retries: 2", "retries: 3") ?? "";
  expect(changed).not.toBe(program?.text);
  await writeFile(join(folder, "index.ts"), changed);
  const { output } = await stack.preview({ diff: true });
  expectOutputs("README.md", { readme: withoutChance(output) });
  await stack.destroy();
});

test("the preview in docs/previews-and-drift.md is what Pulumi prints for quickstart", async () => {
  const program = loadProgram(repository);
  const stack = await world.stack("dev", program, { project: "quickstart" });
  await stack.up();
  await stack.setConfig({ "quickstart:retries": "3" });
  const { output } = await stack.preview({ diff: true });
  expectOutputs("docs/previews-and-drift.md", { quickstart: withoutChance(output) });
  await stack.destroy();
});
