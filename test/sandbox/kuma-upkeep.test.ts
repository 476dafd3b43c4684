import { afterEach, describe, expect, test, vi } from "vitest";
import { type KumaSandbox, startKuma, startKumaFederation } from "../../sandbox/kuma/index.ts";
import { byHand } from "../../sandbox/kuma/upkeep/later.ts";

const running: { close(): Promise<void> }[] = [];
const closing = <T extends { close(): Promise<void> }>(server: T): T => {
  running.push(server);
  return server;
};
afterEach(() => Promise.all(running.splice(0).map((server) => server.close())));

/** Sends an object to where it belongs; gives the status and the body. */
async function put({ url }: KumaSandbox, path: string, object: Record<string, unknown>) {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(url + path, { method: "PUT", headers, body: JSON.stringify(object) });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

const names = (kuma: KumaSandbox, type: string) => kuma.store.list(type).map(({ name }) => name);

const service = (name: string, labels = {}) => ({
  type: "MeshExternalService",
  mesh: "default",
  name,
  labels,
  spec: { match: { port: 80 }, endpoints: [{ address: "a.example", port: 80 }] },
});

const putService = (kuma: KumaSandbox, name: string, labels = {}) =>
  put(kuma, `/meshes/default/meshexternalservices/${name}`, service(name, labels));

const generator = (name: string, template: string, labels = {}) => ({
  type: "HostnameGenerator",
  name,
  labels: { "kuma.io/origin": "zone" },
  spec: { template, selector: { meshExternalService: { matchLabels: labels } } },
});

const statusOf = (kuma: KumaSandbox, name: string) =>
  kuma.store.get("MeshExternalService", "default", name)?.status as Record<string, unknown>;

const hostnamesOf = (kuma: KumaSandbox, name: string) =>
  ((statusOf(kuma, name).addresses ?? []) as { hostname: string }[]).map(({ hostname }) => hostname);

/** What a generator says of a service. */
function conditionOf(kuma: KumaSandbox, name: string, coreName: string) {
  const generators = statusOf(kuma, name).hostnameGenerators as {
    hostnameGeneratorRef: { coreName: string };
    conditions: unknown[];
  }[];
  return generators.find((each) => each.hostnameGeneratorRef.coreName === coreName)?.conditions[0];
}

describe("a control plane starts with", () => {
  test("two host name generators, four policies and a mesh if it is alone", async () => {
    const kuma = closing(await startKuma());
    expect(names(kuma, "HostnameGenerator")).toEqual([
      "local-mesh-external-service",
      "local-universal-mesh-service",
    ]);
    expect(names(kuma, "MeshTimeout")).toEqual([
      "mesh-gateways-timeout-all-default",
      "mesh-timeout-all-default",
    ]);
    expect(names(kuma, "MeshCircuitBreaker")).toEqual(["mesh-circuit-breaker-all-default"]);
    expect(names(kuma, "MeshRetry")).toEqual(["mesh-retry-all-default"]);
  });

  test("five host name generators if it is global, and two of its own if it is a zone's", async () => {
    const { global, zones } = closing(await startKumaFederation({ zones: ["east"] }));
    const own = (kuma: KumaSandbox | undefined, start: string) =>
      kuma?.store.list("HostnameGenerator").filter(({ name }) => String(name).startsWith(start)) ?? [];
    expect(own(global, "synced-")).toHaveLength(5);
    expect(own(zones.east, "local-")).toHaveLength(2);
    for (const object of own(zones.east, "synced-"))
      expect(object.labels).toMatchObject({ "kuma.io/origin": "global" });
  });

  test("no default policies before Kuma 2.6", async () => {
    const kuma = closing(await startKuma({ version: "2.5.0" }));
    expect(kuma.store.list("MeshTimeout")).toEqual([]);
  });
});

describe("a mesh external service has", () => {
  test("an address and a host name some time after it was made, not at once", async () => {
    const kuma = closing(await startKuma({ upkeepDelay: 200 }));
    await putService(kuma, "one");
    expect(statusOf(kuma, "one")).toEqual({ vip: {} });
    await vi.waitFor(() => expect(hostnamesOf(kuma, "one")).toEqual(["one.extsvc.mesh.local"]));
    expect(statusOf(kuma, "one").vip).toEqual({ ip: "242.0.0.1" });
  });

  test("the same status after a change, and another address when it is made again", async () => {
    const own = byHand();
    const kuma = closing(await startKuma({ later: own.later }));
    const work = () => {
      while (own.next());
    };
    await putService(kuma, "one");
    work();
    const before = statusOf(kuma, "one");
    await put(kuma, "/meshes/default/meshexternalservices/one", {
      ...service("one"),
      status: { vip: { ip: "1.2.3.4" } },
    });
    work();
    expect(statusOf(kuma, "one")).toEqual(before);
    kuma.store.delete("MeshExternalService", "default", "one");
    await putService(kuma, "one");
    work();
    expect(statusOf(kuma, "one").vip).toEqual({ ip: "242.0.0.2" });
  });

  test("no host name of which the template makes none, or which an older one has, and the reason", async () => {
    const own = byHand();
    const kuma = closing(await startKuma({ later: own.later }));
    await putService(kuma, "first", { wanted: "No_Name" });
    await putService(kuma, "second", { wanted: "a" });
    await put(kuma, "/hostnamegenerators/by-label", generator("by-label", '{{ label "wanted" }}.mesh'));
    await put(kuma, "/hostnamegenerators/missing", generator("missing", '{{ label "missing" }}.mesh'));
    await put(kuma, "/hostnamegenerators/same", generator("same", "{{ .Mesh }}.mesh"));
    while (own.next());
    expect(hostnamesOf(kuma, "first")).toEqual(["first.extsvc.mesh.local", "default.mesh"]);
    expect(hostnamesOf(kuma, "second")).toEqual(["a.mesh", "second.extsvc.mesh.local"]);
    expect(conditionOf(kuma, "first", "by-label")).toMatchObject({
      status: "False",
      reason: "TemplateError",
      message: expect.stringContaining('generated hostname "No_Name.mesh" is not a valid DNS name'),
    });
    expect(conditionOf(kuma, "first", "missing")).toMatchObject({
      reason: "TemplateError",
      message: expect.stringContaining("label missing not found"),
    });
    expect(conditionOf(kuma, "second", "same")).toMatchObject({
      status: "False",
      reason: "Collision",
      message: "Hostname collision with MeshExternalService: second",
    });
  });

  test("no status on a global control plane, but in every zone; one of a zone has it on both", async () => {
    const own = byHand();
    const { global, zones } = closing(await startKumaFederation({ zones: ["east"], later: own.later }));
    const east = zones.east as KumaSandbox;
    while (own.next());
    await putService(global, "of-global");
    await putService(east, "of-zone", { "kuma.io/origin": "zone" });
    while (own.next());
    expect(statusOf(global, "of-global")).toEqual({ vip: {} });
    const [inZone = "", ofZone = ""] = names(east, "MeshExternalService").map(String);
    expect(hostnamesOf(east, inZone)).toEqual(["of-global.extsvc.mesh.local"]);
    expect(hostnamesOf(east, ofZone)).toEqual(["of-zone.extsvc.mesh.local"]);
    const onGlobal = names(global, "MeshExternalService")
      .map(String)
      .find((name) => name.startsWith("of-zone-"));
    expect(statusOf(global, onGlobal ?? "")).toEqual(statusOf(east, ofZone));
  });
});

test("a template that makes no host name is refused when it is written", async () => {
  const kuma = closing(await startKuma());
  const answer = await put(kuma, "/hostnamegenerators/bad", generator("bad", "{{ .Name }}_{{ .Mesh }}"));
  expect(answer.status).toBe(400);
  expect(JSON.stringify(answer.body)).toContain(
    'template renders to \\"name_mesh\\" which is not a valid DNS name',
  );
});

describe("the other side of a federation", () => {
  test("sees a change after the delay that was asked for", async () => {
    const { global, zones } = closing(await startKumaFederation({ zones: ["east"], syncDelay: 300 }));
    await vi.waitFor(() => expect(names(zones.east as KumaSandbox, "Mesh")).toEqual(["default"]));
    await putService(global, "one");
    expect(names(zones.east as KumaSandbox, "MeshExternalService")).toEqual([]);
    await vi.waitFor(() =>
      expect(names(zones.east as KumaSandbox, "MeshExternalService")).toEqual([
        expect.stringMatching(/^one-\w{16}$/),
      ]),
    );
  });

  test("has what is not its own refused, whether it is changed or deleted", async () => {
    const { global, zones } = closing(await startKumaFederation({ zones: ["east"] }));
    const east = zones.east as KumaSandbox;
    await putService(global, "one");
    const [name = ""] = names(east, "MeshExternalService").map(String);
    const path = `/meshes/default/meshexternalservices/${name}`;
    expect((await put(east, path, service(name, { "kuma.io/origin": "zone" }))).status).toBe(400);
    expect((await fetch(east.url + path, { method: "DELETE" })).status).toBe(400);
    const onGlobal = await put(global, path, service(name, { "kuma.io/origin": "zone" }));
    expect(onGlobal).toMatchObject({
      status: 400,
      body: { invalid_parameters: [{ reason: "the origin label must be set to 'global'" }] },
    });
  });

  test("keeps a zone that is connected", async () => {
    const { global } = closing(await startKumaFederation({ zones: ["east"] }));
    expect((await fetch(`${global.url}/zones/east`, { method: "DELETE" })).status).toBe(400);
  });
});

test("external services stay when their mesh goes, as they do in reality, and other things go with it", async () => {
  const kuma = closing(await startKuma());
  await put(kuma, "/meshes/m", { type: "Mesh", name: "m" });
  const mine = { type: "ExternalService", mesh: "m", name: "e", tags: { "kuma.io/service": "e" } };
  await put(kuma, "/meshes/m/external-services/e", { ...mine, networking: { address: "a.b:80" } });
  await put(kuma, "/meshes/m/meshexternalservices/s", { ...service("s"), mesh: "m" });
  expect((await fetch(`${kuma.url}/meshes/m`, { method: "DELETE" })).status).toBe(200);
  expect(kuma.store.get("ExternalService", "m", "e")).toBeDefined();
  expect(kuma.store.get("MeshExternalService", "m", "s")).toBeUndefined();
  expect(kuma.store.list("Secret").filter(({ mesh }) => mesh === "m")).toEqual([]);
});

describe("a body is refused", () => {
  test("with 415 in another form than JSON, and with an end of the connection if it is null", async () => {
    const kuma = closing(await startKuma());
    const url = `${kuma.url}/meshes/default/meshexternalservices/one`;
    for (const contentType of ["application/yaml", "text/plain", "application/x-www-form-urlencoded"]) {
      const answer = await fetch(url, {
        method: "PUT",
        headers: { "content-type": contentType },
        body: "{}",
      });
      expect([answer.status, await answer.text()]).toEqual([415, "415: Unsupported Media Type"]);
    }
    const headers = { "content-type": "application/json" };
    await expect(fetch(url, { method: "PUT", headers, body: "null" })).rejects.toThrow("fetch failed");
  });

  test("of another type than its path", async () => {
    const kuma = closing(await startKuma());
    const answer = await put(kuma, "/meshes/default/meshtimeouts/one", service("one"));
    expect([answer.status, answer.body.title]).toEqual([400, "Could not process a resource"]);
  });
});
