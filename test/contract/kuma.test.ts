import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type KumaSandbox, startKuma, startKumaFederation } from "../../sandbox/kuma/index.ts";
import { byHand, type Later } from "../../sandbox/kuma/upkeep/later.ts";
import {
  comparable,
  type Exchange,
  foundBefore,
  kept,
  readRecording,
  removedAfter,
  type Scenario,
} from "../support/kuma-recordings.ts";

/** The servers that a recording speaks to: the one that it is of, and others of its federation by name. */
interface Servers {
  main: KumaSandbox;
  others: Record<string, KumaSandbox>;
  close(): Promise<void>;
}

const standalone = async (later: Later): Promise<Servers> => {
  const main = await startKuma({ later });
  return { main, others: {}, close: () => main.close() };
};

/** A federation, seen from one of its control planes. */
const federated =
  (at: "global" | "zone-1", ...names: string[]) =>
  async (later: Later): Promise<Servers> => {
    const { global, zones, close } = await startKumaFederation({ zones: names, later });
    const all: Record<string, KumaSandbox> = { global, ...zones };
    return { main: all[at] as KumaSandbox, others: all, close };
  };

const tokens = { admin: "admin-token", viewer: "viewer-token", expired: "expired-token" };

/** The header that a scenario of the recording about user tokens sends with every request. */
function authorization({ name }: Scenario): Record<string, string> {
  const token = { ...tokens, garbage: "garbage" }[name.replace("user token: ", "")];
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}

/** The recordings of a real kuma-cp 2.14.3: every exchange is repeated, none is left out. */
const recordings: { name: string; start: (later: Later) => Promise<Servers> }[] = [
  { name: "kuma-2.14.3", start: standalone },
  {
    name: "kuma-2.14.3-auth",
    start: async () => {
      const main = await startKuma({ tokens, localhostIsAdmin: false });
      return { main, others: {}, close: () => main.close() };
    },
  },
  { name: "kuma-2.14.3-global", start: federated("global", "zone-1") },
  { name: "kuma-2.14.3-zone", start: federated("zone-1", "zone-1") },
  { name: "kuma-2.14.3-policies", start: standalone },
  { name: "kuma-2.14.3-more", start: standalone },
  { name: "kuma-2.14.3-compared", start: standalone },
  { name: "kuma-2.14.3-global-more", start: federated("global", "zone-1", "zone-2") },
  { name: "kuma-2.14.3-zone-more", start: federated("zone-1", "zone-1", "zone-2") },
];

describe.each(recordings)("the sandbox answers as in $name", ({ name, start }) => {
  const scenarios = readRecording(name);
  const removed = removedAfter(scenarios);
  const total = scenarios.reduce((sum, { exchanges }) => sum + exchanges.length, 0);
  // What control planes do by themselves they do here when a recorded answer shows that they have done it;
  // what one has of another is the first of it.
  const own = byHand((name) => /^(to|from) /.test(name));
  let servers: Servers;
  let replayed = 0;

  beforeAll(async () => {
    servers = await start(own.later);
    for (const object of foundBefore(scenarios)) servers.main.store.put(object);
  });
  afterAll(() => servers.close());

  test.each(scenarios.map((scenario, index) => ({ ...scenario, index })))("$name", async (scenario) => {
    const headers = authorization(scenario);
    for (const [index, { note, request, response }] of scenario.exchanges.entries()) {
      const { url } = request.at === undefined ? servers.main : (servers.others[request.at] as KumaSandbox);
      const expected = comparable(response, note);
      const ask = async () => kept(comparable(await send(url, request, headers), note), expected, note);
      let actual = await ask();
      while (request.method === "GET" && !isDeepStrictEqual(actual, expected) && own.next()) {
        actual = await ask();
      }
      const what = `${index}: ${request.method} ${request.path} ${note ?? ""} ${JSON.stringify(request.body)}`;
      if (isDeepStrictEqual(actual, expected)) replayed++;
      else expect.soft(actual, what).toEqual(expected);
    }
    for (const path of removed[scenario.index] ?? []) {
      await send(servers.main.url, { method: "DELETE", path }, headers);
    }
  });

  test("in every exchange", async ({ annotate }) => {
    await annotate(`${replayed} of ${total} exchanges (${((100 * replayed) / total).toFixed(1)} %)`);
    expect(replayed).toBe(total);
  });
});

/** Sends a recorded request. */
async function send(
  url: string,
  { method, path, body, raw, headers }: Exchange["request"],
  more: Record<string, string>,
): Promise<Exchange["response"]> {
  const text = raw ?? (body === undefined ? null : JSON.stringify(body));
  const answer = await fetch(url + path, {
    method,
    headers: { ...(text !== null && { "content-type": "application/json" }), ...headers, ...more },
    body: text,
    redirect: "manual",
  });
  const contentType = answer.headers.get("content-type") ?? "";
  const answered = await answer.text();
  const isJson = contentType === "application/json";
  return {
    status: answer.status,
    ...(contentType !== "" && { contentType }),
    ...(isJson ? { body: JSON.parse(answered) } : { text: answered }),
  };
}

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
    fetch(url, {
      method: "PUT",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });

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

  test("what the control plane is it tells anybody, but a wrong token is refused with whatever else is asked", async () => {
    const { url } = closing(await startKuma({ tokens: { admin: "admin" }, localhostIsAdmin: false }));
    const statuses = ["GET", "POST"].map(
      async (method) => (await fetch(url, { method, headers: { authorization: "Bearer other" } })).status,
    );
    expect(await Promise.all(statuses)).toEqual([200, 401]);
    expect((await fetch(url, { method: "POST" })).status).toBe(405);
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

  test("a policy is stored with the spec as sent, and with defaults; unknown fields are dropped", async () => {
    const { url } = closing(await startKuma());
    const path = `${url}/meshes/default/meshmetrics/all`;
    const prometheus = { path: "/own" };
    const spec = { default: { backends: [{ type: "Prometheus", prometheus }], unknown: 1 } };
    await put(path, { type: "MeshMetric", mesh: "default", name: "all", spec });
    const stored = {
      default: { backends: [{ type: "Prometheus", prometheus: { path: "/own", port: 5670 } }] },
    };
    expect(await (await fetch(path)).json()).toMatchObject({ type: "MeshMetric", spec: stored });
  });
});
