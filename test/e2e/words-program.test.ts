import * as pulumi from "@pulumi/pulumi";
import * as apisix from "pulumi-external-backends/apisix";
import * as kuma from "pulumi-external-backends/kuma";
import { generate } from "selfsigned";
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../provider/model/fields.ts";
import type { Stored } from "../support/kind-case.ts";
import { oldStateOf } from "../support/old-states.ts";
import { expectChanges, expectNoChanges, ownerOf, startWorld } from "../support/world.ts";

const world = await startWorld({
  engine: { environment: { PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS: "false" } },
});
const at = (collection: string, id: string) => world.apisix.store.get(collection, id) as Stored;
const [pair] = await Promise.all([generate([{ name: "commonName", value: "a.example" }], { keyType: "ec" })]);
const upstream = { nodes: { "a.example:80": 1 } };

/** The program of a user who ignores fields as Pulumi's documentation says. */
async function ignoring(): Promise<void> {
  const plain = { uri: "/a", upstream };
  new apisix.Route("host", { ...plain, host: "internal.example" }, { ignoreChanges: ["host"] });
  new apisix.Route("address", { ...plain, remoteAddr: "10.0.0.0/8" }, { ignoreChanges: ["remoteAddr"] });
  new apisix.Route("off", { ...plain, enabled: false }, { ignoreChanges: ["enabled"] });
  new apisix.Route("uri", plain, { ignoreChanges: ["uri"] });
  new apisix.Route("uris", { uris: ["/b", "/a"], upstream }, { ignoreChanges: ["uris[0]"] });
  const nodes = [
    { host: "stable.example", port: 443, weight: 99 },
    { host: "canary.example", port: 443, weight: 1 },
  ];
  new apisix.Upstream("weights", { nodes }, { ignoreChanges: ["nodes[*].weight"] });
  const map = { "a:80": 1, "b:80": 2 };
  new apisix.Upstream("map", { nodes: map }, { ignoreChanges: ['nodes["b:80"]'] });
  new apisix.Ssl("sni", { cert: pair.cert, key: pair.private, sni: "a.example" }, { ignoreChanges: ["sni"] });
  new kuma.ExternalService(
    "sni",
    {
      tags: { "kuma.io/service": "words", "kuma.io/protocol": "http" },
      networking: { address: "b.example:443", tls: { enabled: true, sni: "c.example" } },
    },
    { ignoreChanges: ["networking.tls.sni"] },
  );
  new kuma.Secret("value", { value: "a value" }, { ignoreChanges: ["value"] });
}

function expectIntact(): void {
  expect(at("routes", "host").hosts).toEqual(["internal.example"]);
  expect(at("routes", "address").remote_addrs).toEqual(["10.0.0.0/8"]);
  expect(at("routes", "off").status).toBe(0);
  expect(at("routes", "uri").uris).toEqual(["/a"]);
  expect(at("routes", "uris").uris).toEqual(["/a", "/b"]);
  const weights = (id: string) =>
    (at("upstreams", id).nodes as Stored[]).map(({ host, weight }) => [host, weight]);
  expect(Object.fromEntries(weights("weights"))).toEqual({ "stable.example": 99, "canary.example": 1 });
  expect(Object.fromEntries(weights("map"))).toEqual({ a: 1, b: 2 });
  expect(at("ssls", "sni").snis).toEqual(["a.example"]);
  expect(world.kuma.store.get("ExternalService", "default", "sni")).toMatchObject({
    networking: { tls: { serverName: "c.example" } },
  });
  expect(world.kuma.store.get("Secret", "default", "value")).toMatchObject({
    data: Buffer.from("a value").toString("base64"),
  });
}

test("no later up of an unchanged program takes away, swaps or refuses what it ignores", async () => {
  const stack = await world.stack("ignoring", ignoring);
  await stack.up();
  const old = await oldStateOf(stack);
  expectIntact();
  for (let times = 0; times < 2; times++) expectNoChanges(await stack.up());
  expectNoChanges(await stack.refresh());
  expectNoChanges(await stack.up());
  expectIntact();
  // As version 0.2 has left it.
  await stack.importState(old);
  for (let times = 0; times < 2; times++) expectNoChanges(await stack.up({ refresh: times > 0 }));
  expectIntact();
});

