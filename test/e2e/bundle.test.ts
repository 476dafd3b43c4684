import * as pulumi from "@pulumi/pulumi";
import * as apisix from "pulumi-external-backends/apisix";
import * as kuma from "pulumi-external-backends/kuma";
import { afterEach, describe, expect, test } from "vitest";
import { entriesTextIn } from "../../provider/model/bundle/entries.ts";
import { refusing } from "../support/bundle.ts";
import { bundleDoors } from "../support/bundle-doors.ts";
import { expectChanges, expectNoChanges, startWorld } from "../support/world.ts";

const world = await startWorld();
const { store } = world.apisix;

afterEach(() => {
  world.apisix.intercept = undefined;
  store.clear();
});

/** So many routes, each with an upstream of its own; `uri` is that of the first route. */
function tables(name: string, count: number, uri = "/*"): apisix.BundleArgs {
  const each = <T>(make: (n: number) => T) =>
    Object.fromEntries(Array.from({ length: count }, (_, n) => [`${name}-${n}`, make(n)]));
  return {
    upstreams: each((n) => ({ nodes: [{ host: `b${n}.example`, port: 80, weight: 1 }] })),
    routes: each((n) => ({
      host: `h${n}.example`,
      uri: n === 0 ? uri : "/*",
      upstreamId: `${name}-${n}`,
    })),
  };
}

describe.each(bundleDoors)("through the door $door", ({ door, declare, options }) => {
  const program =
    (...given: Parameters<typeof tables>) =>
    async () => {
      declare(given[0], tables(...given));
    };

  test("a bundle is made, stays, changes by one request, and goes, as one resource", async () => {
    const stack = await world.stack(`thin-${door}`, program("thin", 20), options);
    const preview = await stack.preview();
    expect(preview.output).toContain("+ routes.thin-0");
    const made = await world.requestsDuring(async () => {
      expectChanges(await stack.up(), { create: 2 });
    });
    expect(made.filter((line) => line.startsWith("PUT"))).toHaveLength(40);
    expect(made).toHaveLength(40);
    expect(store.get("routes", "thin-3")).toMatchObject({ hosts: ["h3.example"], upstream_id: "thin-3" });

    const none = await world.requestsDuring(async () => expectNoChanges(await stack.up()));
    expect(none).toEqual([]);
    expectNoChanges(await stack.refresh());

    const changed = await stack.preview({ program: program("thin", 20, "/v1/*"), diff: true });
    expect(changed.output).toContain('~ routes.thin-0.uri: "/*" => "/v1/*"');
    expect(changed.output).toContain("1 changed of 40");
    expect(changed.output.split("\n").length).toBeLessThan(40);
    const one = await world.requestsDuring(async () => expectChanges(await stack.up(), { update: 1 }));
    expect(one).toEqual(["PUT /apisix/admin/routes/thin-0"]);

    expectChanges(await stack.up({ program: program("thin", 19, "/v1/*") }), { update: 1 });
    expect(store.get("routes", "thin-19")).toBeUndefined();
    expect(store.get("upstreams", "thin-19")).toBeUndefined();
    await stack.destroy();
    expect([...store.list("routes"), ...store.list("upstreams")]).toEqual([]);
  });

  test("what was changed by hand shows entry by entry, and is put right", async () => {
    const stack = await world.stack(`drift-${door}`, program("drift", 3), options);
    await stack.up();
    store.put("routes", "drift-1", { ...store.get("routes", "drift-1"), uris: ["/by-hand"] });
    store.delete("routes", "drift-2");
    const { output } = await stack.refresh();
    expect(output).toContain('~ routes.drift-1.uri: "/*" => "/by-hand"');
    expect(output).toContain("- routes.drift-2");
    const preview = await stack.preview();
    expect(preview.output).toContain('~ routes.drift-1.uri: "/by-hand" => "/*"');
    expect(preview.output).toContain("+ routes.drift-2");
    expectChanges(await stack.up(), { update: 1 });
    expect(store.get("routes", "drift-1")).toMatchObject({ uris: ["/*"] });
    expectNoChanges(await stack.preview({ refresh: true }));
  });

  test("what the server refuses is told, the rest stands in the state, and the next run repairs it", async () => {
    const stack = await world.stack(`partial-${door}`, program("partial", 5), options);
    world.apisix.intercept = refusing("routes/partial-1");
    const failed = await stack.up({ expectFailure: true });
    expect(failed.output).toContain("1 of 10 objects could not be written");
    expect(failed.output).toMatch(/routes\.partial-1: .*not on a Friday/);
    const { outputs = {} } = await stack.resource("partial");
    expect(JSON.parse(entriesTextIn(outputs) ?? "").routes).not.toHaveProperty("partial-1");
    world.apisix.intercept = undefined;
    const repaired = await world.requestsDuring(async () => expectChanges(await stack.up(), { update: 1 }));
    expect(repaired).toEqual(["PUT /apisix/admin/routes/partial-1"]);
    expectNoChanges(await stack.preview({ refresh: true }));
  });

  test("a wrong entry fails the preview with its path", async () => {
    const stack = await world.stack(
      `wrong-${door}`,
      async () => {
        const nodes = [{ host: "a b", port: 80, weight: 1 }];
        declare("wrong", { routes: { payments: { uri: "/*", upstream: { nodes } } } });
      },
      options,
    );
    const { output } = await stack.preview({ expectFailure: true });
    expect(output).toContain("routes.payments.upstream.nodes[0].host: ");
  });

  test("an entry that is null is none", async () => {
    const entries = { upstreams: { a: { nodes: { "a.example:80": 1 } }, b: null }, routes: null };
    const declared = async () => {
      declare("null", entries as unknown as apisix.BundleArgs);
    };
    const stack = await world.stack(`null-${door}`, declared, options);
    expect((await stack.up()).output).not.toContain("upstreams.b");
    expect(store.list("upstreams").map(({ id }) => id)).toEqual(["a"]);
    expectNoChanges(await stack.up());
    await stack.destroy();
  });

  test("a secret of a plugin stands nowhere in clear", async () => {
    const stack = await world.stack(
      `secret-${door}`,
      async () => {
        declare("secret", { consumers: { jack: { plugins: { "key-auth": { key: "a-key-of-jack" } } } } });
      },
      options,
    );
    const outputs = [
      await stack.preview({ diff: true }),
      await stack.up({ diff: true }),
      await stack.refresh(),
    ];
    expectNoChanges(await stack.preview());
    expect(outputs.map(({ output }) => output).join()).not.toContain("a-key-of-jack");
    expect(await stack.stateText()).not.toContain("a-key-of-jack");
    expect(store.get("consumers", "jack")).toMatchObject({
      plugins: { "key-auth": { key: "a-key-of-jack" } },
    });
    await stack.destroy();
  });
});

