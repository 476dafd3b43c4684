import { setTimeout as sleep } from "node:timers/promises";
import * as apisix from "pulumi-external-backends/apisix";
import { expect, test } from "vitest";
import { startApisix } from "../../sandbox/apisix/index.ts";
import { expectOneError } from "../support/errors.ts";
import { expectChanges, expectNoChanges, startWorld } from "../support/world.ts";

const world = await startWorld();
const nodes = { "a.example:80": 1 };
const upstream =
  (name: string, args: { retries?: number; adopt?: boolean } = {}) =>
  async () => {
    new apisix.Upstream(name, { nodes, ...args });
  };

/** Two stacks with the same upstream: the second has adopted it. Gives the first, whose next update is refused. */
async function handedOver(name: string) {
  const ours = await world.stack(`${name}-ours`, upstream(name));
  await ours.up();
  const theirs = await world.stack(`${name}-theirs`, upstream(name, { adopt: true }));
  await theirs.up();
  const refused = await ours.up({ program: upstream(name, { retries: 2 }), expectFailure: true });
  const { urn } = await ours.resource(name);
  const removed = () => ours.cli(["state", "delete", urn, "--yes", "--stack", `${name}-ours`]);
  return { ours, theirs, refused, removed };
}

test("what another stack has taken over is left there by state delete, and neither stack sees a change", async () => {
  const { ours, theirs, refused, removed } = await handedOver("left");
  expectOneError(refused, "To leave it there, remove it from this program and run pulumi state delete.");
  await removed();
  expectNoChanges(await ours.up({ program: async () => {} }));
  await ours.destroy();
  expectNoChanges(await theirs.refresh());
  expect(world.apisix.store.get("upstreams", "left")).toBeDefined();
  await theirs.destroy();
});

test("what another stack has taken over is taken back by state delete and adopt", async () => {
  const { ours, refused, removed } = await handedOver("back");
  expectOneError(refused, "To take it over, set adopt: true, run pulumi state delete and then pulumi up.");
  await removed();
  expectChanges(await ours.up({ program: upstream("back", { retries: 2, adopt: true }) }), { create: 1 });
  expect(world.apisix.store.get("upstreams", "back")).toMatchObject({
    retries: 2,
    labels: { "pulumi-stack": "test.back-ours" },
  });
  await ours.destroy();
});

test("of two resources that declare one object, one with another id makes both go through", async () => {
  const program = (second: string) => async () => {
    new apisix.Upstream("first", { upstreamId: "same", nodes });
    new apisix.Upstream("second", { upstreamId: second, nodes });
  };
  const stack = await world.stack("twice", program("same"));
  expectOneError(await stack.preview({ expectFailure: true }), "Give one of them another upstreamId.");
  expectChanges(await stack.up({ program: program("other") }), { create: 3 });
  await stack.destroy();
});

test("a stack goes to another server by a destroy with the old URL, or beside it with a second provider", async () => {
  const other = await startApisix();
  try {
    const at = { "apisix:adminUrl": world.apisix.adminUrl, "apisix:adminKey": world.apisix.adminKey };
    const there = { "apisix:adminUrl": other.adminUrl, "apisix:adminKey": other.adminKey };
    const stack = await world.stack("moving", upstream("moving"), { config: at });
    await stack.up();
    await stack.setConfig(there);
    expectOneError(
      await stack.up({ expectFailure: true }),
      "run pulumi destroy with the old URL first, or keep the old one and use a second provider",
    );
    await stack.setConfig(at);
    const both = async () => {
      new apisix.Upstream("moving", { nodes });
      const { adminUrl, adminKey } = other;
      const provider = new apisix.Provider("other", { adminUrl, adminKey });
      new apisix.Upstream("beside", { nodes }, { provider });
    };
    await stack.up({ program: both });
    expect(other.store.get("upstreams", "beside")).toBeDefined();
    await stack.destroy({ program: both });
    await stack.setConfig(there);
    await stack.up({ program: upstream("moving") });
    expect(other.store.get("upstreams", "moving")).toBeDefined();
    expect(world.apisix.store.get("upstreams", "moving")).toBeUndefined();
    await stack.destroy();
  } finally {
    await other.close();
  }
});

test("what a slow server does not make for customTimeouts it makes for the provider's requestTimeout", async () => {
  world.apisix.intercept = async () => {
    await sleep(1_500);
    return false;
  };
  try {
    const { adminUrl, adminKey } = world.apisix;
    const patient = (requestTimeout: number) => async () => {
      const provider = new apisix.Provider("edge", {
        adminUrl,
        adminKey,
        requestTimeout,
        validation: "local",
      });
      new apisix.Upstream("patient", { nodes }, { provider, customTimeouts: { create: "1m" } });
    };
    const stack = await world.stack("patient", patient(1));
    const { output } = await stack.up({ expectFailure: true });
    expect(output).toMatch(
      /customTimeouts do not reach dynamic resources; set requestTimeout \(seconds\) on the provider/,
    );
    await stack.up({ program: patient(20) });
    expect(world.apisix.store.get("upstreams", "patient")).toBeDefined();
    await stack.destroy();
  } finally {
    world.apisix.intercept = undefined;
  }
});

test("what the option import does not take over adopt does, and get reads it", async () => {
  world.apisix.store.put("upstreams", "there", { nodes });
  const stack = await world.stack("there", async () => {
    new apisix.Upstream("there", { nodes }, { import: "there" });
  });
  const { output } = await stack.preview({ expectFailure: true });
  expect(output).toContain('declare it and set adopt: true; to read it only, use Upstream.get("there", id).');
  const read = async () => {
    const { upstreamId } = apisix.Upstream.get("there", "there");
    new apisix.Route("reads", { uri: "/*", upstreamId });
  };
  await stack.up({ program: read });
  expect(world.apisix.store.get("routes", "reads")).toMatchObject({ upstream_id: "there" });
  await stack.destroy();
  expect(world.apisix.store.get("upstreams", "there")).toBeDefined();
  expectChanges(await stack.up({ program: upstream("there", { adopt: true }) }), { create: 2 });
  await stack.destroy();
  expect(world.apisix.store.get("upstreams", "there")).toBeUndefined();
});

test("what ignoreChanges cannot leave alone in a bundle, ignore does", async () => {
  const bundle =
    (retries: number, args: { ignore?: string[] }, options: { ignoreChanges?: string[] }) => async () => {
      new apisix.Bundle("edge", { upstreams: { kept: { nodes, retries } }, ...args }, options);
    };
  const paths = ["upstreams.kept.retries"];
  const stack = await world.stack("kept", bundle(1, {}, { ignoreChanges: paths }));
  const { output } = await stack.preview({ expectFailure: true });
  expect(output).toContain(
    `ignoreChanges knows nothing of entries; use the argument ignore: ${JSON.stringify(paths)}.`,
  );
  await stack.up({ program: bundle(1, { ignore: paths }, {}) });
  await stack.up({ program: bundle(2, { ignore: paths }, {}) });
  expect(world.apisix.store.get("upstreams", "kept")).toMatchObject({ retries: 1 });
  await stack.destroy();
});
