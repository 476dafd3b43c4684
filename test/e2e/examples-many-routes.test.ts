import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { loadProgram } from "../../tools/program.ts";
import { repository } from "../../tools/repository.ts";
import { expectOutputs, updateOutput, withoutChance } from "../support/pages.ts";
import { expectChanges, expectNoChanges, startWorld } from "../support/world.ts";

const world = await startWorld();
const { store } = world.apisix;
// A copy beside the example, so that packages are found from it.
const folder = await mkdtemp(join(repository, "examples", ".many-routes-"));
await cp(join(repository, "examples", "many-routes"), folder, { recursive: true });
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Changes a file of the copy. */
async function changed(file: string, from: string, to: string): Promise<void> {
  const path = join(folder, file);
  await writeFile(path, (await readFile(path, "utf8")).replace(from, to));
}

test("many-routes declares a bundle per team, and refuses a host that two teams want", async () => {
  const stack = await world.stack("dev", loadProgram(folder), { project: "many-routes" });
  const first = await stack.up();
  expectChanges(first, { create: 4 });
  expect(
    store
      .list("routes")
      .map(({ id }) => id)
      .toSorted(),
  ).toEqual(["acme", "globex", "initech", "orders", "returns", "search"]);
  expectNoChanges(await stack.up());

  await changed("routes.csv", "acme.example.com", "shop.example.com");
  const { output } = await stack.preview({ expectFailure: true });
  expect(output).toMatch(
    /one host stands in the bundle "partners" and the bundle "shop", .* It is "shop\.example\.com"\./,
  );
  await changed("routes.csv", "shop.example.com,/*", "acme.example.com,/new/*");
  const preview = await stack.preview();
  expect(preview.output).toContain('~ routes.acme.uri: "/*" => "/new/*"');
  expectChanges(preview, { update: 1 });
  expectOutputs("examples/many-routes/README.md", {
    up: updateOutput(first.output),
    // Which of these lines comes first is chance.
    change: withoutChance(preview.output).replace(/^.* (running|1 message).*\n/gm, ""),
  });

  await changed("routes.csv", ",initech.example:8443", ",initech.example");
  const wrong = await stack.preview({ expectFailure: true });
  expect(wrong.output).toContain("routes.csv:4: partners,initech,initech.example.com,/*,initech.example");
  await changed("routes.csv", ",initech.example\n", ",initech.example:8443\n");
  await stack.destroy();
  expect(store.list("routes")).toEqual([]);
});
