import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { request } from "undici";
import { afterAll, describe, expect, test } from "vitest";
import { type ApisixSandbox, startApisix } from "../../sandbox/apisix/index.ts";
import { startBackend } from "../../sandbox/backend.ts";
import { startKumaFederation } from "../../sandbox/kuma/index.ts";
import type { StackConfig, TestStack } from "../../tools/engine.ts";
import { loadProgram } from "../../tools/program.ts";
import { repository } from "../../tools/repository.ts";
import { expectOutputs, updateOutput, withoutChance } from "../support/pages.ts";
import { expectChanges, expectNoChanges, startWorld } from "../support/world.ts";

const world = await startWorld();
const exampleFolder = (name: string) => join(repository, "examples", name);
const gatewayObjects = ({ store }: ApisixSandbox) => [...store.list("routes"), ...store.list("upstreams")];

/** Sends a GET through a gateway. */
async function ask({ gatewayUrl }: ApisixSandbox, host: string, path: string) {
  const { statusCode, body } = await request(new URL(path, gatewayUrl), { headers: { host } });
  return { status: statusCode, body: await body.text() };
}

/** A stack of an example, up for the first and the second time; its first output stands in its README as `page` says. */
async function isUp(example: string, name: string, config: StackConfig, page = "up"): Promise<TestStack> {
  const settings = exampleFolder(example);
  const environment = { APISIX_ADMIN_KEY: world.apisix.adminKey };
  const options = { project: example, settings, config, environment };
  const stack = await world.engine.stack(name, loadProgram(settings), options);
  const { output } = await stack.up();
  expectOutputs(`examples/${example}/README.md`, { [page]: updateOutput(output) });
  expectNoChanges(await stack.up());
  return stack;
}

test("quickstart sends local.httpbin.org to httpbin.org, and its destroy leaves nothing", async () => {
  const stack = await isUp("quickstart", "dev", world.config);

  const { status, body } = await ask(world.apisix, "local.httpbin.org", "/get");
  expect(status, body).toBe(200);
  expect(JSON.parse(body)).toMatchObject({ url: "http://local.httpbin.org/get", backend: "backend" });
  expect(world.kuma.store.get("ExternalService", "default", "httpbin")).toMatchObject({
    tags: { "kuma.io/service": "httpbin" },
    networking: { address: "httpbin.org:80" },
  });

  await stack.destroy();
  expect(gatewayObjects(world.apisix)).toEqual([]);
  expect(world.kuma.store.list("ExternalService")).toEqual([]);
});

test("the root's project runs quickstart", async () => {
  const stack = await world.stack("root", loadProgram(repository), { project: "external-backends" });
  expectChanges(await stack.preview(), { create: 4 });
});

test("https-backend asks the API by its own name, with a key that clients do not send and the state does not show", async () => {
  const config = { ...world.config, "https-backend:apiKey": { value: "the-key", secret: true } } as const;
  const stack = await isUp("https-backend", "dev", config);

  const { status, body } = await ask(world.apisix, "api.shop.example", "/orders/42?full=1");
  expect(status, body).toBe(200);
  const { url, sni, headers } = JSON.parse(body);
  expect({ url, sni }).toEqual({ url: "https://httpbin.org/anything/42?full=1", sni: "httpbin.org" });
  expect(headers).toMatchObject({ Host: "httpbin.org", "X-Api-Key": "the-key" });
  expect(await stack.stateText()).not.toContain("the-key");

  await stack.setConfig({ "https-backend:apiKey": { value: "another-key", secret: true } });
  const { output } = await stack.preview({ diff: true });
  expect(output).not.toMatch(/(the|another)-key/);
  expectOutputs("examples/https-backend/README.md", { secret: withoutChance(output) });

  await stack.destroy();
  expect(gatewayObjects(world.apisix)).toEqual([]);
});

describe("stack-per-zone", async () => {
  const zones = ["zone-1", "zone-2"];
  const backends = await Promise.all(
    zones.map((zone) => startBackend({ name: zone, hosts: [`${zone}.httpbin.org`] })),
  );
  const hosts = Object.fromEntries(
    zones.map((zone, index) => [`${zone}.httpbin.org`, { http: backends[index]?.httpPort ?? 0 }]),
  );
  const gateways = await Promise.all(zones.map(() => startApisix({ hosts })));
  const federation = await startKumaFederation({ zones });
  afterAll(() => Promise.all([...backends, ...gateways, federation].map((started) => started.close())));

  test("the global stack declares the external services of all zones, which the zones see", async () => {
    const stack = await isUp(
      "stack-per-zone",
      "global",
      { "kuma:globalUrl": federation.global.url },
      "global",
    );

    const addresses = Object.values(federation.zones).map(({ store }) =>
      store.list("ExternalService").map((service) => service.networking),
    );
    const all = [{ address: "zone-1.httpbin.org:80" }, { address: "zone-2.httpbin.org:80" }];
    expect(addresses).toEqual([all, all]);

    await stack.destroy();
    expect(federation.global.store.list("ExternalService")).toEqual([]);
  });

  test.for(zones)("%s gets an egress of its own and a gateway that reaches its own backend", async (zone) => {
    const gateway = gateways[zones.indexOf(zone)] as ApisixSandbox;
    const config = {
      "kuma:zoneUrl": federation.zones[zone]?.url ?? "",
      "apisix:adminUrl": gateway.adminUrl,
    };
    const stack = await isUp("stack-per-zone", zone, config, zone);

    const { status, body } = await ask(gateway, "local.httpbin.org", "/get");
    expect(status, body).toBe(200);
    expect(JSON.parse(body)).toMatchObject({ backend: zone, url: `http://${zone}.httpbin.org/get` });
    expect(federation.global.store.list("ZoneEgress")).toMatchObject([{ zone }]);

    await stack.destroy();
    expect(gatewayObjects(gateway)).toEqual([]);
    expect(federation.global.store.list("ZoneEgress")).toEqual([]);
  });
});

describe("Pulumi's own runner of TypeScript programs", () => {
  const runner = `
    const pulumi = require("@pulumi/pulumi");
    const { compilerOptions } = require("./tsconfig.json");
    const vendored = require("path").join(require.resolve("@pulumi/pulumi"), "../vendor/ts-node@7.0.1");
    require(vendored).register({ compiler: require.resolve("typescript"), project: "tsconfig.json", compilerOptions });
    pulumi.runtime.setMocks({ newResource: ({ name, inputs }) => ({ id: name, state: inputs }), call: () => ({}) }, "p", "zone-1");
    pulumi.runtime.setAllConfig({ "p:apiKey": "a", "p:egressAddress": "127.0.0.1", "p:caCert": "a", "p:zones": "{}" });
    require(process.cwd());
  `;

  test.for([
    ...["quickstart", "https-backend", "stack-per-zone", "zone-egress", "external-backend", "canary"],
    "infra-repo",
  ])("checks and runs %s", async (example) => {
    await promisify(execFile)(process.execPath, ["-e", runner], { cwd: exampleFolder(example) });
  });
});
