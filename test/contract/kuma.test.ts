import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type KumaFederation,
  type KumaSandbox,
  startKuma,
  startKumaFederation,
} from "../../sandbox/kuma/index.ts";

interface Exchange {
  note?: string;
  request: { method: string; path: string; headers?: Record<string, string>; body?: unknown; raw?: string };
  response: { status: number; contentType?: string; body?: unknown; text?: string };
}

interface Scenario {
  name: string;
  exchanges: Exchange[];
}

/** The recordings of a real kuma-cp 2.14.3: every exchange is repeated, none is left out. */
function scenariosOf(recording: string): Scenario[] {
  const url = new URL(`../recordings/${recording}.json`, import.meta.url);
  return (JSON.parse(readFileSync(url, "utf8")) as { scenarios: Scenario[] }).scenarios;
}

/** Sends what was recorded and compares; then removes what the scenario created, as the recorder did. */
async function replay(url: string, scenario: Scenario, headers: Record<string, string> = {}): Promise<void> {
  const created = new Set<string>();
  for (const [index, { note, request, response }] of scenario.exchanges.entries()) {
    const { method, path, body, raw } = request;
    const answer = await fetch(url + path, {
      method,
      headers,
      body: raw ?? (body === undefined ? null : JSON.stringify(body)),
    });
    const text = await answer.text();
    const actual = {
      status: answer.status,
      contentType: answer.headers.get("content-type") ?? undefined,
      body: response.text === undefined ? steady(JSON.parse(text)) : text,
    };
    const expected = {
      status: response.status,
      contentType: response.contentType,
      body: response.text ?? steady(response.body),
    };
    // Where the recording was cut, the answer may hold more.
    const says = expect(actual, `${index}: ${method} ${path} ${note ?? ""}`);
    if (note?.startsWith("cut:")) says.toMatchObject(expected);
    else says.toEqual(expected);
    if (response.status === 201) created.add(path);
  }
  for (const path of created) await fetch(url + path, { method: "DELETE", headers });
}

/** A body without what differs between two servers or two runs: times, generated ids, host names, origins. */
function steady(body: unknown): unknown {
  return JSON.parse(
    JSON.stringify(body, (key, value: unknown) => {
      if (["creationTime", "modificationTime", "clusterId", "instanceId", "hostname"].includes(key)) {
        return typeof value;
      }
      return key === "next" && typeof value === "string" ? value.replace(/^http:\/\/[^/]+/, "") : value;
    }),
  );
}

describe("a standalone control plane", () => {
  let kuma: KumaSandbox;

  beforeAll(async () => {
    kuma = await startKuma();
    for (const object of leftBefore) kuma.store.put(object);
  });
  afterAll(() => kuma.close());

  test.each(scenariosOf("kuma-2.14.3"))("answers as recorded: $name", async (scenario) => {
    await replay(kuma.url, scenario);
  });
});

describe("a control plane with user tokens", () => {
  const tokens = { admin: "admin-token", viewer: "viewer-token", expired: "expired-token" };
  let kuma: KumaSandbox;

  beforeAll(async () => {
    kuma = await startKuma({ tokens, localhostIsAdmin: false });
  });
  afterAll(() => kuma.close());

  test.each(scenariosOf("kuma-2.14.3-auth"))("answers as recorded: $name", async (scenario) => {
    const who = scenario.name.replace("user token: ", "");
    const token = { ...tokens, garbage: "garbage" }[who];
    await replay(kuma.url, scenario, token === undefined ? {} : { authorization: `Bearer ${token}` });
  });
});

describe("a federation", () => {
  let federation: KumaFederation;

  beforeAll(async () => {
    federation = await startKumaFederation({ zones: ["zone-1"] });
  });
  afterAll(() => federation.close());

  test.each(scenariosOf("kuma-2.14.3-global"))("answers as recorded: $name", async (scenario) => {
    await replay(federation.global.url, scenario);
  });

  test.each(scenariosOf("kuma-2.14.3-zone"))("answers as recorded: $name", async (scenario) => {
    await replay(federation.zones["zone-1"]?.url ?? "", scenario);
  });
});