test("options that come to nothing on a bundle of the dynamic resources are warned of", async () => {
  const stack = await world.stack("options", async () => {
    const options = { replaceOnChanges: ["summary"], customTimeouts: { create: "1m" } };
    new apisix.Bundle("options", tables("options", 1), options);
  });
  const { output } = await stack.preview();
  expect(output).toContain(
    'warning: apisix:Bundle "options": replaceOnChanges has no effect on dynamic resources',
  );
  expect(output).toContain('warning: apisix:Bundle "options": customTimeouts do not reach dynamic resources');
});

describe("ignoreChanges of a plugin's bundle", () => {
  const plugin = bundleDoors.find(({ door }) => door === "plugin");
  const declared = (key: string, ignoreChanges: string[]) => async () => {
    const consumers = { jack: { plugins: { "key-auth": { key } } } };
    plugin?.declare("ignoring", { consumers }, { ignoreChanges });
  };
  const keyOfJack = () => store.get("consumers", "jack")?.plugins;

  test.each([["entries"], ["*"]])("for %s keeps what is there, secrets included", async (path) => {
    const stack = await world.stack(
      `ignoring-${path.length}`,
      declared("one", [path]),
      plugin?.options ?? {},
    );
    await stack.up();
    expectNoChanges(await stack.up({ program: declared("two", [path]) }));
    expectNoChanges(await stack.refresh());
    expect(keyOfJack()).toEqual({ "key-auth": { key: "one" } });
    expectChanges(await stack.up({ program: declared("two", []) }), { update: 1 });
    expect(keyOfJack()).toEqual({ "key-auth": { key: "two" } });
    await stack.destroy();
  });
});

