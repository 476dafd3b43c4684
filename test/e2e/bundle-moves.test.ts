import * as apisix from "pulumi-external-backends/apisix";
import { afterEach, expect, test } from "vitest";
import { expectNoChanges, startWorld } from "../support/world.ts";

const world = await startWorld();
const { store } = world.apisix;

afterEach(() => {
  for (const kind of ["routes", "upstreams"])
    for (const { id } of store.list(kind)) store.delete(kind, String(id));
});

const upstream: apisix.UpstreamArgs = { nodes: [{ host: "httpbin.org", port: 80, weight: 1 }] };
const route: apisix.RouteArgs = { host: "shop.example", uri: "/*", upstreamId: "shop" };
const shop: apisix.BundleArgs = { upstreams: { shop: upstream }, routes: { shop: route } };

/** Calls the route without a pause while `action` runs: no request may fail, and nothing may be deleted. */
async function underLoad(action: () => Promise<unknown>): Promise<void> {
  const failures: number[] = [];
  let [done, calls] = [false, 0];
  const load = async () => {
    while (!done) {
      const { status } = await world.get("shop.example");
      calls += 1;
      if (status !== 200) failures.push(status);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  };
  const callers = [load(), load()];
  const requests = await world.requestsDuring(action).finally(() => {
    done = true;
  });
  await Promise.all(callers);
  expect(calls).toBeGreaterThan(10);
  expect(failures).toEqual([]);
  expect(requests.filter((request) => request.startsWith("DELETE"))).toEqual([]);
}

test("objects go from resources of their own into a bundle, and out of it, without a failed request", async () => {
  const single = (adopt: boolean) => {
    const { upstreamId } = new apisix.Upstream("shop", { ...upstream, adopt });
    return new apisix.Route("shop", { ...route, upstreamId, adopt });
  };
  const stack = await world.stack("into", async () => void single(false));
  await stack.up();
  const bundle = (adopt: boolean) => async () => {
    new apisix.Bundle("edge", { ...shop, adopt });
  };
  await underLoad(() => stack.up({ program: bundle(true) }));
  expectNoChanges(await stack.up({ program: bundle(false) }));
  expectNoChanges(await stack.preview({ refresh: true }));

  // What is left of the bundle comes after those that take over.
  const out = (adopt: boolean) => async () => {
    const made = single(adopt);
    new apisix.Bundle("edge", {}, { dependsOn: made });
  };
  await underLoad(() => stack.up({ program: out(true) }));
  expectNoChanges(await stack.preview({ program: out(false), refresh: true }));
  await stack.destroy();
  expect(store.list("routes")).toEqual([]);
});

test("objects go from one bundle into another without a failed request", async () => {
  const stack = await world.stack("between", async () => {
    new apisix.Bundle("first", shop);
  });
  await stack.up();
  const moved = (adopt: boolean) => async () => {
    const second = new apisix.Bundle("second", { ...shop, adopt });
    new apisix.Bundle("first", {}, { dependsOn: second });
  };
  await underLoad(() => stack.up({ program: moved(true) }));
  expectNoChanges(await stack.preview({ program: moved(false), refresh: true }));
  // And with the whole bundle, as under another name without an alias.
  const renamed = (adopt: boolean) => async () => {
    new apisix.Bundle("third", { ...shop, adopt });
  };
  await underLoad(() => stack.up({ program: renamed(true) }));
  expectNoChanges(await stack.preview({ program: renamed(false), refresh: true }));
  await stack.destroy();
  expect(store.list("routes")).toEqual([]);
});

test("objects that adc has made are taken over without a failed request", async () => {
  const labels = { "managed-by": "adc" };
  store.put("upstreams", "shop", {
    name: "shop",
    labels,
    nodes: [{ host: "httpbin.org", port: 80, weight: 1 }],
  });
  store.put("routes", "shop", {
    name: "shop",
    labels,
    hosts: ["shop.example"],
    uris: ["/*"],
    upstream_id: "shop",
  });
  const stack = await world.stack("from-adc", async () => {
    new apisix.Bundle("edge", shop);
  });
  const { output } = await stack.preview({ expectFailure: true });
  expect(output).toContain("exists already");
  const program = (adopt: boolean) => async () => {
    new apisix.Bundle("edge", { ...shop, adopt });
  };
  await underLoad(() => stack.up({ program: program(true) }));
  expect(store.get("routes", "shop")?.labels).not.toHaveProperty("managed-by");
  expectNoChanges(await stack.preview({ program: program(false), refresh: true }));
  await stack.destroy();
  expect(store.list("routes")).toEqual([]);
});
