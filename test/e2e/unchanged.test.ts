import { expect, test } from "vitest";
import { idOf, kinds, oneOfEach } from "../support/kinds.ts";
import { declaredPart, expectNoChanges, startWorld } from "../support/world.ts";

const world = await startWorld();
const minimal = (prefix: string) => oneOfEach(prefix, (kind) => kind.minimal);
const full = (prefix: string) => oneOfEach(prefix, (kind) => kind.full);
const rewritten = (prefix: string) => oneOfEach(prefix, (kind) => kind.rewritten);

test("a second up and a refresh change nothing, and the up asks for no object", {
  tags: ["kinds", "lifecycle"],
}, async () => {
  const stack = await world.stack("second", async () => {
    await minimal("second-minimal")();
    await full("second-full")();
  });
  await stack.up();
  const requests = await world.requestsDuring(async () => expectNoChanges(await stack.up()));
  expect(requests).toEqual([]);
  expectNoChanges(await stack.refresh());
  expectNoChanges(await stack.up());
});

test("another order of a set, another form of nodes or hosts and a written default change nothing", {
  tags: ["kinds", "lifecycle"],
}, async () => {
  const stack = await world.stack("rewritten", full("rewritten"));
  await stack.up();
  expectNoChanges(await stack.preview({ program: rewritten("rewritten"), diff: true }));
  const requests = await world.requestsDuring(async () => expectNoChanges(await stack.up()));
  expect(requests).toEqual([]);
});

test("arguments in another form make the same object at the server", {
  tags: ["kinds"],
}, async () => {
  const atServer = () => kinds.map((kind) => declaredPart(kind.get(world, idOf("form", kind))));
  const stack = await world.stack("form", full("form"));
  await stack.up();
  const before = atServer();
  await stack.destroy();
  await stack.up({ program: rewritten("form") });
  expect(atServer()).toEqual(before);
});
