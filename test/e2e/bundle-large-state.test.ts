import { generate } from "selfsigned";
import { describe, expect, test } from "vitest";
import { entriesTextIn } from "../../provider/model/bundle/entries.ts";
import type { Intercept } from "../../sandbox/apisix/index.ts";
import { bundleDoors } from "../support/bundle-doors.ts";
import { expectChanges, startWorld } from "../support/world.ts";

const world = await startWorld();
const { store } = world.apisix;
const { cert, private: key } = await generate([{ name: "commonName", value: "shop.example" }]);

/** About 20 MB of certificates and keys. */
const ssls = Object.fromEntries(
  Array.from({ length: 70 }, (_, n) => {
    const others = Math.ceil(280_000 / (cert.length + key.length));
    return [
      `s${n}`,
      { snis: [`s${n}.example`], cert, key, certs: Array(others).fill(cert), keys: Array(others).fill(key) },
    ];
  }),
);

/** 11.9 MB of definitions. */
const protos = Object.fromEntries(
  Array.from({ length: 119 }, (_, n) => [
    `p${n}`,
    { content: `syntax = "proto3"; // ${n} `.padEnd(99_900, "filling ") },
  ]),
);

const refuseOne: Intercept = (request, response) => {
  if (request.method === "GET" || !/\/[sp]33$/.test(request.url ?? "")) return false;
  response.writeHead(400, { "content-type": "application/json" });
  response.end(JSON.stringify({ error_msg: "not on a Friday" }));
  return true;
};

describe.each(bundleDoors)("through the door $door", ({ door, declare, options }) => {
  test("a run with 20 MB of certificates, one refused, loses nothing", { timeout: 900_000 }, async () => {
    const stack = await world.stack(`large-${door}`, async () => void declare("large", { ssls }), {
      ...options,
      config: { "apisix:validation": "local" },
    });
    world.apisix.intercept = refuseOne;
    const { output } = await stack.up();
    expect(output).toMatch(/ssls\.s33: .*not on a Friday/);
    expect(output).toContain("this run counts as done");
    world.apisix.intercept = undefined;
    const repaired = await world.requestsDuring(async () => expectChanges(await stack.up(), { update: 1 }));
    expect(repaired).toEqual(["PUT /apisix/admin/ssls/s33"]);
    await stack.destroy();
    expect(store.list("ssls")).toEqual([]);
  });

  test("just below what an error can carry, the run fails and the state has the rest", {
    timeout: 900_000,
  }, async () => {
    const stack = await world.stack(`less-${door}`, async () => void declare("less", { protos }), {
      ...options,
      config: { "apisix:validation": "local" },
    });
    world.apisix.intercept = refuseOne;
    const { output } = await stack.up({ expectFailure: true });
    expect(output).toMatch(/protos\.p33: .*not on a Friday/);
    const { outputs = {} } = await stack.resource("less");
    const kept = JSON.parse(entriesTextIn(outputs) ?? "");
    expect(Object.keys(kept.protos)).toHaveLength(118);
    world.apisix.intercept = undefined;
    const repaired = await world.requestsDuring(async () => expectChanges(await stack.up(), { update: 1 }));
    expect(repaired).toEqual(["PUT /apisix/admin/protos/p33"]);
    await stack.destroy();
    expect(store.list("protos")).toEqual([]);
  });
});
