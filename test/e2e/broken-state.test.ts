import { copyFile, truncate } from "node:fs/promises";
import { join } from "node:path";
import * as apisix from "pulumi-external-backends/apisix";
import { expect, test } from "vitest";
import { expectNoChanges, startWorld } from "../support/world.ts";

const world = await startWorld();
const program = (retries: number) => async () => {
  new apisix.Upstream("kept", { nodes: { "a.example:80": 1 }, retries });
};

test("a stack whose checkpoint is empty goes on with the backup beside it, as docs/large-stacks.md says", async () => {
  const stack = await world.stack("empty-state", program(1));
  await stack.up();
  await stack.up({ program: program(2) });
  const state = join(world.engine.backendDir, ".pulumi", "stacks", stack.project, `${stack.name}.json`);
  await truncate(state);
  expect((await stack.preview({ expectFailure: true })).output).toContain("unexpected end of JSON input");
  await copyFile(`${state}.bak`, state);
  await stack.refresh({ program: program(2) });
  expectNoChanges(await stack.preview({ program: program(2) }));
  await stack.destroy();
});
