import * as pulumi from "@pulumi/pulumi";
import * as apisix from "pulumi-external-backends/apisix";
import * as kuma from "pulumi-external-backends/kuma";
import { afterAll, describe, expect, test } from "vitest";
import { startApisix } from "../../sandbox/apisix/index.ts";
import { startKuma } from "../../sandbox/kuma/index.ts";
import { onlyOneDoor } from "../support/doors.ts";
import { expectNoChanges, startWorld } from "../support/world.ts";

const world = await startWorld();
const inner = { apisix: await startApisix(), kuma: await startKuma() };
afterAll(() => Promise.all([inner.apisix.close(), inner.kuma.close()]));

/** The providers of the outer servers; no stack here has a configuration that could stand in for them. */
function outerProviders() {
  const { adminUrl, adminKey } = world.apisix;
  return {
    edge: new apisix.Provider("edge", { adminUrl, adminKey }),
    mesh: new kuma.Provider("mesh", { url: world.kuma.url }),
  };
}

function innerProviders() {
  const { adminUrl, adminKey } = inner.apisix;
  return {
    edge: new apisix.Provider("inner-edge", { adminUrl, adminKey }),
    mesh: new kuma.Provider("inner-mesh", { url: inner.kuma.url }),
  };
}

function declare(name: string, options: pulumi.ResourceOptions): void {
  new apisix.Upstream(name, { nodes: { "a.example:80": 1 } }, options);
  new kuma.ExternalService(
    name,
    { tags: { "kuma.io/service": name }, networking: { address: "a.example:443" } },
    options,
  );
}

/** One of each kind. */
class Pair extends pulumi.ComponentResource {
  constructor(name: string, options: pulumi.ComponentResourceOptions) {
    super("test:index:Pair", name, {}, options);
    declare(name, { parent: this });
  }
}

/** A pair of its own, and one inside with whatever providers it is given. */
class Nest extends pulumi.ComponentResource {
  constructor(
    name: string,
    inside: pulumi.ComponentResourceOptions,
    options: pulumi.ComponentResourceOptions,
  ) {
    super("test:index:Nest", name, {}, options);
    new Pair(`${name}-inside`, { parent: this, ...inside });
    declare(name, { parent: this });
  }
}

function made(servers: Pick<typeof inner, "apisix" | "kuma">, name: string): boolean[] {
  return [
    servers.apisix.store.get("upstreams", name),
    servers.kuma.store.get("ExternalService", "default", name),
  ].map((object) => object !== undefined);
}

test("a component passes its providers on to one of each kind, as list or map and in both orders", async () => {
  const program = async () => {
    const { edge, mesh } = outerProviders();
    new Pair("list", { providers: [edge, mesh] });
    new Pair("list-reversed", { providers: [mesh, edge] });
    new Pair("map", { providers: { apisix: edge, kuma: mesh } });
    new Pair("map-reversed", { providers: { kuma: mesh, apisix: edge } });
  };
  const stack = await world.engine.stack("component", program);
  await stack.up();
  for (const name of ["list", "list-reversed", "map", "map-reversed"])
    expect(made(world, name), name).toEqual([true, true]);
  expectNoChanges(await stack.refresh());
  expectNoChanges(await stack.up());
  await stack.destroy();
  expect(made(world, "list")).toEqual([false, false]);
});

test("nested components may have other servers, one of them or both", async () => {
  const program = async () => {
    const outer = outerProviders();
    const other = innerProviders();
    const providers = [outer.edge, outer.mesh];
    new Nest("inherits", {}, { providers });
    new Nest("both", { providers: [other.mesh, other.edge] }, { providers });
    new Nest("one", { providers: [other.edge] }, { providers });
    new Nest("named", { providers: { kuma: other.mesh } }, { providers });
  };
  const stack = await world.engine.stack("nested", program);
  await stack.up();
  const where = (name: string) => [made(world, name), made(inner, name)];
  const [outside, inside] = [
    [true, true],
    [false, false],
  ];
  for (const name of ["inherits", "both", "one", "named", "inherits-inside"])
    expect(where(name), name).toEqual([outside, inside]);
  expect(where("both-inside")).toEqual([inside, outside]);
  expect(where("one-inside")).toEqual([
    [false, true],
    [true, false],
  ]);
  expect(where("named-inside")).toEqual([
    [true, false],
    [false, true],
  ]);
  await stack.destroy();
  expect(made(inner, "both-inside")).toEqual([false, false]);
});

