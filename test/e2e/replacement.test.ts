import type { CustomResourceOptions } from "@pulumi/pulumi";
import * as apisix from "pulumi-external-backends/apisix";
import * as kuma from "pulumi-external-backends/kuma";
import { expect, test } from "vitest";
import { onlyOneDoor } from "../support/doors.ts";
import { idOf, type KindCase, kinds, labelled, oneOfEach, unlabelled } from "../support/kinds.ts";
import {
  declaredPart,
  expectChanges,
  expectNoChanges,
  LOCAL,
  ownerOf,
  startWorld,
} from "../support/world.ts";

const world = await startWorld();

/** An upstream and a route to it that the gateway serves. */
function service(name: string, args: { upstreamId?: string; upstream?: string } = {}) {
  return async () => {
    const { upstreamId } = new apisix.Upstream(args.upstream ?? name, {
      upstreamId: args.upstreamId ?? `${name}-upstream`,
      nodes: { "httpbin.org:80": 1 },
    });
    new apisix.Route(name, { host: `${name}.example`, uri: "/get", upstreamId });
  };
}

test("an upstream that a route uses gets a new id without an outage", async () => {
  const stack = await world.stack("outage", service("outage"));
  await stack.up();
  const statuses = new Set<number>();
  const ask = async () => statuses.add((await world.get("outage.example")).status);
  // The gateway is asked before each request of the update, and after the last.
  world.apisix.intercept = async () => {
    await ask();
    return false;
  };
  const requests = await world
    .requestsDuring(() => stack.up({ program: service("outage", { upstreamId: "outage-new" }) }))
    .finally(() => {
      world.apisix.intercept = undefined;
    });
  await ask();

  expect(requests.filter((request) => !request.startsWith("GET"))).toEqual([
    "PUT /apisix/admin/upstreams/outage-new",
    "PUT /apisix/admin/routes/outage",
    "DELETE /apisix/admin/upstreams/outage-upstream",
  ]);
  expect([...statuses]).toEqual([200]);
});

test("a new id replaces the object, and nothing of the old one remains", {
  tags: ["kinds", "lifecycle"],
}, async () => {
  const program = (id: string) =>
    oneOfEach("moved", (kind) => ({ ...kind.minimal, [kind.identity]: idOf(id, kind) }));
  const stack = await world.stack("moved", program("before"));
  await stack.up();
  expectChanges(await stack.up({ program: program("after") }), { replace: kinds.length });
  for (const kind of kinds) {
    expect(kind.get(world, idOf("before", kind)), kind.type).toBeUndefined();
    expect(kind.get(world, idOf("after", kind)), kind.type).toBeDefined();
  }
});

test("a consumer and a credential that get new names keep their keys: the old ones go first, and at once", async () => {
  const program =
    (name: string, key = "one") =>
    async () => {
      const consumer = new apisix.Consumer("keyed", {
        username: `keyed-${name}`,
        plugins: { "key-auth": { key: `${key}-of-the-consumer` } },
      });
      new apisix.Credential("keyed", {
        username: consumer.username,
        credentialId: `credential-${name}`,
        plugins: { "basic-auth": { username: `${key}-of-the-credential`, password: "a-password" } },
      });
    };
  const stack = await world.stack("keyed", program("before"));
  await stack.up();
  const requests = await world.requestsDuring(async () => {
    expectChanges(await stack.up({ program: program("after") }), { replace: 2 });
  });
  expect(requests.filter((request) => !request.startsWith("GET"))).toEqual([
    "DELETE /apisix/admin/consumers/keyed-before/credentials/credential-before",
    "DELETE /apisix/admin/consumers/keyed-before",
    "PUT /apisix/admin/consumers/keyed-after",
    "PUT /apisix/admin/consumers/keyed-after/credentials/credential-after",
  ]);
  // With another key nobody is without a consumer for a moment.
  const others = await world.requestsDuring(async () => {
    expectChanges(await stack.up({ program: program("last", "two") }), { replace: 2 });
  });
  expect(others.filter((request) => !request.startsWith("GET"))[0]).toBe(
    "PUT /apisix/admin/consumers/keyed-last",
  );
  await stack.destroy();
});

