import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Backend, startBackend } from "../../sandbox/backend.ts";
import type { TestStack } from "../../tools/engine.ts";
import { loadProgram } from "../../tools/program.ts";
import { repository } from "../../tools/repository.ts";
import { expectOutputs, updateOutput } from "../support/pages.ts";
import { declaredPart, expectChanges, expectNoChanges, startWorld } from "../support/world.ts";

const require = createRequire(import.meta.url);
const { apisix, kuma, Manifests }: typeof import("pulumi-external-backends") =
  require("pulumi-external-backends");

const world = await startWorld();
const settings = join(repository, "examples", "documents");
const program = loadProgram(settings);

let inCluster: Backend;
beforeAll(async () => {
  inCluster = await startBackend({ name: "in the cluster", hosts: ["httpbin.test.svc"] });
  world.apisix.hosts["httpbin.test.svc"] = { http: inCluster.httpPort };
});
afterAll(() => inCluster.close());

/** A stack of the example with these of its files. */
function documents(name: string, ...files: string[]): Promise<TestStack> {
  return world.stack(name, program, { project: "documents", settings, config: configOf(...files) });
}

function configOf(...files: string[]): Record<string, string> {
  return { "documents:files": JSON.stringify(files) };
}

/** The document's own request, as `curl -i -H "Host: HOST" http://127.0.0.1:9080/get`. */
async function getAs(host: string): Promise<Record<string, unknown>> {
  const { status, body } = await world.get(host, "/get");
  expect(status, body).toBe(200);
  return JSON.parse(body);
}

/** Deletes a stack's resources and looks that the servers have nothing left. */
async function destroyed(stack: TestStack): Promise<void> {
  await stack.destroy();
  const { store } = world.apisix;
  const left = [store.list("routes"), store.list("upstreams"), world.kuma.store.list("ExternalService")];
  expect(left).toEqual([[], [], []]);
}

