import { join } from "node:path";
import { request } from "undici";
import { afterAll, expect, test } from "vitest";
import { startApisix } from "../../sandbox/apisix/index.ts";
import { startBackend } from "../../sandbox/backend.ts";
import { startKumaFederation } from "../../sandbox/kuma/index.ts";
import type { StackConfig } from "../../tools/engine.ts";
import { loadProgram } from "../../tools/program.ts";
import { repository } from "../../tools/repository.ts";
import { expectOutputs, updateOutput, withoutChance } from "../support/pages.ts";
import { expectChanges, expectNoChanges, startWorld } from "../support/world.ts";

const canary = await startBackend({ name: "canary", hosts: ["httpbingo.org"] });
const stable = await startBackend({ name: "stable" });
const apisix = await startApisix({
  hosts: { "httpbin.org": { https: stable.httpsPort }, "httpbingo.org": { https: canary.httpsPort } },
});
const world = await startWorld();
const federation = await startKumaFederation({ zones: ["zone-1", "zone-2"] });
afterAll(() => Promise.all([canary, stable, apisix, federation].map((started) => started.close())));

/** A stack of an example, up for the first and the second time. */
async function isUp(example: string, config: StackConfig) {
  const stack = await world.engine.stack("dev", loadProgram(join(repository, "examples", example)), {
    project: example,
    config,
  });
  const first = await stack.up();
  expectNoChanges(await stack.up());
  return { stack, first };
}

/** How many of so many requests each backend answered. */
async function answersOf(requests: number): Promise<Record<string, number>> {
  const answers: Record<string, number> = {};
  for (let index = 0; index < requests; index++) {
    const headers = { host: "api.shop.example" };
    const { body } = await request(new URL("/get", apisix.gatewayUrl), { headers });
    const { backend } = (await body.json()) as { backend: string };
    answers[backend] = (answers[backend] ?? 0) + 1;
  }
  return answers;
}

test("canary sends 20 of 100 requests to the new backend, and 50 after a change of the route only", async () => {
  const { adminUrl, adminKey } = apisix;
  const { stack } = await isUp("canary", { "apisix:adminUrl": adminUrl, "apisix:adminKey": adminKey });
  expect(await answersOf(100)).toEqual({ stable: 80, canary: 20 });

  await stack.setConfig({ "canary:share": "50" });
  const { output } = await stack.preview({ diff: true });
  expectOutputs("examples/canary/README.md", { diff: withoutChance(output) });
  expectChanges(await stack.up(), { update: 1 });
  expect(await answersOf(100)).toEqual({ stable: 50, canary: 50 });

  await stack.setConfig({ "canary:share": "200" });
  expect((await stack.preview({ expectFailure: true })).output).toContain("canary:share is 200");
  await stack.destroy();
  expect([...apisix.store.list("routes"), ...apisix.store.list("upstreams")]).toEqual([]);
});

test("external-backend serves at the gateway and in the mesh, is switched off and on, and its destroy leaves nothing", async () => {
  const { stack, first } = await isUp("external-backend", {
    ...world.config,
    "external-backend:caCert": world.backend.caCert,
  });
  expect(first.outputs).toEqual({
    gatewayUrls: ["http://local.httpbin.org/"],
    meshUrl: "http://bin.mesh",
    hostUrl: "http://httpbin.org:443",
  });
  expect(first.output).not.toContain("lint ");
  expectOutputs("examples/external-backend/README.md", { up: updateOutput(first.output) });
  const { status, body } = await world.get("local.httpbin.org");
  expect(status, body).toBe(200);
  expect(JSON.parse(body)).toMatchObject({ url: "https://httpbin.org/get", sni: "httpbin.org" });
  expect(world.kuma.store.get("ExternalService", "default", "httpbin")).toMatchObject({
    tags: { "kuma.io/service": "bin" },
    networking: { tls: { enabled: true, serverName: "httpbin.org", caCert: { secret: "httpbin-ca" } } },
  });

  await stack.setConfig({ "external-backend:enabled": "false" });
  expectChanges(await stack.up(), { update: 1, delete: 1 });
  expect((await world.get("local.httpbin.org")).status).toBe(404);
  expect(world.kuma.store.list("ExternalService")).toEqual([]);

  await stack.destroy();
  const { store } = world.apisix;
  const kept = world.kuma.store.list("Secret").filter(({ name }) => name === "httpbin-ca");
  expect([...store.list("routes"), ...store.list("upstreams"), ...kept]).toEqual([]);
});

test("zone-egress lets out what is declared, through an egress per zone, and its destroy leaves nothing", async () => {
  const zones = Object.entries(federation.zones).map(([zone, { url }], index) => [
    zone,
    { url, egressAddress: `10.0.${index + 1}.7` },
  ]);
  const { stack, first } = await isUp("zone-egress", {
    "kuma:globalUrl": federation.global.url,
    "zone-egress:zones": JSON.stringify(Object.fromEntries(zones)),
  });
  expect(first.output).not.toContain("lint ");
  expectOutputs("examples/zone-egress/README.md", { up: updateOutput(first.output) });
  const { store } = federation.global;
  expect(store.get("Mesh", undefined, "apps")).toMatchObject({
    mtls: { enabledBackend: "ca-1" },
    networking: { outbound: { passthrough: false } },
    routing: { zoneEgress: true },
  });
  expect(store.list("ZoneEgress")).toMatchObject([
    { zone: "zone-1", networking: { address: "10.0.1.7", port: 10002 } },
    { zone: "zone-2", networking: { address: "10.0.2.7", port: 10002 } },
  ]);
  for (const zone of Object.values(federation.zones)) {
    expect(zone.store.list("ExternalService")).toMatchObject([
      {
        mesh: "apps",
        tags: { "kuma.io/service": "example", "kuma.io/protocol": "tcp" },
        networking: { address: "example.com:443" },
      },
    ]);
    const policies = ["MeshTrafficPermission", "MeshAccessLog"].flatMap((type) => zone.store.list(type));
    expect(policies.map(({ mesh }) => mesh)).toEqual(["apps", "apps"]);
  }

  await stack.destroy();
  expect(store.list("Mesh").map(({ name }) => name)).toEqual(["default"]);
  const types = ["ExternalService", "ZoneEgress", "MeshTrafficPermission", "MeshAccessLog"];
  expect(types.flatMap((type) => store.list(type))).toEqual([]);
});