test("up --replace with the same id keeps the object, under a new mark", { tags: ["kinds"] }, async () => {
  const stack = await world.stack(
    "forced",
    oneOfEach("forced", (kind) => kind.full),
  );
  await stack.up();
  const objects = () => kinds.map((kind) => kind.get(world, idOf("forced", kind)));
  const before = objects();
  const urns = await Promise.all(kinds.map(async (kind) => (await stack.resource(idOf("forced", kind))).urn));

  const { output } = await stack.up({ replace: urns });
  expect(objects().map(declaredPart)).toEqual(before.map(declaredPart));
  expect(objects().map((object) => ownerOf(object).owner)).toEqual(
    before.map((object) => ownerOf(object).owner),
  );
  for (const [index, object] of objects().entries())
    if (!kinds[index]?.unlabelled) expect(ownerOf(object).mark).not.toBe(ownerOf(before[index]).mark);
  expect(output).toContain("stays: this run has made it in place of the old one");
  expect(output).not.toContain("by now it belongs to");
  expectNoChanges(await stack.refresh());
  await stack.destroy();
  expect(objects()).toEqual(kinds.map(() => undefined));
});

onlyOneDoor("replaceOnChanges")(
  "what replaceOnChanges replaces keeps its id, is as declared then, and is the stack's own",
  { tags: ["kinds"] },
  async () => {
    const asked = (args: (kind: KindCase) => object, options = {}) =>
      oneOfEach("asked", args, () => ({ replaceOnChanges: ["*"], ...options }));
    const minimal = (kind: KindCase) => kind.minimal;
    const full = (kind: KindCase) => kind.full;
    const objects = () => kinds.map((kind) => declaredPart(kind.get(world, idOf("asked", kind))));
    const stack = await world.stack("asked", asked(full));
    await stack.up();
    const wanted = objects();
    await stack.up({ program: oneOfEach("asked", minimal, () => ({})) });
    const before = objects();
    const changed = kinds.filter(
      (_, index) => JSON.stringify(before[index]) !== JSON.stringify(wanted[index]),
    );

    for (const options of [{}, { deleteBeforeReplace: true }]) {
      const replaced = await stack.up({ program: asked(full, options) });
      expect(replaced.changes.replace).toBe(changed.length);
      expect(objects()).toEqual(wanted);
      expectNoChanges(await stack.refresh());
      await stack.up({ program: oneOfEach("asked", minimal, () => ({})) });
    }
    await stack.destroy();
    expect(objects().filter((object) => object !== undefined)).toEqual([]);
  },
);

onlyOneDoor("replaceOnChanges")(
  "a patch that replaceOnChanges replaces stands, and puts back what was there before the first one",
  async () => {
    const { store } = world.kuma;
    store.put({ type: "Mesh", name: "patched", meshServices: { mode: "Everywhere" } });
    const mode = () => store.get("Mesh", undefined, "patched")?.meshServices;
    const patch = (value: "Exclusive" | "ReachableBackends") => async () => {
      new kuma.MeshPatch(
        "patched",
        { mesh: "patched", meshServices: { mode: value } },
        { replaceOnChanges: ["*"] },
      );
    };
    const stack = await world.stack("patched", patch("Exclusive"));
    await stack.up();
    expectChanges(await stack.up({ program: patch("ReachableBackends") }), { replace: 1 });
    expect(mode()).toEqual({ mode: "ReachableBackends" });
    expectNoChanges(await stack.refresh());
    await stack.destroy();
    expect(mode()).toEqual({ mode: "Everywhere" });
  },
);

/** One object of each kind under ids that do not depend on the resources' names. */
function named(prefix: string, name: string, more: object = {}, which = kinds) {
  return oneOfEach(
    name,
    (kind) => ({ ...kind.full, [kind.identity]: idOf(prefix, kind), ...more }),
    () => ({}),
    which,
  );
}

