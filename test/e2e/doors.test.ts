import { expect, test } from "vitest";
import { PLUGINS } from "../support/doors.ts";
import { idOf, type KindCase, kinds, labelled, oneOfEach } from "../support/kinds.ts";
import { resourceClasses } from "../support/plugin-classes.ts";
import { expectChanges, expectNoChanges, ownerOf, startWorld } from "../support/world.ts";

const world = await startWorld();
const classes = { apisix: resourceClasses("apisix"), kuma: resourceClasses("kuma") };

/** What a resource is called through each of the doors. */
const tokens = {
  dynamic: (type: string) => `pulumi-nodejs:dynamic/${type}`,
  plugin: (type: string) => type.replace(":", ":index:"),
};

type Arguments = (kind: KindCase) => object;

/** One of each kind as dynamic resources, which were the plugins' before. */
function dynamic(prefix: string, args: Arguments) {
  return oneOfEach(prefix, args, ({ type }) => ({ aliases: [{ type: tokens.plugin(type) }] }));
}

/** One of each kind as the plugins' resources, which were dynamic ones before. */
function plugged(prefix: string, args: Arguments) {
  return async () => {
    for (const kind of kinds) {
      const [plugin = "", name = ""] = kind.type.split(":");
      const Resource = classes[plugin as keyof typeof classes][name];
      const aliases = [{ type: tokens.dynamic(kind.type) }];
      const id = idOf(prefix, kind);
      if (Resource) new Resource(id, { ...(kind.declared?.(args(kind), id) ?? args(kind)) }, { aliases });
    }
  };
}

function objects(prefix: string) {
  return kinds.map((kind) => kind.get(world, idOf(prefix, kind)));
}

function owners(prefix: string) {
  return labelled.map((kind) => ownerOf(kind.get(world, idOf(prefix, kind))));
}

test("a stack of dynamic resources goes on with the plugins and comes back, and nothing changes", async () => {
  const full = (kind: KindCase) => kind.full;
  const stack = await world.stack("there", dynamic("there", full), { plugins: PLUGINS });
  await stack.up();
  const [made, owned] = [objects("there"), owners("there")];

  const through = await stack.up({ program: plugged("there", full) });
  expectNoChanges(through);
  expectNoChanges(await stack.refresh());
  expectNoChanges(await stack.up({ program: plugged("there", (kind) => kind.rewritten) }));
  expectNoChanges(await stack.up({ program: plugged("there", full) }));
  expect(owners("there")).toEqual(owned);

  expectNoChanges(await stack.up({ program: dynamic("there", full) }));
  expectNoChanges(await stack.refresh());
  expect(objects("there")).toEqual(made);
  await stack.destroy();
  expect(objects("there")).toEqual(kinds.map(() => undefined));
});

test("what the plugins have changed meanwhile is the same for the dynamic resources afterwards", async () => {
  const full = (kind: KindCase) => kind.full;
  const minimal = (kind: KindCase) => kind.minimal;
  const stack = await world.stack("changed", dynamic("changed", minimal), { plugins: PLUGINS });
  await stack.up();
  await stack.up({ program: plugged("changed", full) });
  const made = objects("changed");
  expectNoChanges(await stack.up({ program: dynamic("changed", full) }));
  expectNoChanges(await stack.refresh());
  expect(objects("changed")).toEqual(made);
  await stack.destroy();
  expect(objects("changed")).toEqual(kinds.map(() => undefined));
});

test("a stack of the plugins' resources becomes one of dynamic resources by an update of each, under its owner", async () => {
  const full = (kind: KindCase) => kind.full;
  const stack = await world.stack("back", plugged("back", full), { plugins: PLUGINS });
  await stack.up();
  const owned = owners("back").map(({ owner }) => owner);
  expectChanges(await stack.up({ program: dynamic("back", full) }), { update: kinds.length });
  expect(owners("back").map(({ owner }) => owner)).toHaveLength(owned.length);
  expectNoChanges(await stack.up());
  expectNoChanges(await stack.refresh());
  await stack.destroy();
  expect(objects("back")).toEqual(kinds.map(() => undefined));
});