test("entries made of other resources: what is not known yet shows, secrets stay secret, and the order is kept", async () => {
  const upstream = { nodes: [{ host: "a.example", port: 80, weight: 1 }] };
  const stack = await world.stack("made-of", async () => {
    const first = new apisix.Upstream("first", upstream);
    new apisix.Bundle("made-of", {
      routes: {
        a: { uri: "/a", upstreamId: first.upstreamId, desc: pulumi.interpolate`of ${first.id}` },
        b: { uri: "/b", upstream, desc: pulumi.secret("a-hidden-description") },
        c: pulumi.output({ uri: "/c", upstream }),
      },
    });
  });
  const preview = await stack.preview({ diff: true });
  expect(preview.output).toContain("+ routes.b");
  const up = await stack.up({ diff: true });
  expect(store.get("routes", "a")).toMatchObject({ desc: "of first", upstream_id: "first" });
  expect(store.get("routes", "b")).toMatchObject({ desc: "a-hidden-description" });
  expect(store.get("routes", "c")).toMatchObject({ uris: ["/c"] });
  const { dependencies } = await stack.resource("made-of");
  expect(dependencies).toEqual([(await stack.resource("first")).urn]);
  expectNoChanges(await stack.up());
  expectNoChanges(await stack.refresh());
  expect(preview.output + up.output + (await stack.stateText())).not.toContain("a-hidden-description");
  await stack.destroy();
  expect([...store.list("routes"), ...store.list("upstreams")]).toEqual([]);
});

test("a bundle of Kuma's objects is made, stays, changes and goes", async () => {
  const program = (port: number) => async () => {
    new kuma.Bundle("backends", {
      secrets: { ca: { value: "a-certificate-of-a-ca" } },
      externalServices: {
        billing: {
          tags: { "kuma.io/service": "billing", "kuma.io/protocol": "http" },
          networking: {
            address: `billing.example:${port}`,
            tls: { enabled: true, caCert: { secret: "ca" } },
          },
        },
      },
      policies: {
        slow: {
          type: "MeshTimeout",
          spec: { to: [{ targetRef: { kind: "Mesh" }, default: { connectionTimeout: "90s" } }] },
        },
      },
    });
  };
  const stack = await world.stack("kuma", program(8443));
  await stack.up();
  const address = () =>
    (world.kuma.store.get("ExternalService", "default", "billing")?.networking as { address?: string })
      ?.address;
  expect(address()).toBe("billing.example:8443");
  expectNoChanges(await stack.preview({ refresh: true }));
  const changed = await stack.up({ program: program(9443), diff: true });
  expectChanges(changed, { update: 1 });
  expect(address()).toBe("billing.example:9443");
  expect(await stack.stateText()).not.toContain("a-certificate-of-a-ca");
  await stack.destroy();
  expect(address()).toBeUndefined();
});

test("a bundle goes from the one door to the other and back by an alias, and nothing changes at the server", async () => {
  const [dynamic, plugin] = bundleDoors;
  const program = (to: typeof dynamic, type: string) => async () => {
    to?.declare("moved", tables("moved", 3), { aliases: [{ type }] });
  };
  const stack = await world.stack("doors", program(dynamic, "apisix:index:Bundle"), plugin?.options ?? {});
  await stack.up();
  const before = [...store.list("routes"), ...store.list("upstreams")];
  const writes = await world.requestsDuring(async () => {
    await stack.up({ program: program(plugin, "pulumi-nodejs:dynamic/apisix:Bundle") });
    await stack.refresh();
    await stack.up({ program: program(dynamic, "apisix:index:Bundle") });
    expectNoChanges(await stack.preview({ refresh: true }));
  });
  expect(writes).toEqual([]);
  expect([...store.list("routes"), ...store.list("upstreams")]).toEqual(before);
  await stack.destroy();
  expect(store.list("routes")).toEqual([]);
});
