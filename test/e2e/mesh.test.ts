import * as pulumi from "@pulumi/pulumi";
import * as kuma from "pulumi-external-backends/kuma";
import { expect, onTestFinished, test } from "vitest";
import { startKumaFederation } from "../../sandbox/kuma/index.ts";
import { expectOneError } from "../support/errors.ts";
import { declaredPart, expectChanges, expectNoChanges, startWorld } from "../support/world.ts";

const world = await startWorld();
const { store } = world.kuma;
const mtls = { enabledBackend: "ca", backends: [{ name: "ca", type: "builtin" }] };

/** What a mesh at the control plane says about itself. */
function meshNamed(name: string): unknown {
  const { kri: _, ...mesh } = store.get("Mesh", undefined, name) ?? {};
  return declaredPart(mesh);
}

/** A mesh that somebody else has made. */
function foreignMesh(name: string, fields: object = {}): void {
  store.put({ type: "Mesh", name, ...fields });
}

const patch = (name: string, args: kuma.MeshPatchArgs) => async () => {
  new kuma.MeshPatch(name, args);
};

test("a mesh with an object of somebody else in it is deleted only with deleteContents", async () => {
  const mesh = (deleteContents: boolean) => async () => {
    new kuma.Mesh("full", { deleteContents });
  };
  const stack = await world.stack("full", mesh(false));
  await stack.up();
  const foreign = {
    spec: {
      match: { type: "HostnameGenerator", port: 80, protocol: "tcp" },
      endpoints: [{ address: "a.example", port: 80 }],
    },
  };
  store.put({ type: "MeshExternalService", mesh: "full", name: "by-hand", ...foreign });

  expectOneError(
    await stack.destroy({ expectFailure: true }),
    'The mesh "full" was not deleted, since that would delete what is in it: meshexternalservices/by-hand',
    "set deleteContents: true and run pulumi up",
    "[STILL_IN_USE]",
  );
  expect(store.get("MeshExternalService", "full", "by-hand")).toMatchObject(foreign);

  const requests = await world.requestsDuring(() => stack.up({ program: mesh(true) }));
  expect(requests).toEqual(["GET /meshes/full", "PUT /meshes/full", "GET /meshes/full"]);
  await stack.destroy();
  expect(store.get("Mesh", undefined, "full")).toBeUndefined();
  expect(store.get("MeshExternalService", "full", "by-hand")).toBeUndefined();
});

test("a mesh goes with what the same stack has in it", async () => {
  const stack = await world.stack("own", async () => {
    const mesh = new kuma.Mesh("own");
    new kuma.MeshExternalService("own", {
      mesh: mesh.name,
      match: { port: 80 },
      endpoints: [{ address: "a.example", port: 80 }],
    });
  });
  await stack.up();
  await stack.destroy();
  expect(store.get("Mesh", undefined, "own")).toBeUndefined();
});

test("zone egress without mTLS is refused at preview", async () => {
  const stack = await world.stack("no-mtls", async () => {
    new kuma.Mesh("no-mtls", { routing: { zoneEgress: true } });
  });
  expectOneError(await stack.preview({ expectFailure: true }), "routing.zoneEgress", "needs mTLS");
});

test("patches set their own fields only, together, and put the former values back", async () => {
  const before = { mtls, networking: { outbound: { passthrough: true } }, routing: { zoneEgress: true } };
  foreignMesh("shared", before);
  const patches = async () => {
    new kuma.MeshPatch("locality", { mesh: "shared", routing: { localityAwareLoadBalancing: true } });
    new kuma.MeshPatch("passthrough", {
      mesh: "shared",
      networking: { outbound: { passthrough: false } },
      meshServices: { mode: "Everywhere" },
    });
  };
  const stack = await world.stack("shared", patches);
  await stack.up();
  expect(meshNamed("shared")).toEqual({
    type: "Mesh",
    name: "shared",
    mtls,
    networking: { outbound: { passthrough: false } },
    routing: { zoneEgress: true, localityAwareLoadBalancing: true },
    meshServices: { mode: "Everywhere" },
  });
  expectNoChanges(await stack.refresh());
  expectNoChanges(await stack.up());

  // A field that a patch no longer sets gets its former value back at once.
  const fewer = async () => {
    new kuma.MeshPatch("passthrough", { mesh: "shared", networking: { outbound: { passthrough: false } } });
  };
  expectChanges(await stack.up({ program: fewer }), { update: 1, delete: 1 });
  expect(meshNamed("shared")).toEqual({
    type: "Mesh",
    name: "shared",
    ...before,
    networking: { outbound: { passthrough: false } },
  });
  await stack.destroy();
  expect(meshNamed("shared")).toEqual({ type: "Mesh", name: "shared", ...before });
});

test("a refresh shows what somebody has changed of a patch's field, and of no other", async () => {
  foreignMesh("drifting");
  const stack = await world.stack(
    "drifting",
    patch("drifting", { mesh: "drifting", meshServices: { mode: "Everywhere" } }),
  );
  await stack.up();
  foreignMesh("drifting", { meshServices: { mode: "Everywhere" }, routing: { zoneEgress: false } });
  expectNoChanges(await stack.preview({ refresh: true }));
  foreignMesh("drifting", { meshServices: { mode: "Exclusive" } });
  const { output } = await stack.preview({ refresh: true, diff: true });
  expect(output).toContain('~ mode: "Exclusive" => "Everywhere"');
  await stack.up({ refresh: true });
  expect(meshNamed("drifting")).toMatchObject({ meshServices: { mode: "Everywhere" } });
});

