import * as kuma from "pulumi-external-backends/kuma";
import { expect, test } from "vitest";
import { idOf, kinds, labelled, oneOfEach } from "../support/kinds.ts";
import { declaredPart, expectNoChanges, startWorld } from "../support/world.ts";

const world = await startWorld();
const full = (prefix: string) => oneOfEach(prefix, (kind) => kind.full);
const minimal = (prefix: string) => oneOfEach(prefix, (kind) => kind.minimal);
const objects = (prefix: string) => kinds.map((kind) => kind.get(world, idOf(prefix, kind)));

test("a renamed stack shows no change, updates its objects and takes them away", {
  tags: ["kinds"],
}, async () => {
  const stack = await world.stack("before-rename", full("stack-rename"));
  await stack.up();
  await stack.rename("after-rename");
  expectNoChanges(await stack.up());
  await stack.up({ program: minimal("stack-rename") });
  const labels = labelled.map((kind) => kind.get(world, idOf("stack-rename", kind))?.labels ?? {});
  expect(labels).toEqual(
    labelled.map(() => expect.objectContaining({ "pulumi-stack": "test.after-rename" })),
  );
  await stack.destroy();
  expect(objects("stack-rename")).toEqual(kinds.map(() => undefined));
});

test("pulumi state move between stacks changes no object, and the new stack owns it", {
  tags: ["kinds"],
}, async () => {
  const source = await world.stack("move-source", full("state-move"));
  const target = await world.stack("move-target", async () => {});
  await source.up();
  await target.up();
  const before = objects("state-move");

  const urns = await Promise.all(
    kinds.map(async (kind) => (await source.resource(idOf("state-move", kind))).urn),
  );
  const between = ["--source", "organization/test/move-source", "--dest", "organization/test/move-target"];
  await source.cli(["state", "move", "--yes", ...between, ...urns]);
  expectNoChanges(await source.up({ program: async () => {} }));
  expectNoChanges(await target.up({ program: full("state-move") }));
  expect(objects("state-move")).toEqual(before);

  await source.destroy();
  expect(objects("state-move")).toEqual(before);
  await target.up({ program: minimal("state-move") });
  expect(objects("state-move").map(declaredPart)).not.toEqual(before.map(declaredPart));
  await target.destroy();
  expect(objects("state-move")).toEqual(kinds.map(() => undefined));
});

test("a policy of any type becomes one of its type's own class by an alias", async () => {
  const spec = { to: [{ targetRef: { kind: "Mesh" as const }, default: { connectionTimeout: "90s" } }] };
  const stack = await world.stack("retyped", async () => {
    new kuma.Policy("retyped", { type: "MeshTimeout", spec });
  });
  await stack.up();
  const object = () => world.kuma.store.get("MeshTimeout", "default", "retyped");
  const before = object();
  stack.program = async () => {
    const aliases = [{ type: "pulumi-nodejs:dynamic/kuma:Policy" }];
    new kuma.MeshTimeout("retyped", { spec }, { aliases });
  };
  expectNoChanges(await stack.up());
  expect(await world.requestsDuring(async () => expectNoChanges(await stack.refresh()))).toHaveLength(1);
  expectNoChanges(await stack.up());
  expect(object()).toEqual(before);
  await stack.destroy();
  expect(object()).toBeUndefined();
});