describe("Using External Services In ApisixUpstream", () => {
  test.for([
    ["introduction", "apisix/httpbin-route", "apisix/httpbin-upstream"],
    ["external-domain", "apisix/external-domain"],
  ])("%s: local.httpbin.org is answered by httpbin.org", async ([name = "", ...files]) => {
    const stack = await documents(name, ...files);
    const { output } = await stack.up();
    if (name === "external-domain") {
      const shown = updateOutput(output).replace(/(?<=\(|documents-)external-domain/g, "dev");
      expectOutputs("examples/documents/README.md", { up: shown });
    }
    expectNoChanges(await stack.up());

    expect(await getAs("local.httpbin.org")).toMatchObject({
      url: "http://local.httpbin.org/get",
      headers: { Host: "local.httpbin.org" },
      backend: "backend",
    });
    expect(declaredPart(world.apisix.store.get("upstreams", "apisix_httpbin-upstream"))).toEqual({
      nodes: [{ host: "httpbin.org", port: 80, weight: 100 }],
    });
    expect(declaredPart(world.apisix.store.get("routes", "apisix_httpbin-route_rule1"))).toEqual({
      hosts: ["local.httpbin.org"],
      uris: ["/*"],
      upstream_id: "apisix_httpbin-upstream",
    });
    await destroyed(stack);
  });

  test("external name: ext.httpbin.org is answered in the cluster and, when the name changes, by httpbin.org", async () => {
    const stack = await documents("external-name", "apisix/ext-httpbin-service", "apisix/external-name");
    await stack.up();
    expect(await getAs("ext.httpbin.org")).toMatchObject({
      url: "http://ext.httpbin.org/get",
      backend: "in the cluster",
    });

    await stack.setConfig(configOf("apisix/ext-httpbin-service-domain", "apisix/external-name"));
    expectChanges(await stack.up(), { update: 1 });
    expect(await getAs("ext.httpbin.org")).toMatchObject({
      url: "http://ext.httpbin.org/get",
      backend: "backend",
    });
    await destroyed(stack);
  });

  test("without its Service, the external name is what the configuration says", async () => {
    const stack = await documents("services", "apisix/external-name");
    await stack.setConfig({ "documents:services": JSON.stringify({ "ext-httpbin": "httpbin.test.svc" }) });
    await stack.up();
    expect(await getAs("ext.httpbin.org")).toMatchObject({ backend: "in the cluster" });
    await destroyed(stack);
  });
});

describe("External Service", () => {
  test.for<[name: string, file: string, services: object[]]>([
    [
      "usage",
      "kuma/httpbin",
      [
        {
          name: "httpbin",
          mesh: "default",
          tags: { "kuma.io/service": "httpbin", "kuma.io/protocol": "http" },
          networking: {
            address: "httpbin.org:443",
            tls: {
              enabled: true,
              serverName: "httpbin.org",
              caCert: { inline: expect.stringMatching(/^LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t/) },
              clientCert: { secret: "client-cert" },
              clientKey: { secret: "client-key" },
            },
          },
        },
      ],
    ],
    [
      "zones",
      "kuma/httpbin-for-zones",
      ["zone-1", "zone-2"].map((zone) => ({
        name: `httpbin-for-${zone}`,
        tags: { "kuma.io/service": "httpbin", "kuma.io/protocol": "http", "kuma.io/zone": zone },
        networking: { address: `${zone}.httpbin.org:80` },
      })),
    ],
    [
      "egress",
      "kuma/example",
      [
        {
          name: "example",
          tags: { "kuma.io/service": "example", "kuma.io/protocol": "tcp" },
          networking: { address: "example.com:443" },
        },
      ],
    ],
  ])("%s: the control plane has what %s says", async ([name, file, services]) => {
    const stack = await documents(name, file);
    await stack.up();
    expectNoChanges(await stack.up());
    expectNoChanges(await stack.refresh());

    expect(world.kuma.store.list("ExternalService")).toMatchObject(services);
    await destroyed(stack);
  });
});

test("both documents at once make seven resources, which go in the right order", async () => {
  const stack = await documents(
    "all",
    "apisix/external-domain",
    "apisix/ext-httpbin-service",
    "apisix/external-name",
    "kuma/httpbin-for-zones",
    "kuma/example",
  );
  // The stack, the component, two upstreams with their routes, three external services.
  expectChanges(await stack.up(), { create: 9 });
  await destroyed(stack);
});

test("the providers of a Manifests serve its resources, and a mesh outlives what is in it", async () => {
  const yaml = await readFile(join(settings, "apisix", "external-domain.yaml"), "utf8");
  const shop = `
---
type: Mesh
name: shop
---
type: ExternalService
mesh: shop
name: httpbin
tags: { kuma.io/service: httpbin }
networking: { address: httpbin.org:80 }`;
  const stack = await world.engine.stack("providers", async () => {
    const { adminUrl, adminKey } = world.apisix;
    const edge = new apisix.Provider("edge", { adminUrl, adminKey });
    const mesh = new kuma.Provider("mesh", { url: world.kuma.url });
    new Manifests("docs", { yaml: yaml + shop }, { providers: [edge, mesh] });
  });
  await stack.up();
  expect(await getAs("local.httpbin.org")).toMatchObject({ backend: "backend" });
  expect(world.kuma.store.list("ExternalService")).toMatchObject([{ name: "httpbin", mesh: "shop" }]);

  const requests = await world.requestsDuring(() => destroyed(stack));
  expect(requests.filter((request) => request.startsWith("DELETE")).slice(-2)).toEqual([
    "DELETE /meshes/shop/external-services/httpbin",
    "DELETE /meshes/shop",
  ]);
});

test("a file that is wrong is an error with its line, and changes nothing that is there", async () => {
  const stack = await documents("wrong", "apisix/external-domain");
  await stack.up();
  // The Service is missing, on which the second file builds.
  await stack.setConfig(configOf("apisix/external-domain", "apisix/external-name"));
  const requests = await world.requestsDuring(async () => {
    const { output } = await stack.up({ expectFailure: true });
    expect(output).toMatch(
      /external-name\.yaml:23: ApisixUpstream "ext-upstream": spec\.externalNodes\[0\]\.name/,
    );
    expect(output).toContain('services: { "ext-httpbin": "DOMAIN" }');
    expect(output).not.toMatch(/is missing|^ +at /m);
  });
  expect(requests).toEqual([]);
  expect(await getAs("local.httpbin.org")).toMatchObject({ backend: "backend" });
  await destroyed(stack);
});