test("a resource's own provider goes before its parent's", async () => {
  const program = async () => {
    const outer = outerProviders();
    const other = innerProviders();
    const parent = new Pair("parent", { providers: [outer.edge, outer.mesh] });
    const args = { nodes: { "a.example:80": 1 } };
    new apisix.Upstream("own", args, { parent, provider: other.edge });
  };
  await expectOwnProvider("own", program);
});

onlyOneDoor("providers of a resource")(
  "and so does the one of its kind among its own providers",
  async () => {
    const program = async () => {
      const outer = outerProviders();
      const other = innerProviders();
      const parent = new Pair("parent", { providers: [outer.edge, outer.mesh] });
      const args = { nodes: { "a.example:80": 1 } };
      const providers = [other.mesh, other.edge];
      new apisix.Upstream("among", args, { parent, providers } as pulumi.CustomResourceOptions);
    };
    await expectOwnProvider("among", program);
  },
);

/** The upstream of the program is made at the inner server and nowhere else. */
async function expectOwnProvider(name: string, program: () => Promise<void>): Promise<void> {
  const stack = await world.engine.stack(name, program);
  await stack.up();
  expect(inner.apisix.store.get("upstreams", name)).toBeDefined();
  expect(world.apisix.store.get("upstreams", name)).toBeUndefined();
  await stack.destroy();
}

describe("a provider of the other kind is an error that names the right one", () => {
  test.each([
    [
      "kuma's for an upstream",
      () => new apisix.Upstream("x", { nodes: {} }, { provider: outerProviders().mesh }),
      "the provider given is one of kuma; it needs one of apisix",
    ],
    [
      "apisix's for a zone egress",
      () => new kuma.ZoneEgress("x", { networking: { port: 1 } }, { provider: outerProviders().edge }),
      "the provider given is one of apisix; it needs one of kuma",
    ],
  ])("%s", async (name, declaration, message) => {
    const stack = await world.stack(name.replaceAll(/\W+/g, "-"), async () => void declaration());
    expect((await stack.preview({ expectFailure: true })).output).toContain(message);
  });

  test("and so is an argument that a provider does not have", async () => {
    const program = async () => {
      new apisix.Provider("edge", { adminURL: "x" } as apisix.ProviderArgs);
    };
    const stack = await world.stack("argument", program);
    const { output } = await stack.preview({ expectFailure: true });
    expect(output).toMatch(/adminURL"? is no (argument|setting); known: adminUrl/);
  });
});

test("a provider's settings reach its resources: prefix, headers, deadline, booleans", async () => {
  const seen: unknown[] = [];
  world.apisix.intercept = (request) => {
    seen.push(request.headers["x-proxy-token"]);
    return false;
  };
  const program = async () => {
    const { adminUrl, adminKey } = world.apisix;
    const provider = new apisix.Provider("set", {
      adminUrl,
      adminKey: pulumi.secret(adminKey),
      idPrefix: "team-a-",
      headers: { "x-proxy-token": "token of the proxy" },
      requestTimeout: 5,
      maxConcurrency: 2,
      deleteUnreachable: false,
      tls: { insecureSkipVerify: false },
    });
    new apisix.Upstream("payments", { nodes: { "a.example:80": 1 } }, { provider });
  };
  const stack = await world.engine.stack("settings", program);
  await stack.up();
  world.apisix.intercept = undefined;
  expect(world.apisix.store.get("upstreams", "team-a-payments")).toBeDefined();
  expect(new Set(seen)).toEqual(new Set(["token of the proxy"]));
  expect(await stack.stateText()).not.toContain("token of the proxy");
});
