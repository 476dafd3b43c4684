import { afterAll, expect, test } from "vitest";
import { Handler } from "../../provider/dynamic/handler.ts";
import type { JsonObject } from "../../provider/model/fields.ts";
import { meshPatch } from "../../provider/model/kuma/mesh-patch.ts";
import { SECRET_KEY } from "../../provider/model/marks.ts";
import { type FaultName, faultNames, faults } from "../../sandbox/faults.ts";
import { startKuma } from "../../sandbox/kuma/index.ts";

const sandbox = await startKuma();
const { store } = sandbox;
afterAll(() => sandbox.close());

/** The writes of this mesh meet the fault; its reads do not. */
const broken = new Map<string, FaultName>();
sandbox.intercept = (request, response) => {
  const fault = broken.get(request.url?.split("/").at(-1) ?? "");
  return fault !== undefined && request.method === "PUT" && faults[fault](request, response);
};

function lifecycle(): Handler {
  const made = new Handler(meshPatch);
  const config: Record<string, unknown> = {
    "kuma:url": sandbox.url,
    "kuma:requestTimeout": 2,
    "kuma:validation": "local",
  };
  made.configure({ config: { get: (key) => config[key] } });
  return made;
}

/** The engine gives outputs back with their secrets in clear. */
function stateOf(outs: JsonObject): JsonObject {
  return JSON.parse(JSON.stringify(outs), (_key, value) => (value?.[SECRET_KEY] ? value.value : value));
}

const former = { routing: { localityAwareLoadBalancing: true } };
const patched = { networking: { outbound: { passthrough: false } } };

test.concurrent.each(faultNames.map((fault, index) => ({ fault, mesh: `mesh-${index}` })))(
  "a patch under $fault is put back whole when it goes",
  async ({ fault, mesh }) => {
    store.put({ type: "Mesh", name: mesh, ...former });
    const { inputs } = await lifecycle().check(
      {},
      { mesh, ...patched, __context: { owner: "0123456789abcdef" } },
    );
    broken.set(mesh, fault);
    const first = await lifecycle()
      .create(inputs)
      .catch(() => undefined);
    broken.delete(mesh);
    const { id, outs } = first ?? (await lifecycle().create(inputs));
    expect(store.get("Mesh", undefined, mesh)).toMatchObject({ ...former, ...patched });
    await lifecycle().delete(id, stateOf(outs));
    const { creationTime, modificationTime, kri, ...left } = store.get("Mesh", undefined, mesh) ?? {};
    expect(left).toEqual({ type: "Mesh", name: mesh, ...former });
  },
  20_000,
);
