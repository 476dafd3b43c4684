import * as pulumi from "@pulumi/pulumi";
import * as apisix from "pulumi-external-backends/apisix";
import * as kuma from "pulumi-external-backends/kuma";
import { expect, test } from "vitest";
import { onlyOneDoor } from "../support/doors.ts";
import { expectOneError } from "../support/errors.ts";
import { expectChanges, expectNoChanges, startWorld } from "../support/world.ts";

const world = await startWorld();

/** What is only known when the upstream has been made. */
function later<T>(upstream: apisix.Upstream, value: T): pulumi.Output<T> {
  return upstream.id.apply(() => value);
}

test("a preview lets values through that are not known yet: an id, a number, a list, a part of an address", async () => {
  const program = async () => {
    const first = new apisix.Upstream("first", { nodes: { "a.example:80": 1 } });
    const second = new apisix.Upstream("second", {
      nodes: later(first, [{ host: "b.example", port: 443, weight: 1 }]),
      scheme: "https",
      retries: later(first, 3),
      checks: later(first, { active: { httpPath: "/health" } }),
    });
    new apisix.Route("route", {
      uri: "/*",
      hosts: ["known.example", later(first, "later.example")],
      upstreamId: second.id,
      status: later(first, 1 as const),
      plugins: later(first, { "proxy-rewrite": { uri: "/get" } }),
    });
    new kuma.ExternalService("service", {
      tags: { "kuma.io/service": "service", "kuma.io/protocol": later(first, "http") },
      networking: {
        address: pulumi.interpolate`${later(first, "b.example")}:443`,
        tls: { enabled: later(first, true), serverName: later(first, "b.example") },
      },
    });
    new kuma.ZoneEgress("egress", { networking: later(first, { address: "10.0.0.1", port: 10002 }) });
  };
  const stack = await world.stack("unknown", program);
  const requests = await world.requestsDuring(async () =>
    expectChanges(await stack.preview(), { create: 6 }),
  );
  expect(requests).toEqual([]);
  await stack.up();
  expect(world.apisix.store.get("upstreams", "second")).toMatchObject({ retries: 3, pass_host: "node" });
  expect(world.apisix.store.get("routes", "route")).toMatchObject({ upstream_id: "second" });
  expect(world.kuma.store.get("ExternalService", "default", "service")).toMatchObject({
    networking: { address: "b.example:443", tls: { enabled: true } },
  });
  expectNoChanges(await stack.up());
  expectNoChanges(await stack.refresh());
});

test("a preview finds a mistake beside values that are not known yet", async () => {
  const program = async () => {
    const first = new apisix.Upstream("known", { nodes: { "a.example:80": 1 } });
    new apisix.Upstream("mistaken", {
      nodes: later(first, { "b.example:80": 1 }),
      retries: later(first, 1),
      type: "roundrobbin" as "roundrobin",
    });
  };
  const stack = await world.stack("mistaken", program);
  expectOneError(
    await stack.preview({ expectFailure: true }),
    /type: "roundrobbin" .*did you mean "roundrobin"/,
  );
});

onlyOneDoor("ids unknown in a preview")(
  "what turns out to be wrong when it becomes known stops that resource, by its path, before it is sent",
  async () => {
    const program = async () => {
      const first = new apisix.Upstream("right", { nodes: { "a.example:80": 1 } });
      new apisix.Upstream("wrong", { nodes: { "b.example:80": 1 }, retries: later(first, -1) });
    };
    const stack = await world.stack("late", program);
    await stack.preview();
    expectOneError(await stack.up({ expectFailure: true }), "retries: -1 is too small: at least 0");
    expect(world.apisix.store.get("upstreams", "wrong")).toBeUndefined();
  },
);

test("a preview needs no credential", async () => {
  const program = async () => {
    const upstream = new apisix.Upstream("anonymous", { nodes: { "a.example:80": 1 } });
    new apisix.Route("anonymous", { uri: "/*", upstreamId: upstream.upstreamId });
    new kuma.ZoneEgress("anonymous", { networking: { address: "10.0.0.1", port: 10002 } });
  };
  const config = { "apisix:adminUrl": world.apisix.adminUrl, "kuma:url": world.kuma.url };
  const stack = await world.engine.stack("anonymous", program, { config });
  expectChanges(await stack.preview(), { create: 4 });
  expectOneError(
    await stack.up({ expectFailure: true, target: ["**Upstream::anonymous"] }),
    'Could not create upstream "anonymous"',
    "No admin key is given: set apisix:adminKey",
  );
});

test("a preview of a provider that is not known yet goes through, and so does the up", async () => {
  const program = async () => {
    const first = new apisix.Upstream("before", { nodes: { "a.example:80": 1 } });
    const adminUrl = later(first, world.apisix.adminUrl);
    const provider = new apisix.Provider("later", { adminUrl, adminKey: world.apisix.adminKey });
    new apisix.Upstream("behind", { nodes: { "a.example:80": 1 } }, { provider });
  };
  const stack = await world.stack("later", program);
  expectChanges(await stack.preview(), { create: 4 });
  expectChanges(await stack.up(), { create: 4 });
  expect(world.apisix.store.get("upstreams", "behind")).toBeDefined();
});

test("no server named anywhere is one clear error that says where to name it", async () => {
  const program = async () => {
    new kuma.ZoneEgress("nowhere", { networking: { address: "10.0.0.1", port: 10002 } });
  };
  const stack = await world.engine.stack("nowhere", program);
  expectOneError(
    await stack.preview({ expectFailure: true }),
    "No Kuma control plane (zone) is configured. Set kuma:zoneUrl or kuma:url",
    "KUMA_ZONE_URL",
  );
});
