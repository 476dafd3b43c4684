import * as kuma from "pulumi-external-backends/kuma";
import { afterAll, expect, onTestFinished, test } from "vitest";
import {
  type KumaOptions,
  type KumaSandbox,
  startKuma,
  startKumaFederation,
} from "../../sandbox/kuma/index.ts";
import { Engine } from "../../tools/engine.ts";
import { expectOneError } from "../support/errors.ts";

const engine = await Engine.start();
afterAll(() => engine.close());
let stacks = 0;

const externalService = async () => {
  for (const name of ["one", "two"]) {
    new kuma.ExternalService(name, {
      tags: { "kuma.io/service": `${name}-api` },
      networking: { address: "a.example:80" },
    });
  }
};
const zoneEgress = async () => {
  new kuma.ZoneEgress("egress", { networking: { port: 10002 } });
};
const meshExternalService = async () => {
  new kuma.MeshExternalService("service", {
    match: { port: 80 },
    endpoints: [{ address: "a.example", port: 80 }],
  });
};

function stackAt(url: string, program: () => Promise<void>) {
  stacks += 1;
  return engine.stack(`at-${stacks}`, program, { config: { "kuma:url": url } });
}

async function started(options: KumaOptions): Promise<KumaSandbox> {
  const kumaSandbox = await startKuma(options);
  onTestFinished(() => kumaSandbox.close());
  return kumaSandbox;
}

/** A preview says that it cannot be, and which way there is; nobody was asked to write. */
async function expectRefusal(at: KumaSandbox, program: () => Promise<void>, ...parts: string[]) {
  const stack = await stackAt(at.url, program);
  expectOneError(await stack.preview({ expectFailure: true }), at.url, ...parts);
  expect(at.requests.filter(({ method }) => method !== "GET")).toEqual([]);
}

const meshWithEgress = async () => {
  const backends = [{ name: "ca", type: "builtin" }];
  new kuma.Mesh("mesh", { mtls: { enabledBackend: "ca", backends }, routing: { zoneEgress: true } });
};

test("a Kuma 3 has no external services and zone egresses, and the error names what it has instead", async () => {
  const at = await started({ version: "3.0.0" });
  await expectRefusal(
    at,
    externalService,
    "is a Kuma 3.0.0",
    'no external service any more; use MeshExternalService (of an ExternalBackend: mesh: { kind: "MeshExternalService" })',
  );
  await expectRefusal(at, zoneEgress, "is a Kuma 3.0.0", "no zone egress any more; use MeshExternalService");
  await expectRefusal(
    at,
    meshWithEgress,
    "is a Kuma 3.0.0",
    "no field routing.zoneEgress of a mesh any more; leave it out",
  );
});

test("a Kuma before 2.8 has no mesh external services, and the error names what it has instead", async () => {
  const at = await started({ version: "2.7.9" });
  const reason = "no mesh external service yet: it came with 2.8; use ExternalService";
  await expectRefusal(at, meshExternalService, "is a Kuma 2.7.9", reason);
});

test("a kind that the control plane does not know is an error that says so, also where it keeps its version to itself", async () => {
  const at = await started({ version: "2.7.9" });
  at.intercept = ({ url }, response) => {
    if (url !== "/" && url !== "/config") return false;
    response.writeHead(403, { "content-type": "application/json" }).end("{}");
    return true;
  };
  const stack = await stackAt(at.url, meshExternalService);
  expectOneError(
    await stack.up({ expectFailure: true }),
    'Could not create mesh external service "default/service"',
    "Either this Kuma does not know the kind",
  );
});

test("a control plane that stores in Kubernetes refuses writes, and the error names the Kubernetes classes", async () => {
  const at = await started({ kubernetesStore: true });
  for (const program of [externalService, zoneEgress, meshExternalService])
    await expectRefusal(
      at,
      program,
      "stores in Kubernetes",
      "use the classes of pulumi-external-backends/kubernetes",
    );
});

test("the wrong side of a federation is refused, and the error names the right setting", async () => {
  const { global, zones, close } = await startKumaFederation({ zones: ["zone-1"] });
  onTestFinished(close);
  await expectRefusal(global, zoneEgress, "is the global one", "set kuma:zoneUrl");
  await expectRefusal(zones["zone-1"] as KumaSandbox, externalService, "is a zone's", "set kuma:globalUrl");
});

test("a control plane that cannot be reached is a warning at preview, and an error only at up", async () => {
  const at = await started({});
  await at.close();
  const stack = await stackAt(at.url, externalService);
  const { output } = await stack.preview();
  expect(output).toContain(`Could not ask for its version at Kuma control plane ${at.url}`);
  const failed = await stack.up({ expectFailure: true });
  expect(failed.output).toContain("[UNREACHABLE]");
});

test("a control plane is asked what it is once per operation, whatever the number of resources", async () => {
  const at = await started({});
  const stack = await stackAt(at.url, externalService);
  const questions = async (operation: () => Promise<unknown>) => {
    const before = at.requests.length;
    await operation();
    return at.requests.slice(before).filter(({ path }) => path === "/" || path === "/config").length;
  };
  expect(await questions(() => stack.preview())).toBe(2);
  expect(await questions(() => stack.up())).toBe(2);
  expect(await questions(() => stack.refresh())).toBe(0);
  expect(await questions(() => stack.destroy())).toBe(0);
});
