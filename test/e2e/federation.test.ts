import * as kuma from "pulumi-external-backends/kuma";
import { afterAll, describe, expect, test } from "vitest";
import { startKuma, startKumaFederation } from "../../sandbox/kuma/index.ts";
import { expectOneError } from "../support/errors.ts";
import { expectNoChanges, startWorld } from "../support/world.ts";

const world = await startWorld();
const tokens = { admin: "token of the federation" };
const federation = await startKumaFederation({ zones: ["zone-1"], tokens });
const zone = federation.zones["zone-1"]?.url ?? "";
const globalUrl = federation.global.url;
const token = { value: tokens.admin, secret: true } as const;
afterAll(() => federation.close());

const service = (name: string, mesh?: string) =>
  new kuma.ExternalService(name, {
    ...(mesh ? { mesh } : {}),
    tags: { "kuma.io/service": name, "kuma.io/protocol": "http" },
    networking: { address: "a.example:80" },
  });
const egress = (name: string) =>
  new kuma.ZoneEgress(name, { networking: { address: "10.0.0.1", port: 10002 } });

test("external services go to the global control plane, zone egresses to the zone's", async () => {
  const program = async () => {
    service("billing");
    egress("egress");
  };
  const config = { "kuma:globalUrl": globalUrl, "kuma:zoneUrl": zone, "kuma:token": token };
  const stack = await world.engine.stack("federation", program, { config });
  await stack.up();
  expect(federation.global.store.get("ExternalService", "default", "billing")).toBeDefined();
  expect(federation.zones["zone-1"]?.store.get("ZoneEgress", undefined, "egress")).toBeDefined();
  expectNoChanges(await stack.up());
  expectNoChanges(await stack.refresh());
  await stack.destroy();
  expect(federation.global.store.list("ExternalService")).toEqual([]);
  expect(federation.global.store.list("ZoneEgress")).toEqual([]);
});

test("an explicit provider with both URLs serves both sides", async () => {
  const program = async () => {
    const provider = new kuma.Provider("federation", { globalUrl, zoneUrl: zone, token: tokens.admin });
    const networking = { address: "10.0.0.1", port: 10002 };
    new kuma.ZoneEgress("explicit", { networking }, { provider });
    const tags = { "kuma.io/service": "explicit", "kuma.io/protocol": "http" };
    new kuma.ExternalService("explicit", { tags, networking: { address: "a.example:80" } }, { provider });
  };
  const stack = await world.engine.stack("explicit", program);
  await stack.up();
  expectNoChanges(await stack.refresh());
  await stack.destroy();
  expect(federation.global.store.list("ExternalService")).toEqual([]);
});

describe("a wrong place is one clear error that names the right one", () => {
  test("an external service at a zone's control plane", async () => {
    const config = { "kuma:globalUrl": zone, "kuma:token": token };
    const stack = await world.engine.stack("at-zone", async () => void service("misplaced"), { config });
    expectOneError(await stack.up({ expectFailure: true }), zone, "kuma:globalUrl");
  });

  test("a zone egress at the global control plane", async () => {
    const config = { "kuma:zoneUrl": globalUrl, "kuma:token": token };
    const stack = await world.engine.stack("at-global", async () => void egress("misplaced"), { config });
    expectOneError(await stack.up({ expectFailure: true }), globalUrl, "kuma:zoneUrl");
  });

  test("a control plane that stores in Kubernetes", async () => {
    const kubernetes = await startKuma({ kubernetesStore: true });
    const config = { "kuma:url": kubernetes.url };
    const stack = await world.engine.stack("kubernetes", async () => void service("misplaced"), { config });
    expectOneError(await stack.up({ expectFailure: true }), kubernetes.url, "Kubernetes");
    await kubernetes.close();
  });

  test("a control plane that refuses writes without having said why", async () => {
    // One that does not let its configuration be seen.
    const zonal = federation.zones["zone-1"];
    if (zonal) {
      zonal.intercept = (request, response) => {
        if (request.url === "/config") response.writeHead(403).end();
        return request.url === "/config";
      };
    }
    const config = { "kuma:globalUrl": zone, "kuma:token": token };
    const stack = await world.engine.stack("reserved", async () => void service("misplaced"), { config });
    expectOneError(
      await stack.up({ expectFailure: true }),
      'Could not create external service "default/misplaced"',
      "405",
      "External services belong to the global control plane (kuma:globalUrl)",
    );
    if (zonal) zonal.intercept = undefined;
  });

  test("a mesh that does not exist", async () => {
    const config = { "kuma:globalUrl": globalUrl, "kuma:token": token };
    const stack = await world.engine.stack("no-mesh", async () => void service("lonely", "absent"), {
      config,
    });
    expectOneError(
      await stack.up({ expectFailure: true }),
      'Could not create external service "absent/lonely"',
      "404: Failed to retrieve Mesh",
      "The mesh does not exist; make it first.",
    );
  });
});

test("a federation that is only half configured says what is missing", async () => {
  const config = { "kuma:globalUrl": globalUrl, "kuma:token": token };
  const stack = await world.engine.stack("half", async () => void egress("nowhere"), { config });
  expectOneError(
    await stack.preview({ expectFailure: true }),
    "No Kuma control plane (zone) is configured",
    "kuma:zoneUrl",
  );
});
