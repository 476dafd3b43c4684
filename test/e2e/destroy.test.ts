import * as apisix from "pulumi-external-backends/apisix";
import { expect, onTestFinished, test } from "vitest";
import { startApisix } from "../../sandbox/apisix/index.ts";
import { idOf, kinds, oneOfEach } from "../support/kinds.ts";
import { startWorld } from "../support/world.ts";

const world = await startWorld();

function routeToUpstream(name: string) {
  return async () => {
    const { upstreamId } = new apisix.Upstream(`${name}-upstream`, { nodes: { "httpbin.org:80": 1 } });
    new apisix.Route(`${name}-route`, { uri: "/*", upstreamId });
  };
}

test("a route goes before its upstream", async () => {
  const stack = await world.stack("order", routeToUpstream("order"));
  await stack.up();
  const requests = await world.requestsDuring(() => stack.destroy());
  expect(requests.filter((request) => request.startsWith("DELETE"))).toEqual([
    "DELETE /apisix/admin/routes/order-route",
    "DELETE /apisix/admin/upstreams/order-upstream",
  ]);
});

test("an upstream goes also while the gateway still believes that its route is there", async () => {
  const lagging = await startApisix({ referenceLag: 300 });
  onTestFinished(() => lagging.close());
  const stack = await world.stack("lag", routeToUpstream("lag"), {
    config: { "apisix:adminUrl": lagging.adminUrl },
  });
  await stack.up();
  await stack.destroy();
  const deletes = lagging.requests.filter(
    ({ method, path }) => method === "DELETE" && path.includes("upstreams"),
  );
  expect(deletes.map(({ status }) => status)).toEqual([...deletes.slice(1).map(() => 400), 200]);
  expect(deletes.length).toBeGreaterThan(1);
  expect(lagging.store.list("upstreams")).toEqual([]);
});

test("an upstream that a route of somebody else uses stays, and the next destroy goes on", async () => {
  const stack = await world.stack("used", async () => {
    new apisix.Upstream("used", { nodes: { "httpbin.org:80": 1 } });
  });
  await stack.up();
  world.apisix.store.put("routes", "by-hand", { uri: "/by-hand", upstream_id: "used" });
  const { output } = await stack.destroy({ expectFailure: true });
  expect(output).toContain("can not delete this upstream, route [by-hand] is still using it now");
  expect(output).toContain("[STILL_IN_USE]");
  world.apisix.store.delete("routes", "by-hand");
  await stack.destroy();
  expect(world.apisix.store.get("upstreams", "used")).toBeUndefined();
});

test("destroy leaves nothing at the server, and an object that has gone already is no error", {
  tags: ["kinds", "lifecycle"],
}, async () => {
  const stack = await world.stack(
    "gone",
    oneOfEach("gone", (kind) => kind.full),
  );
  await stack.up();
  const [first] = kinds;
  if (first) first.remove(world, idOf("gone", first));
  await stack.destroy();
  expect(kinds.map((kind) => kind.get(world, idOf("gone", kind)))).toEqual(kinds.map(() => undefined));
});