test("with ignoreChanges of everything nothing changes, and the object stays the resource's own", async () => {
  const program = (desc: string, options: pulumi.CustomResourceOptions) => async () => {
    new apisix.Route("all", { uri: "/all", host: pulumi.secret("all.example"), upstream, desc }, options);
  };
  const stack = await world.stack("all", program("first", { ignoreChanges: ["*"] }));
  await stack.up();
  const { owner } = ownerOf(at("routes", "all"));
  expectNoChanges(await stack.up({ program: program("second", { ignoreChanges: ["*"] }) }));
  expect(at("routes", "all").desc).toBe("first");
  expect(await stack.stateText()).not.toContain("all.example");
  expectChanges(await stack.up({ program: program("third", {}) }), { update: 1 });
  expect(at("routes", "all")).toMatchObject({ desc: "third", hosts: ["all.example"] });
  expect(ownerOf(at("routes", "all")).owner).toBe(owner);
});

describe("what says nothing", () => {
  test("is left out where it is undefined, and stays where it is null, and neither reaches the server", async () => {
    const stack = await world.stack("nothing", async () => {
      const args = {
        uri: "/nothing",
        upstream,
        desc: undefined,
        host: null,
        hosts: ["a.example"],
        name: null,
      };
      new apisix.Route("nothing", args as never);
      const networking = { address: "b.example:80", tls: { enabled: undefined, sni: null } };
      new kuma.ExternalService("nothing", { tags: { "kuma.io/service": "nothing" }, networking } as never);
    });
    await stack.up();
    const inputs = async (type: string) => {
      const resources = await stack.resources();
      return resources.find((one) => one.urn.includes(type) && one.urn.endsWith("::nothing"))?.inputs;
    };
    expect(await inputs("apisix:Route")).toMatchObject({ host: null, hosts: ["a.example"], name: null });
    expect(await inputs("apisix:Route")).not.toHaveProperty("desc");
    expect(await inputs("kuma:ExternalService")).toMatchObject({ networking: { tls: { sni: null } } });
    expect(at("routes", "nothing")).toMatchObject({ hosts: ["a.example"] });
    expect(at("routes", "nothing")).not.toHaveProperty("name");
    expectNoChanges(await stack.up());
    expectNoChanges(await stack.refresh());
    world.apisix.store.put("routes", "nothing", { ...at("routes", "nothing"), hosts: ["b.example"] });
    expectChanges(await stack.up({ refresh: true }), { update: 1 });
    expect(at("routes", "nothing")).toMatchObject({ hosts: ["a.example"] });
  });
});

test("replaceOnChanges warns that it has no effect", async () => {
  const stack = await world.stack("replace", async () => {
    new apisix.Upstream("replaced", upstream, { replaceOnChanges: ["nodes"] });
  });
  const { output } = await stack.up();
  expect(output).toMatch(
    /warning: apisix:Upstream "replaced": replaceOnChanges has no effect on dynamic resources/,
  );
});

describe("the private key of a mesh's provided CA", () => {
  const key = (name: string) => `-----BEGIN PRIVATE KEY-----\n${name}-of-the-ca\n-----END PRIVATE KEY-----\n`;
  const mtls = (name: string) => ({
    backends: [
      {
        name: "ca",
        type: "provided",
        conf: { cert: { inlineString: pair.cert }, key: { inlineString: key(name) } },
      },
    ],
  });

  test("of a Mesh and of a MeshPatch stands nowhere in clear: state, backups and output", async () => {
    world.kuma.store.put({ type: "Mesh", name: "patched" });
    const program = (name: string) => async () => {
      new kuma.Mesh("keys", { mtls: { ...mtls(`mesh-${name}`), skipValidation: true } });
      new kuma.MeshPatch("keys", {
        mesh: "patched",
        mtls: { ...mtls(`patch-${name}`), skipValidation: true },
      });
    };
    const stack = await world.stack("keys", program("first"));
    const results = [await stack.preview({ diff: true }), await stack.up({ diff: true })];
    results.push(await stack.up({ program: program("second"), diff: true }));
    for (const name of ["keys", "patched"]) {
      const mesh = world.kuma.store.get("Mesh", undefined, name) as JsonObject;
      const byHand = mtls(`hand-${name}`);
      world.kuma.store.put({ ...mesh, mtls: { ...(mesh.mtls as JsonObject), ...byHand } } as never);
    }
    results.push(await stack.preview({ diff: true, refresh: true }), await stack.refresh());
    const inState = await stack.stateText();
    results.push(await stack.up({ diff: true }), await stack.destroy());
    const texts = [
      inState,
      await stack.stateText(),
      ...results.flatMap(({ output, events }) => [output, shown(events)]),
    ];
    for (const text of texts) expect(text.match(/\w+-of-the-ca/g)).toBeNull();
    expect(inState).toContain("BEGIN CERTIFICATE");
  });
});

/** Debug messages hold what a program passes to Pulumi's SDK, of every package. */
function shown(events: { diagnosticEvent?: { severity: unknown } }[]): string {
  return JSON.stringify(
    events.filter(({ diagnosticEvent }) => String(diagnosticEvent?.severity) !== "debug"),
  );
}
