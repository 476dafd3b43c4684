import { generate } from "selfsigned";
import { afterEach, describe, expect, it } from "vitest";
import { type ApisixOptions, type ApisixSandbox, startApisix } from "../../sandbox/apisix/index.ts";
import { sendJson } from "../../sandbox/http.ts";

let sandbox: ApisixSandbox;
const nodes = [{ host: "httpbin.org", port: 80, weight: 1 }];
const upstream = { type: "roundrobin", nodes };

afterEach(() => sandbox.close());

async function start(options: ApisixOptions = {}): Promise<void> {
  sandbox = await startApisix(options);
}

/** Calls the Admin API and returns the status with the parsed body, or the text if it is none. */
async function call(method: string, path: string, body?: unknown, key = sandbox.adminKey) {
  const answer = await fetch(`${sandbox.adminUrl}/apisix/admin/${path}`, {
    method,
    headers: { "x-api-key": key },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  const json: unknown = text.startsWith("{") ? JSON.parse(text) : text;
  return { status: answer.status, body: json as { value: Record<string, unknown>; error_msg?: string } };
}

describe("references", () => {
  it("refuses to delete an upstream to which a plugin refers, in whatever object the plugin stands", async () => {
    await start();
    const rules = [{ weighted_upstreams: [{ upstream_id: "u", weight: 1 }] }];
    const plugins = { "traffic-split": { rules } };
    await call("PUT", "upstreams/u", upstream);
    for (const [path, name, body] of [
      ["routes/x", "route", { uri: "/", plugins }],
      ["services/x", "service", { plugins }],
      ["plugin_configs/x", "plugin_config", { plugins }],
    ] as const) {
      await call("PUT", path, body);
      expect(await call("DELETE", "upstreams/u")).toEqual({
        status: 400,
        body: { error_msg: `can not delete this upstream, plugin in ${name} [x] is still using it now` },
      });
      await call("DELETE", path);
    }
    expect((await call("DELETE", "upstreams/u")).status).toBe(200);
  });

  it("goes on refusing for a while when the check lags, until it has caught up", async () => {
    await start({ referenceLag: 500 });
    await call("PUT", "upstreams/u", upstream);
    await call("PUT", "routes/r", { uri: "/", upstream_id: "u" });
    const gone = performance.now();
    await call("DELETE", "routes/r");
    const refused = await call("DELETE", "upstreams/u");
    expect(refused.body.error_msg).toBe("can not delete this upstream, route [r] is still using it now");
    await expect.poll(async () => (await call("DELETE", "upstreams/u")).status, { timeout: 4000 }).toBe(200);
    expect(performance.now() - gone).toBeGreaterThanOrEqual(500);
  });

  it("does not count the references of an object that was written again without them", async () => {
    await start();
    await call("PUT", "upstreams/u", upstream);
    await call("PUT", "routes/r", { uri: "/", upstream_id: "u" });
    sandbox.store.put("routes", "r", { uri: "/", upstream });
    expect((await call("DELETE", "upstreams/u")).status).toBe(200);
  });
});

describe("secrets", () => {
  it("keep an upstream's private key encrypted, and a certificate's to themselves", async () => {
    await start();
    const { cert, private: key } = await generate([{ name: "commonName", value: "a.example" }], {
      keyType: "ec",
    });
    const written = await call("PUT", "upstreams/u", {
      ...upstream,
      tls: { client_cert: cert, client_key: key },
    });
    expect(written.status).toBe(201);
    const read = await call("GET", "upstreams/u");
    expect(read.body.value.tls).toMatchObject({
      client_cert: cert,
      client_key: expect.not.stringContaining("KEY"),
    });
    expect((await call("PUT", "ssls/s", { cert, key, snis: ["a.example"] })).status).toBe(201);
    expect((await call("GET", "ssls/s")).body.value).not.toHaveProperty("key");
    expect((await call("PATCH", "upstreams/u", { retries: 1 })).status).toBe(200);
  });

  it("refuse what is no key, and do not look whether a key belongs to its certificate", async () => {
    await start();
    const attributes = [{ name: "commonName", value: "a.example" }];
    const [one, other] = await Promise.all([
      generate(attributes, { keyType: "ec" }),
      generate(attributes, { keyType: "ec" }),
    ]);
    const put = (client_key: string) => {
      const tls = { client_cert: one.cert, client_key };
      return call("PUT", "upstreams/u", { ...upstream, tls });
    };
    const broken = one.private.replace(/\n.{40}/, "\n");
    expect((await put(broken)).body.error_msg).toContain("failed to parse key");
    expect((await put("x".repeat(64))).body.error_msg).toBe("failed to decrypt previous encrypted key");
    expect((await put(one.private)).status).toBe(201);
    expect((await put(other.private)).status).toBe(200);
  });
});

describe("writing", () => {
  it("refuses times, where they stand in the body of PUT and POST", async () => {
    await start();
    const refused = await call("PUT", "upstreams/u", { ...upstream, create_time: 1 });
    expect(refused).toEqual({ status: 400, body: { error_msg: "the property is forbidden:  create_time" } });
    const inside = await call("POST", "routes", { uri: "/", upstream: { ...upstream, update_time: 1 } });
    expect(inside.body.error_msg).toBe("the property is forbidden:  upstream.update_time");
  });

  it("keeps the time of creation, patches what is below an object, and merges maps but not lists", async () => {
    await start();
    await call("PUT", "routes/r", { uri: "/", methods: ["GET", "PUT"], labels: { a: "1" }, upstream });
    const created = sandbox.store.get("routes", "r")?.create_time;
    await call("PATCH", "routes/r", { methods: ["POST"], labels: { b: "2" } });
    await call("PATCH", "routes/r/priority", 5);
    expect(sandbox.store.get("routes", "r")).toMatchObject({
      create_time: created,
      methods: ["POST"],
      labels: { a: "1", b: "2" },
      priority: 5,
    });
    expect((await call("PATCH", "routes/r", { status: 7 })).status).toBe(400);
  });

  it("brings a stored default straight back when a patch removes it", async () => {
    await start({ storesDefaults: true });
    await call("PUT", "upstreams/u", { ...upstream, scheme: "https", keepalive_pool: { size: 5 } });
    const { body } = await call("PATCH", "upstreams/u", { scheme: null });
    expect(body.value).toMatchObject({
      scheme: "http",
      keepalive_pool: { size: 5, idle_timeout: 60, requests: 1000 },
    });
  });
});

describe("what tests need", () => {
  it("rotates the key, records requests, and lets a test answer in place of the server", async () => {
    await start();
    const old = sandbox.adminKey;
    sandbox.setAdminKey("another");
    expect((await call("GET", "routes", undefined, old)).status).toBe(401);
    expect((await call("PUT", "upstreams/u", upstream)).status).toBe(201);
    expect(sandbox.requests).toEqual([
      { method: "GET", path: "/apisix/admin/routes", status: 401 },
      { method: "PUT", path: "/apisix/admin/upstreams/u", status: 201, body: upstream },
    ]);
    sandbox.intercept = (request, response) => {
      if (request.method !== "DELETE") return false;
      sendJson(response, 503, { error_msg: "busy" });
      return true;
    };
    expect((await call("DELETE", "upstreams/u")).status).toBe(503);
    expect((await call("GET", "upstreams/u")).status).toBe(200);
  });

  it("refuses query parameters that a path does not have, where it is told to", async () => {
    await start({ refusesUnknownParameters: true });
    expect((await call("PUT", "upstreams/u", upstream)).status).toBe(201);
    for (const [method, path] of [
      ["GET", "upstreams?page=1&page_size=10"],
      ["GET", "plugins?all=true"],
      ["DELETE", "upstreams/u?force=true"],
    ] as const)
      expect((await call(method, path)).status, path).toBe(200);
    for (const [method, path] of [
      ["GET", "upstreams/u?page=1"],
      ["GET", "upstreams?force=true"],
      ["PUT", "upstreams/u?x=1"],
    ] as const)
      expect(await call(method, path, method === "PUT" ? upstream : undefined), path).toEqual({
        status: 400,
        body: { error_msg: expect.stringMatching(/^unknown query parameter: (page|force|x)$/) },
      });
  });

  it("gives out copies: what a test does with them does not reach the store", async () => {
    await start();
    await call("PUT", "upstreams/u", upstream);
    const copy = sandbox.store.get("upstreams", "u");
    if (copy) copy.type = "ewma";
    for (const listed of sandbox.store.list("upstreams")) listed.type = "ewma";
    expect((await call("GET", "upstreams/u")).body.value.type).toBe("roundrobin");
    sandbox.store.clear();
    expect((await call("GET", "upstreams/u")).status).toBe(404);
  });
});
