import { createRequire } from "node:module";
import { join } from "node:path";
import { expect, test } from "vitest";
import { repository } from "../../tools/repository.ts";
import { declaredPart, expectChanges, expectNoChanges, startWorld } from "../support/world.ts";

const require = createRequire(import.meta.url);
const { Manifests }: typeof import("pulumi-external-backends") = require("pulumi-external-backends");
const world = await startWorld();
const files = ["apisix/httpbin-route.yaml", "apisix/httpbin-upstream.yaml", "kuma/httpbin.yaml"].map((file) =>
  join(repository, "examples", "documents", file),
);

const atServers = () =>
  [
    ...world.apisix.store.list("routes"),
    ...world.apisix.store.list("upstreams"),
    ...world.kuma.store.list("ExternalService"),
  ].map(declaredPart);

test("Manifests with bundle: true make the same objects, as one resource for each server", async () => {
  const program = (bundle: boolean) => async () => {
    new Manifests("docs", { files, namespace: "apisix", bundle });
  };
  const stack = await world.stack("manifests", program(false));
  await stack.up();
  const single = atServers();
  expect(single.length).toBeGreaterThan(2);
  await stack.destroy();
  expect(atServers()).toEqual([]);
  // The stack, the component and the two bundles.
  expectChanges(await stack.up({ program: program(true) }), { create: 4 });
  expect(atServers()).toEqual(single);
  expectNoChanges(await stack.preview({ refresh: true }));
  await stack.destroy();
});