describe("beyond the recordings", () => {
  const httpbin = {
    type: "ExternalService",
    mesh: "default",
    name: "httpbin",
    tags: { "kuma.io/service": "httpbin" },
    networking: { address: "httpbin.org:80" },
  };
  const egress = { type: "ZoneEgress", name: "egress", networking: { address: "127.0.0.1", port: 10002 } };
  const servicePath = "/meshes/default/external-services/httpbin";
  const running: { close(): Promise<void> }[] = [];
  const closing = <T extends { close(): Promise<void> }>(server: T): T => {
    running.push(server);
    return server;
  };
  const put = (url: string, body: unknown, headers = {}) =>
    fetch(url, { method: "PUT", headers, body: JSON.stringify(body) });

  afterAll(() => Promise.all(running.map((server) => server.close())));

  test("what is written on the global control plane shows on every zone, changes there and goes there", async () => {
    const { global, zones } = closing(await startKumaFederation({ zones: ["east", "west"] }));
    const inZones = () => Object.values(zones).flatMap(({ store }) => store.list("ExternalService"));
    await put(global.url + servicePath, httpbin);
    await put(global.url + servicePath, { ...httpbin, networking: { address: "httpbin.org:443" } });
    expect(inZones()).toHaveLength(2);
    for (const object of inZones()) {
      expect(object.name).toMatch(/^httpbin-[bcdfghjklmnpqrstvwxz2456789]{16}$/);
      expect(object.labels).toMatchObject({ "kuma.io/display-name": "httpbin", "kuma.io/origin": "global" });
      expect(object.networking).toEqual({ address: "httpbin.org:443" });
    }
    await fetch(global.url + servicePath, { method: "DELETE" });
    expect(inZones()).toEqual([]);
  });

  test("zone egresses of one name show on the global control plane side by side, and go with their zone's", async () => {
    const { global, zones } = closing(await startKumaFederation({ zones: ["east", "west"] }));
    for (const { url } of Object.values(zones)) await put(`${url}/zoneegresses/egress`, egress);
    const onGlobal = global.store.list("ZoneEgress");
    expect(new Set(onGlobal.map(({ name }) => name)).size).toBe(2);
    expect(onGlobal.map(({ labels }) => labels)).toContainEqual(
      expect.objectContaining({ "kuma.io/display-name": "egress", "kuma.io/zone": "east" }),
    );
    zones.east?.store.delete("ZoneEgress", undefined, "egress");
    expect(global.store.list("ZoneEgress")).toHaveLength(1);
    global.store.clear();
    expect(global.store.list("ZoneEgress")).toHaveLength(1);
  });

  test("Kuma 3 knows neither external services nor zone egresses", async () => {
    const { url } = closing(await startKuma({ version: "3.0.0" }));
    for (const path of [servicePath, "/zoneegresses", "/external-services"]) {
      const answer = await fetch(url + path);
      expect([answer.status, await answer.text()]).toEqual([404, "404: Page Not Found"]);
    }
  });

  test("before Kuma 2.6 labels are dropped in silence, whatever they are, and nothing is added", async () => {
    const { url } = closing(await startKuma({ version: "2.5.0" }));
    for (const labels of [{ team: "edge" }, "no labels at all"])
      expect((await put(url + servicePath, { ...httpbin, labels })).ok).toBe(true);
    const times = { creationTime: expect.any(String), modificationTime: expect.any(String) };
    expect(await (await fetch(url + servicePath)).json()).toEqual({ ...httpbin, ...times });
    const answer = await fetch(`${url}/meshes/default/meshexternalservices`);
    expect([answer.status, await answer.text()]).toEqual([404, "404: Page Not Found"]);
  });

  test("from Kuma 2.6 to 2.8 an external service keeps the labels that it was given, and gets none", async () => {
    const kuma = closing(await startKuma({ version: "2.7.0" }));
    await put(kuma.url + servicePath, httpbin);
    expect(kuma.store.get("ExternalService", "default", "httpbin")).not.toHaveProperty("labels");
    await put(kuma.url + servicePath, { ...httpbin, labels: { team: "edge" } });
    expect(kuma.store.get("ExternalService", "default", "httpbin")?.labels).toEqual({ team: "edge" });
  });

  test("a control plane that stores in Kubernetes refuses every write", async () => {
    const { url } = closing(await startKuma({ kubernetesStore: true }));
    expect((await put(url + servicePath, httpbin)).status).toBe(405);
    expect((await fetch(`${url}/meshes/default`, { method: "DELETE" })).status).toBe(405);
  });

  test("a rotated token works at once and the old one no longer", async () => {
    const kuma = closing(await startKuma({ tokens: { admin: "old" } }));
    kuma.setTokens({ admin: "new" });
    const status = async (token: string) =>
      (await put(kuma.url + servicePath, httpbin, { authorization: `Bearer ${token}` })).status;
    expect([await status("old"), await status("new")]).toEqual([401, 201]);
  });

  test("an intercepted request changes nothing and is recorded", async () => {
    const kuma = closing(await startKuma());
    kuma.intercept = (_request, response) => {
      response.writeHead(502).end();
      return true;
    };
    expect((await put(kuma.url + servicePath, httpbin)).status).toBe(502);
    expect(kuma.store.list("ExternalService")).toEqual([]);
    expect(kuma.requests).toEqual([{ method: "PUT", path: servicePath, status: 502 }]);
  });

  test("a change in the store is what the next reader sees", async () => {
    const kuma = closing(await startKuma());
    await put(kuma.url + servicePath, httpbin);
    const object = kuma.store.get("ExternalService", "default", "httpbin");
    kuma.store.put({ ...object, networking: { address: "elsewhere.example:80" } });
    const read = await (await fetch(kuma.url + servicePath)).json();
    expect(read).toMatchObject({ networking: { address: "elsewhere.example:80" }, tags: httpbin.tags });
    kuma.store.clear();
    expect((await fetch(kuma.url + servicePath)).status).toBe(404);
    expect((await fetch(`${kuma.url}/meshes/default`)).status).toBe(200);
  });

  test("a policy is stored with the spec as sent", async () => {
    const { url } = closing(await startKuma());
    const path = `${url}/meshes/default/meshtrafficpermissions/all`;
    const spec = { targetRef: { kind: "Mesh" }, from: [{ default: { action: "Allow" } }] };
    await put(path, { type: "MeshTrafficPermission", mesh: "default", name: "all", spec });
    expect(await (await fetch(path)).json()).toMatchObject({ type: "MeshTrafficPermission", spec });
  });
});

/** Objects that the recorded server had from before; the last one's mesh was already deleted. */
const leftBefore = [
  tlsService("tls-no-cert", { enabled: true, clientKey: { secret: "c" } }),
  tlsService("tls-no-key", { enabled: true, clientCert: { secret: "c" } }),
  tlsService("tls-skip", { enabled: true, serverName: "x", skipHostnameVerification: true }),
  {
    type: "ExternalService",
    mesh: "m1",
    name: "svc",
    tags: { "kuma.io/service": "svc", "kuma.io/protocol": "http" },
    networking: { address: "a.b:80" },
  },
];

function tlsService(name: string, tls: Record<string, unknown>): Record<string, unknown> {
  return {
    type: "ExternalService",
    mesh: "default",
    name,
    tags: { "kuma.io/service": name, "kuma.io/protocol": "http" },
    networking: { address: "httpbin.org:443", tls },
  };
}
