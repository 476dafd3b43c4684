import * as pulumi from "@pulumi/pulumi";
import { apisix, ExternalBackend, type ExternalBackendArgs, kuma } from "pulumi-external-backends";
import { afterAll, expect, test } from "vitest";
import { startApisix } from "../../sandbox/apisix/index.ts";
import { expectChanges, expectNoChanges, startWorld } from "../support/world.ts";

const world = await startWorld();
const { hosts } = world.apisix;
const other = await startApisix({ hosts, adminKey: "key-of-the-other" });
afterAll(() => other.close());

const everything = ({ store }: typeof other) => [...store.list("routes"), ...store.list("upstreams")];
const services = () => world.kuma.store.list("ExternalService");

const httpbin: ExternalBackendArgs = {
  address: "httpbin.org:443",
  tls: { serverName: "httpbin.org" },
  gateway: { hosts: ["local.httpbin.org"], paths: ["/get"] },
  mesh: { service: "bin" },
};

/** A program with one backend, whose outputs are the stack's. */
const program = (args: ExternalBackendArgs, options?: pulumi.ComponentResourceOptions) => async () => {
  const { gatewayUrls, meshUrl, hostUrl } = new ExternalBackend("httpbin", args, options);
  return { gatewayUrls, meshUrl, hostUrl };
};

test("one declaration serves at the gateway over https and in the mesh, can be switched off and on, and leaves nothing", async () => {
  const stack = await world.stack("both", program(httpbin));
  const { outputs } = await stack.up();
  expect(outputs).toEqual({
    gatewayUrls: ["http://local.httpbin.org/get"],
    meshUrl: "http://bin.mesh",
    hostUrl: "http://httpbin.org:443",
  });
  const { status, body } = await world.get("local.httpbin.org", "/get");
  expect(status, body).toBe(200);
  expect(JSON.parse(body)).toMatchObject({ url: "https://httpbin.org/get", sni: "httpbin.org" });
  expect(services()).toMatchObject([
    {
      name: "httpbin",
      mesh: "default",
      tags: { "kuma.io/service": "bin", "kuma.io/protocol": "http" },
      networking: { address: "httpbin.org:443", tls: { enabled: true, serverName: "httpbin.org" } },
    },
  ]);
  expectNoChanges(await stack.up());
  expectNoChanges(await stack.refresh());

  expectChanges(await stack.up({ program: program({ ...httpbin, enabled: false }) }), {
    update: 1,
    delete: 1,
  });
  expect((await world.get("local.httpbin.org", "/get")).status).toBe(404);
  expect(services()).toEqual([]);
  expect(world.apisix.store.list("upstreams")).toHaveLength(1);

  expectChanges(await stack.up({ program: program(httpbin) }), { update: 1, create: 1 });
  expect((await world.get("local.httpbin.org", "/get")).status).toBe(200);
  expect(services()).toHaveLength(1);

  await stack.destroy();
  expect([...everything(world.apisix), ...services()]).toEqual([]);
});

test("two gateways by their providers get the same, and a third is added without touching them", async () => {
  const at = (name: string, { adminUrl, adminKey }: typeof other) =>
    new apisix.Provider(name, { adminUrl, adminKey });
  const gateways = (more: boolean) => async () => {
    const both = { a: at("edge-a", world.apisix), b: at("edge-b", other) };
    const { gateway, ...args } = httpbin;
    if (!gateway) throw new Error("There is no gateway.");
    const third = more ? { c: at("edge-c", other) } : {};
    new ExternalBackend("httpbin", { ...args, gateway, gateways: { ...both, ...third } });
  };
  const stack = await world.engine.stack("gateways", gateways(false), {
    config: { "kuma:url": world.kuma.url },
  });
  await stack.up();
  for (const gateway of [world.apisix, other]) expect(everything(gateway)).toHaveLength(2);
  expect(other.store.list("routes")).toMatchObject([{ upstream_id: "httpbin-b" }]);
  expectNoChanges(await stack.up());

  expectChanges(await stack.up({ program: gateways(true) }), { create: 3 });
  await stack.destroy();
  expect([...everything(world.apisix), ...everything(other), ...services()]).toEqual([]);
});

test("zones of several meshes each get an external service, with providers given to the component", async () => {
  const zones = async () => {
    const provider = new kuma.Provider("mesh", { url: world.kuma.url });
    const mesh = new kuma.Mesh("edge", {}, { provider });
    const use = {
      meshes: ["default", "edge"],
      zones: ["zone-1", "zone-2"],
      meshResources: [mesh],
      egress: false,
    };
    new ExternalBackend("httpbin", { address: "httpbin.org:80", mesh: use }, { providers: [provider] });
  };
  const stack = await world.engine.stack("zones", zones);
  await stack.up();
  expect(
    services()
      .map(({ mesh, name }) => `${mesh}/${name}`)
      .sort(),
  ).toEqual([
    "default/httpbin-for-zone-1",
    "default/httpbin-for-zone-2",
    "edge/httpbin-edge-for-zone-1",
    "edge/httpbin-edge-for-zone-2",
  ]);
  expectNoChanges(await stack.up());
  await stack.destroy();
  expect(services()).toEqual([]);
});

test("Pulumi's transforms adjust one part", async () => {
  const transform: pulumi.ResourceTransform = ({ type, props, opts }) =>
    type.endsWith("apisix:Upstream") ? { props: { ...props, retries: 7 }, opts } : undefined;
  const stack = await world.stack("transforms", program(httpbin, { transforms: [transform] }));
  await stack.up();
  expect(world.apisix.store.get("upstreams", "httpbin")).toMatchObject({ retries: 7 });
  await stack.destroy();
});

test.each<[string, Partial<ExternalBackendArgs>, string]>([
  [
    "a wrong field",
    { protocol: "tcp" },
    'ExternalBackend "httpbin": protocol: a route of APISIX speaks http and grpc',
  ],
  [
    "a wrong output",
    { address: pulumi.output("httpbin.org") },
    'ExternalBackend "httpbin": address: "httpbin.org" is no "host:port"',
  ],
])("%s is one clear line of the preview, without a stack", async (name, args, message) => {
  const stack = await world.stack(name.replaceAll(" ", "-"), program({ ...httpbin, ...args }));
  const { output } = await stack.preview({ expectFailure: true });
  expect(output).toContain(message);
  expect(output).not.toMatch(/^\s+at /m);
});
