import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { isObject, type JsonObject } from "../../provider/model/fields.ts";
import { startKuma, startKumaFederation } from "../../sandbox/kuma/index.ts";
import { kumaResource } from "../support/kuma-resource.ts";

const kuma = await startKuma();
const federation = await startKumaFederation({ zones: ["zone-1"] });
const zone = federation.zones["zone-1"] ?? federation.global;
afterAll(() => Promise.all([kuma.close(), federation.close()]));
beforeEach(() => {
  for (const { type, mesh, name } of kuma.store.list("MeshTimeout"))
    kuma.store.delete(String(type), String(mesh), String(name));
});

const spec = { to: [{ targetRef: { kind: "Mesh" }, default: { connectionTimeout: "5s" } }] };
const shadow = { "kuma.io/effect": "shadow" };

function labelsAt({ store } = kuma, name = "a"): JsonObject {
  const { labels } = store.get("MeshTimeout", "default", name) ?? {};
  return isObject(labels) ? labels : {};
}

/** Somebody changes the labels of what is there. */
function relabel(change: (labels: JsonObject) => JsonObject): void {
  const object = kuma.store.get("MeshTimeout", "default", "a") ?? {};
  kuma.store.put({ ...object, labels: change(labelsAt()) } as never);
}

/** The same object, made by hand. */
async function byHand(labels: JsonObject, type = "MeshTimeout", at = "meshtimeouts"): Promise<void> {
  const body = { type, mesh: "default", name: "a", labels, spec };
  const answer = await fetch(`${kuma.url}/meshes/default/${at}/a`, {
    method: "PUT",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json" },
  });
  expect(answer.status).toBeLessThan(300);
}

async function made(labels: JsonObject = {}) {
  const resource = kumaResource("kuma:MeshTimeout", kuma);
  expect(await resource.check({ labels, spec })).toEqual([]);
  await resource.create();
  return resource;
}

describe("labels that Kuma gives by itself", () => {
  test("are no drift", async () => {
    const resource = await made();
    expect(Object.keys(labelsAt())).toContain("kuma.io/mesh");
    expect(await resource.refresh()).toBeUndefined();
    expect(await resource.diff()).toEqual({ changes: false, replaces: [] });
  });

  test("may be declared as they are", async () => {
    const resource = await made({ "kuma.io/mesh": "default", "kuma.io/policy-role": "system" });
    expect(await resource.refresh()).toBeUndefined();
    expect(await resource.diff()).toEqual({ changes: false, replaces: [] });
  });
});

describe("labels of Kuma that a user sets", () => {
  test("are written, compared and taken away as any others", async () => {
    const resource = await made(shadow);
    expect(labelsAt()).toMatchObject(shadow);
    relabel(({ "kuma.io/effect": _, ...labels }) => labels);
    expect(await resource.refresh()).toMatchObject({ spec });
    expect(await resource.diff()).toEqual({ changes: true, replaces: [] });
    await resource.update();
    expect(labelsAt()).toMatchObject(shadow);
    expect(await resource.check({ spec })).toEqual([]);
    expect(await resource.diff()).toEqual({ changes: true, replaces: [] });
    await resource.update();
    expect(labelsAt()).not.toHaveProperty("kuma.io/effect");
  });

  test("are drift where somebody else has set them", async () => {
    const resource = await made();
    relabel((labels) => ({ ...labels, ...shadow }));
    expect(await resource.refresh()).toMatchObject({ labels: shadow });
    expect(await resource.diff()).toEqual({ changes: true, replaces: [] });
    await resource.update();
    expect(labelsAt()).not.toHaveProperty("kuma.io/effect");
  });

  test("stay where an update knows nothing of them", async () => {
    const resource = await made();
    relabel((labels) => ({ ...labels, ...shadow }));
    const changed = { to: [{ targetRef: { kind: "Mesh" }, default: { connectionTimeout: "7s" } }] };
    expect(await resource.check({ spec: changed })).toEqual([]);
    await resource.update();
    expect(labelsAt()).toMatchObject(shadow);
  });

  test("stay on a policy that is taken over, and are told", async () => {
    await byHand(shadow);
    const resource = kumaResource("kuma:MeshTimeout", kuma);
    expect(await resource.check({ spec, adopt: true })).toEqual([]);
    expect(resource.warnings.join("\n")).toContain(
      'keeps the labels that stand there: kuma.io/effect: "shadow"',
    );
    await resource.create();
    expect(labelsAt()).toMatchObject(shadow);
  });
});

describe("labels that an object keeps from its creation on", () => {
  test("replace it where they are declared anew", async () => {
    const resource = await made({ "kuma.io/display-name": "first" });
    expect(await resource.check({ labels: { "kuma.io/display-name": "second" }, spec })).toEqual([]);
    expect(await resource.diff()).toEqual({ changes: true, replaces: ["labels"] });
  });

  test("are no drift where nobody has declared them", async () => {
    await byHand({ "kuma.io/display-name": "another" });
    const resource = kumaResource("kuma:MeshTimeout", kuma);
    expect(await resource.check({ spec, adopt: true })).toEqual([]);
    await resource.create();
    expect(labelsAt()).toMatchObject({ "kuma.io/display-name": "another" });
    expect(await resource.refresh()).toBeUndefined();
    expect(await resource.diff()).toEqual({ changes: false, replaces: [] });
  });

  test("are refused where the whole mesh would go with them", async () => {
    const resource = kumaResource("kuma:Mesh", kuma);
    expect(await resource.check({ labels: { "kuma.io/display-name": "first" } })).toEqual([]);
    await resource.create();
    expect(await resource.check({ labels: { "kuma.io/display-name": "second" } })).toEqual([
      expect.stringContaining('labels["kuma.io/display-name"]: cannot change after creation'),
    ]);
    kuma.store.delete("Mesh", undefined, "a");
  });
});

test("the label of a mesh is refused at a preview of what is in none", async () => {
  const labels = { "kuma.io/mesh": "default" };
  const words = 'the label kuma.io/mesh: "default" names a mesh, and the object is in none';
  for (const [type, args] of Object.entries({
    "kuma:Mesh": {},
    "kuma:ZoneEgress": { networking: { port: 10002 } },
  }))
    expect(await kumaResource(type, kuma).check({ ...args, labels })).toEqual([
      expect.stringContaining(words),
    ]);
});

describe("labels that only one side of a federation takes", () => {
  test.each([
    [federation.global, "kuma:globalUrl", { "kuma.io/origin": "zone" }, "is not for a global control plane"],
    [zone, "kuma:zoneUrl", { "kuma.io/zone": "zone-2" }, 'names another zone than its own, "zone-1"'],
    [zone, "kuma:zoneUrl", { "kuma.io/mesh": "other" }, 'names another mesh than "default"'],
  ])("are refused at a preview: %$", async (at, setting, labels, words) => {
    const resource = kumaResource("kuma:MeshTimeout", at, { [setting]: at.url });
    const origin = setting === "kuma:zoneUrl" ? "zone" : "global";
    expect(await resource.check({ origin, labels, spec })).toEqual([expect.stringContaining(words)]);
  });
});