test.skipIf(labelled.length === 0)(
  "a rename without an alias is refused, names the alias as the way out, and loses nothing",
  { tags: ["kinds"] },
  async () => {
    const stack = await world.stack("renamed", named("renamed", "old", {}, labelled), { config: LOCAL });
    await stack.up();
    const objects = () => labelled.map((kind) => kind.get(world, idOf("renamed", kind)));
    const before = objects();
    const { output } = await stack.up({
      program: named("renamed", "new", {}, labelled),
      continueOnError: true,
      expectFailure: true,
    });
    for (const kind of labelled) expect(output).toContain(`${idOf("renamed", kind)}" exists already`);
    expect(output).toContain(
      'if the resource was renamed, add aliases: [{ name: "OLD-NAME" }] to its options',
    );
    expect(objects()).toEqual(before);

    // The way back is open.
    await stack.up({ program: named("renamed", "old", {}, labelled) });
    expect(objects().map(declaredPart)).toEqual(before.map(declaredPart));
  },
);

test.skipIf(unlabelled.length === 0)(
  "a rename without an alias keeps the objects of kinds without labels",
  { tags: ["kinds"] },
  async () => {
    const objects = () => unlabelled.map((kind) => declaredPart(kind.get(world, idOf("kept", kind))));
    const stack = await world.stack("kept", named("kept", "old", {}, unlabelled));
    await stack.up();
    const before = objects();
    await stack.up({ program: named("kept", "new", {}, unlabelled) });
    expect(objects()).toEqual(before);
    expectNoChanges(await stack.refresh());
    await stack.destroy();
    expect(objects()).toEqual(unlabelled.map(() => undefined));
  },
);

test("a rename with adopt: true whose write the server refuses loses nothing, also with --continue-on-error", async () => {
  const declare = (name: string, more: object) => async () => {
    new apisix.Route(name, { routeId: "failing", uri: "/failing", plugins: {}, ...more });
  };
  const stack = await world.stack("failing", declare("old", {}));
  await stack.up();
  const before = world.apisix.store.get("routes", "failing");
  const { output } = await stack.up({
    program: declare("new", { adopt: true, upstreamId: "no-such-upstream" }),
    continueOnError: true,
    expectFailure: true,
  });
  expect(output).toContain("[REFUSED_BY_SERVER]");
  expect(output).toContain('"failing" was not deleted');
  expect(world.apisix.store.get("routes", "failing")).toEqual(before);
});

test("a rename without an alias, with adopt: true, loses nothing", { tags: ["kinds"] }, async () => {
  const stack = await world.stack("adopting", named("adopting", "old"));
  await stack.up();
  const objects = () => kinds.map((kind) => declaredPart(kind.get(world, idOf("adopting", kind))));
  const before = objects();
  await stack.up({ program: named("adopting", "new", { adopt: true }) });
  expect(objects()).toEqual(before);
  expectNoChanges(await stack.refresh());
  expectNoChanges(await stack.up());
});

test("a rename with an alias shows nothing and asks for no object", { tags: ["kinds"] }, async () => {
  const program = (name: string, options: (old: string) => CustomResourceOptions) => () =>
    Promise.resolve(
      void kinds.map((kind) =>
        kind.declare(
          idOf(name, kind),
          { ...kind.full, [kind.identity]: idOf("alias", kind) },
          options(idOf("old", kind)),
        ),
      ),
    );
  const stack = await world.stack(
    "alias",
    program("old", () => ({})),
  );
  await stack.up();
  const renamed = program("new", (old) => ({ aliases: [{ name: old }] }));
  expectNoChanges(await stack.preview({ program: renamed }));
  const requests = await world.requestsDuring(async () => expectNoChanges(await stack.up()));
  expect(requests).toEqual([]);
  // The object is still under the old name's mark, and still ours.
  await stack.destroy();
  expect(kinds.map((kind) => kind.get(world, idOf("alias", kind)))).toEqual(kinds.map(() => undefined));
});
