import * as apisix from "pulumi-external-backends/apisix";
import { expect, test } from "vitest";
import { type ChangeByHand, idOf, type KindCase, kinds, oneOfEach } from "../support/kinds.ts";
import { declaredPart, expectChanges, expectNoChanges, startWorld } from "../support/world.ts";

const world = await startWorld();
const full = (prefix: string) => oneOfEach(prefix, (kind) => kind.full);
const minimal = (prefix: string) => oneOfEach(prefix, (kind) => kind.minimal);

function get(prefix: string, kind: KindCase) {
  const object = kind.get(world, idOf(prefix, kind));
  if (object) return object;
  throw new Error(`There is no ${kind.type} ${idOf(prefix, kind)} at the server`);
}

function declaredParts(prefix: string): unknown[] {
  return kinds.map((kind) => declaredPart(get(prefix, kind)));
}

/** Somebody changes the object of each kind. */
function changeByHand(prefix: string, what: "changed" | "added"): void {
  for (const kind of kinds) kind.put(world, idOf(prefix, kind), kind.byHand[what].change(get(prefix, kind)));
}

/** The columns of a diff depend on the longest field's name. */
function withoutColumns(output: string): string {
  return output.replace(/ +:/g, ":");
}

test.each<[string, keyof KindCase["byHand"]]>([
  ["a declared field", "changed"],
  ["a field that the program never declared", "added"],
])(
  "%s changed outside shows in preview --refresh and is put right by up",
  { tags: ["kinds", "lifecycle"] },
  async (_, what) => {
    const prefix = `drift-${what}`;
    const stack = await world.stack(prefix, full(prefix));
    await stack.up();
    const declared = declaredParts(prefix);
    changeByHand(prefix, what);

    const preview = await stack.preview({ refresh: true, diff: true });
    expectChanges(preview, { update: kinds.length });
    const output = withoutColumns(preview.output);
    for (const { byHand } of kinds) {
      const { lines }: ChangeByHand = byHand[what];
      for (const line of lines) expect(output).toContain(`${line}\n`);
    }
    await stack.up({ refresh: true });
    expect(declaredParts(prefix)).toEqual(declared);
  },
);

test("a plugin added outside shows in preview --refresh and is taken away by up", async () => {
  const stack = await world.stack("plugin", async () => {
    new apisix.Route("plugin", { uri: "/plugin", plugins: { "proxy-rewrite": { uri: "/get" } } });
  });
  await stack.up();
  const route = world.apisix.store.get("routes", "plugin") ?? {};
  const plugins = { ...(route.plugins as object), "ip-restriction": { blacklist: ["192.0.2.1"] } };
  world.apisix.store.put("routes", "plugin", { ...route, plugins });

  const { output } = await stack.preview({ refresh: true, diff: true });
  expect(output).toMatch(/\+ ip-restriction: \{/);
  expect(output).toMatch(/- ip-restriction: \{/);
  await stack.up({ refresh: true });
  expect(world.apisix.store.get("routes", "plugin")?.plugins).toEqual({ "proxy-rewrite": { uri: "/get" } });
});

test("a refresh takes what happened outside into the state, and a plain up then puts it right", {
  tags: ["kinds"],
}, async () => {
  const stack = await world.stack("taken", full("taken"));
  await stack.up();
  const declared = declaredParts("taken");
  changeByHand("taken", "changed");
  expectChanges(await stack.refresh(), { update: kinds.length });
  expectChanges(await stack.up(), { update: kinds.length });
  expect(declaredParts("taken")).toEqual(declared);
});

test("an object deleted outside is created again", { tags: ["kinds", "lifecycle"] }, async () => {
  const stack = await world.stack("deleted", full("deleted"));
  await stack.up();
  const declared = declaredParts("deleted");
  for (const kind of kinds) kind.remove(world, idOf("deleted", kind));

  expectChanges(await stack.preview({ refresh: true }), { create: kinds.length });
  await stack.up({ refresh: true });
  expect(declaredParts("deleted")).toEqual(declared);
});

test("an object deleted outside comes back with an update, too, without a refresh before", {
  tags: ["kinds"],
}, async () => {
  const stack = await world.stack("deleted-update", minimal("deleted-update"));
  await stack.up();
  for (const kind of kinds) kind.remove(world, idOf("deleted-update", kind));
  await stack.up({ program: full("deleted-update") });
  expect(kinds.map((kind) => get("deleted-update", kind) !== undefined)).toEqual(kinds.map(() => true));
  expectNoChanges(await stack.refresh());
});

test("a field that the program no longer declares goes at the server", {
  tags: ["kinds"],
}, async () => {
  const stack = await world.stack("removed", minimal("removed"));
  await stack.up();
  const before = declaredParts("removed");
  await stack.up({ program: full("removed") });
  expect(declaredParts("removed")).not.toEqual(before);
  await stack.up({ program: minimal("removed") });
  expect(declaredParts("removed")).toEqual(before);
  expectNoChanges(await stack.refresh());
});

test("updating an upstream leaves its route alone", async () => {
  const program = (retries: number) => async () => {
    const { upstreamId } = new apisix.Upstream("alone", { nodes: { "httpbin.org:80": 1 }, retries });
    new apisix.Route("alone", { uri: "/alone", upstreamId });
  };
  const stack = await world.stack("alone", program(1));
  await stack.up();
  const requests = await world.requestsDuring(async () => {
    expectChanges(await stack.up({ program: program(2) }), { update: 1 });
  });
  expect(requests).toEqual(["GET /apisix/admin/upstreams/alone", "PUT /apisix/admin/upstreams/alone"]);
});