test("two patches of one field in a stack are an error at preview, and one goes through", async () => {
  foreignMesh("twice");
  const passthrough = { networking: { outbound: { passthrough: false } } };
  const stack = await world.stack("twice", async () => {
    new kuma.MeshPatch("one", { mesh: "twice", ...passthrough });
    new kuma.MeshPatch("two", { mesh: "twice", ...passthrough });
  });
  expectOneError(
    await stack.preview({ expectFailure: true }),
    "networking.outbound.passthrough: is set by another patch of this stack, too; set it in one place",
  );
  expectChanges(await stack.up({ program: patch("twice", { mesh: "twice", ...passthrough }) }), {
    create: 2,
  });
});

test("what somebody has changed since stays when its patch goes, with a warning", async () => {
  foreignMesh("since");
  const stack = await world.stack(
    "since",
    patch("since", {
      mesh: "since",
      networking: { outbound: { passthrough: false } },
      meshServices: { mode: "Everywhere" },
    }),
  );
  await stack.up();
  foreignMesh("since", {
    networking: { outbound: { passthrough: false } },
    meshServices: { mode: "Exclusive" },
  });
  const { output } = await stack.destroy();
  expect(output).toContain(
    'meshServices.mode of the mesh "since" stays as it is: somebody changed it since.',
  );
  expect(meshNamed("since")).toEqual({ type: "Mesh", name: "since", meshServices: { mode: "Exclusive" } });
});

test("a patch of a mesh that does not exist says so and makes none", async () => {
  const stack = await world.stack(
    "missing",
    patch("missing", { mesh: "missing", meshServices: { mode: "Everywhere" } }),
  );
  expectOneError(await stack.up({ expectFailure: true }), "missing", "it does not exist. Make it first");
  expect(store.get("Mesh", undefined, "missing")).toBeUndefined();
});

test("a new value of a secret updates the secret only, and shows nowhere", async () => {
  const values = ["the first certificate", "the second certificate"];
  const program = (value: string) => async () => {
    const ca = new kuma.Secret("certificate", { value });
    new kuma.ExternalService("certified", {
      tags: { "kuma.io/service": "certified-api", "kuma.io/protocol": "http" },
      networking: { address: "a.example:443", tls: { enabled: true, caCert: { secret: ca.name } } },
    });
    return { data: ca.name };
  };
  const stack = await world.stack("certificate", program(values[0] ?? ""));
  const first = await stack.up();
  const second = await stack.up({ program: program(values[1] ?? ""), diff: true });
  expectChanges(second, { update: 1 });
  const base64 = values.map((value) => Buffer.from(value).toString("base64"));
  expect(store.get("Secret", "default", "certificate")).toMatchObject({ data: base64[1] });
  expect(store.get("ExternalService", "default", "certified")).toMatchObject({
    networking: { tls: { caCert: { secret: "certificate" } } },
  });
  const seen = [first, second, await stack.refresh(), await stack.destroy()];
  const texts = [await stack.stateText(), ...seen.map(({ output }) => output)];
  for (const value of [...values, ...base64]) for (const text of texts) expect(text).not.toContain(value);
});

test("a policy of any kind goes where that kind lies", async () => {
  const targetRef = { kind: "Mesh" };
  const backends = [{ type: "File", file: { path: "/dev/stdout" } }];
  const kinds = {
    MeshTrafficPermission: { from: [{ targetRef, default: { action: "Allow" } }] },
    MeshAccessLog: { to: [{ targetRef, default: { backends } }] },
    MeshLoadBalancingStrategy: { to: [{ targetRef, default: { localityAwareness: { disabled: true } } }] },
  };
  const stack = await world.stack("policies", async () => {
    for (const [type, spec] of Object.entries(kinds))
      new kuma.Policy(type.toLowerCase(), { type, spec: pulumi.output(spec) });
  });
  await stack.up();
  for (const [type, spec] of Object.entries(kinds)) {
    expect(store.get(type, "default", type.toLowerCase())?.spec, type).toMatchObject(spec);
  }
  expectNoChanges(await stack.refresh());
  await stack.destroy();
  for (const type of Object.keys(kinds))
    expect(store.get(type, "default", type.toLowerCase()), type).toBeUndefined();
});

test("a mesh external service is written at the side of the federation that its origin names", async () => {
  const federation = await startKumaFederation({ zones: ["zone-1"] });
  onTestFinished(() => federation.close());
  const zone = federation.zones["zone-1"];
  const service = (name: string, origin: "global" | "zone") =>
    new kuma.MeshExternalService(name, {
      origin,
      match: { port: 80 },
      endpoints: [{ address: "a.example", port: 80 }],
    });
  const stack = await world.stack(
    "sides",
    async () => {
      service("everywhere", "global");
      service("here", "zone");
    },
    { config: { "kuma:url": "", "kuma:globalUrl": federation.global.url, "kuma:zoneUrl": zone?.url ?? "" } },
  );
  await stack.removeConfig("kuma:url");
  await stack.up();
  const written = (requests: { method: string; path: string }[] = []) =>
    requests.filter(({ method }) => method === "PUT").map(({ path }) => path);
  expect(written(federation.global.requests)).toEqual(["/meshes/default/meshexternalservices/everywhere"]);
  expect(written(zone?.requests)).toEqual(["/meshes/default/meshexternalservices/here"]);
  expect(zone?.store.get("MeshExternalService", "default", "here")).toMatchObject({
    labels: { "kuma.io/origin": "zone" },
  });
  expectNoChanges(await stack.refresh());
  expectNoChanges(await stack.up());
  await stack.destroy();
  expect(zone?.store.list("MeshExternalService")).toEqual([]);
});
