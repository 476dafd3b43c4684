import * as apisix from "pulumi-external-backends/apisix";
import { expect, test } from "vitest";
import { expectNoChanges, startWorld } from "../support/world.ts";

const world = await startWorld();
const { store } = world.apisix;

/** A bundle of so many routes, each with an upstream of its own; `uri` is that of the first route. */
const program =
  (name: string, count: number, uri = "/*", more: Partial<apisix.BundleArgs> = {}) =>
  async () => {
    const numbers = Array.from({ length: count }, (_, index) => index);
    new apisix.Bundle(name, {
      upstreams: Object.fromEntries(
        numbers.map((n) => [`${name}-${n}`, { nodes: [{ host: `b${n}.example`, port: 80, weight: 1 }] }]),
      ),
      routes: Object.fromEntries(
        numbers.map((n) => [
          `${name}-${n}`,
          { host: `h${n}.example`, uri: n === 0 ? uri : "/*", upstreamId: `${name}-${n}` },
        ]),
      ),
      ...more,
    });
  };

test("a bundle is made, stays, changes by one request, and goes, as one resource", async () => {
  const stack = await world.stack("thin", program("thin", 20));
  const preview = await stack.preview();
  expect(preview.output).toContain("+ routes.thin-0");
  const made = await world.requestsDuring(async () => {
    expect((await stack.up()).changes).toEqual({ create: 2 });
  });
  expect(made.filter((line) => line.startsWith("PUT"))).toHaveLength(40);
  expect(store.get("routes", "thin-3")).toMatchObject({ hosts: ["h3.example"], upstream_id: "thin-3" });

  const none = await world.requestsDuring(async () => expectNoChanges(await stack.up()));
  expect(none).toEqual([]);
  expectNoChanges(await stack.refresh());

  const changed = await stack.preview({ program: program("thin", 20, "/v1/*"), diff: true });
  expect(changed.output).toContain('~ routes.thin-0.uri: "/*" => "/v1/*"');
  expect(changed.output).toContain("1 changed of 40");
  expect(changed.output.split("\n").length).toBeLessThan(40);
  const one = await world.requestsDuring(async () => {
    expect((await stack.up()).changes).toEqual({ update: 1 });
  });
  expect(one).toEqual(["PUT /apisix/admin/routes/thin-0"]);

  await stack.up({ program: program("thin", 19, "/v1/*") });
  expect(store.get("routes", "thin-19")).toBeUndefined();
  expect(store.get("upstreams", "thin-19")).toBeUndefined();
  await stack.destroy();
  expect([...store.list("routes"), ...store.list("upstreams")]).toEqual([]);
});
