import { describe, expect, onTestFinished, test } from "vitest";
import { Handler } from "../../provider/dynamic/handler.ts";
import type { JsonObject } from "../../provider/model/fields.ts";
import type { Kind } from "../../provider/model/kind.ts";
import { externalService } from "../../provider/model/kuma/external-service.ts";
import { mesh } from "../../provider/model/kuma/mesh.ts";
import { startKuma } from "../../sandbox/kuma/index.ts";

const service = { tags: { "kuma.io/service": "a" }, networking: { address: "a.example:80" } };

/** One resource at a control plane of that version, with the inputs that the engine would give. */
async function at(version: string, kind: Kind, args: JsonObject) {
  const kuma = await startKuma({ version });
  onTestFinished(() => kuma.close());
  const lifecycle = new Handler(kind);
  lifecycle.configure({ config: { get: (key) => (key === "kuma:url" ? kuma.url : undefined) } });
  const given = { ...args, __context: { name: "a", stack: "ours.prod", owner: "0123456789abcdef" } };
  const { inputs, failures } = await lifecycle.check({}, given);
  expect(failures).toEqual([]);
  const type = kind.type.replace("kuma:", "");
  const inMesh = kind === mesh ? {} : { mesh: "default" };
  return {
    lifecycle,
    inputs,
    stored: () => kuma.store.get(type, kind === mesh ? undefined : "default", "a"),
    /** What somebody else has written by hand. */
    byHand: (object: JsonObject) => kuma.store.put({ type, name: "a", ...inMesh, ...object }),
  };
}

describe("an object without a label that equals what is declared", () => {
  test.each([
    { version: "2.5.0", kind: externalService, args: service },
    { version: "2.5.9", kind: mesh, args: {} },
  ])("is ours at a Kuma $version, which keeps none: $kind.title", async ({ version, kind, args }) => {
    const { lifecycle, inputs, byHand } = await at(version, kind, args);
    byHand(args);
    await expect(lifecycle.create(inputs)).resolves.toHaveProperty("id");
  });

  test.each([
    { version: "2.6.0", kind: externalService, args: service },
    { version: "2.14.3", kind: mesh, args: {} },
    { version: "0.0.0-preview.v1234567", kind: mesh, args: {} },
  ])("is another's at a Kuma $version, which keeps labels: $kind.title", async ({ version, kind, args }) => {
    const { lifecycle, inputs, byHand } = await at(version, kind, args);
    byHand(args);
    await expect(lifecycle.create(inputs)).rejects.toThrow(/exists already.*adopt: true/);
  });
});

describe("declared labels that are not there", () => {
  const labels = { team: "edge" };

  test("are no drift where none are kept", async () => {
    const { lifecycle, inputs, stored } = await at("2.5.0", externalService, { ...service, labels });
    const { id, outs } = await lifecycle.create(inputs);
    expect(stored()).not.toHaveProperty("labels");
    expect((await lifecycle.read(id, outs)).inputs).toBeUndefined();
  });

  test("are drift where they were removed by hand, also before Kuma adds labels of its own", async () => {
    const { lifecycle, inputs, byHand } = await at("2.7.0", externalService, { ...service, labels });
    const { id, outs } = await lifecycle.create(inputs);
    byHand(service);
    expect((await lifecycle.read(id, outs)).inputs).toEqual({
      mesh: "default",
      name: "a",
      labels: {},
      ...service,
      __words: true,
    });
  });
});
