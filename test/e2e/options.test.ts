import * as pulumi from "@pulumi/pulumi";
import * as apisix from "pulumi-external-backends/apisix";
import * as kuma from "pulumi-external-backends/kuma";
import { describe, expect, test } from "vitest";
import { expectOneError } from "../support/errors.ts";
import { declaredPart, expectChanges, expectNoChanges, startWorld } from "../support/world.ts";

const world = await startWorld();
const nodes = { "a.example:80": 1 };
const stored = (id: string) => world.apisix.store.get("upstreams", id);

test("protect keeps destroy from the object", async () => {
  const program = async () => {
    new apisix.Upstream("protected", { nodes }, { protect: true });
  };
  const stack = await world.stack("protect", program);
  await stack.up();
  await stack.destroy({ expectFailure: true });
  expect(stored("protected")).toBeDefined();
});

test("retainOnDelete leaves the object at the server", async () => {
  const program = async () => {
    new apisix.Upstream("retained", { nodes }, { retainOnDelete: true });
  };
  const stack = await world.stack("retain", program);
  await stack.up();
  const requests = await world.requestsDuring(() => stack.destroy());
  expect(requests).toEqual([]);
  expect(stored("retained")).toBeDefined();
});

test("deletedWith spares the delete of what goes with another resource", async () => {
  const program = async () => {
    const outer = new apisix.Upstream("outer", { nodes });
    new apisix.Upstream("within", { nodes }, { deletedWith: outer });
  };
  const stack = await world.stack("deleted-with", program);
  await stack.up();
  const requests = await world.requestsDuring(() => stack.destroy());
  expect(requests.join()).toContain("DELETE /apisix/admin/upstreams/outer");
  expect(requests.join()).not.toContain("within");
});

describe("ignoreChanges", () => {
  test("keeps the state's value of the field, in an update of others, too", async () => {
    let args: apisix.UpstreamArgs = { nodes, retries: 1 };
    const options = { ignoreChanges: ["retries", "timeout"] };
    const stack = await world.stack("ignore", async () => {
      new apisix.Upstream("ignored", args, options);
    });
    await stack.up();
    args = { nodes, retries: 5, timeout: { connect: 1, send: 1, read: 1 } };
    expectNoChanges(await stack.up());
    args = { ...args, desc: "described" };
    expectChanges(await stack.up(), { update: 1 });
    expect(stored("ignored")).toMatchObject({ retries: 1, desc: "described" });
    expect(stored("ignored")).not.toHaveProperty("timeout");
  });

  test("of a path inside an object", async () => {
    let serverName = "one.example";
    const stack = await world.stack("ignore-path", async () => {
      const tags = { "kuma.io/service": "ignored" };
      const networking = { address: "a.example:443", tls: { enabled: true, serverName } };
      new kuma.ExternalService(
        "ignored",
        { tags, networking },
        { ignoreChanges: ["networking.tls.serverName"] },
      );
    });
    await stack.up();
    serverName = "two.example";
    expectNoChanges(await stack.up());
    expect(world.kuma.store.get("ExternalService", "default", "ignored")).toMatchObject({
      networking: { tls: { serverName: "one.example" } },
    });
  });
});

test("transforms change arguments before they are checked", async () => {
  const described: pulumi.ResourceTransform = ({ props, opts }) => ({
    props: { ...props, desc: "by a transform" },
    opts,
  });
  const stack = await world.stack("transforms", async () => {
    new apisix.Upstream("transformed", { nodes }, { transforms: [described] });
  });
  await stack.up();
  expect(stored("transformed")).toMatchObject({ desc: "by a transform" });
  expectNoChanges(await stack.up());
});

test("an alias of the type's or the parent's other name shows nothing", async () => {
  class Group extends pulumi.ComponentResource {}
  const grouped = async () => {
    const parent = new Group("test:index:Group", "group");
    new apisix.Upstream("grouped", { nodes }, { parent, aliases: [{ parent: pulumi.rootStackResource }] });
  };
  const stack = await world.stack("alias", async () => {
    new apisix.Upstream("grouped", { nodes });
  });
  await stack.up();
  const requests = await world.requestsDuring(async () => {
    expectChanges(await stack.up({ program: grouped }), { create: 1 });
  });
  expect(requests).toEqual([]);
});

describe("get", () => {
  test("reads what exists, owns nothing of it and leaves it at destroy", async () => {
    world.apisix.store.put("routes", "foreign", { uri: "/foreign", plugins: {}, status: 0 });
    world.kuma.store.put({
      type: "ExternalService",
      mesh: "default",
      name: "foreign",
      tags: { "kuma.io/service": "foreign" },
      networking: { address: "foreign.example:443" },
    });
    const before = declaredPart(world.apisix.store.get("routes", "foreign"));
    const program = async () => {
      const route = apisix.Route.get("route", "foreign");
      const service = kuma.ExternalService.get("service", "default/foreign");
      new apisix.Upstream("of-foreign", {
        nodes,
        desc: pulumi.interpolate`${route.routeId} ${service.name}`,
      });
    };
    const stack = await world.stack("get", program);
    await stack.up();
    expect(stored("of-foreign")).toMatchObject({ desc: "foreign foreign" });
    expectNoChanges(await stack.up());
    await stack.destroy();
    expect(declaredPart(world.apisix.store.get("routes", "foreign"))).toEqual(before);
    expect(world.kuma.store.get("ExternalService", "default", "foreign")).toBeDefined();
  });

  test("of what does not exist is one clear error", async () => {
    const program = async () => void apisix.Route.get("route", "absent");
    const stack = await world.stack("get-absent", program);
    expectOneError(
      await stack.up({ expectFailure: true }),
      `There is no route "absent" at ${world.apisix.adminUrl}. Check the id`,
    );
  });

  test.each(["default", "a/b/c"])("with the id %s says what an id looks like", async (id) => {
    const program = async () => void kuma.ExternalService.get("service", id);
    const stack = await world.stack(`get-${id.replaceAll("/", "-")}`, program);
    expectOneError(
      await stack.up({ expectFailure: true }),
      `"${id}" is no id of an external service; an id is mesh/name.`,
    );
  });
});

test("import is refused with the ways out", async () => {
  const program = async () => {
    new apisix.Route("imported", { uri: "/*", plugins: {} }, { import: "imported" });
  };
  const stack = await world.stack("import", program);
  const { output } = await stack.preview({ expectFailure: true });
  for (const part of ["the option import does not work", "adopt: true", 'Route.get("imported", id)'])
    expect(output).toContain(part);
});

test("customTimeouts warn that they do not reach here, and name requestTimeout", async () => {
  const program = async () => {
    new apisix.Upstream("timed", { nodes }, { customTimeouts: { create: "1m" } });
  };
  const stack = await world.stack("timeouts", program);
  const { output } = await stack.up();
  expect(output).toMatch(
    /warning: apisix:Upstream "timed": customTimeouts do not reach .* set requestTimeout/,
  );
});
