import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ask, backends, put, sandbox, start, stop, toFirst, toSecond } from "../support/gateway.ts";

beforeAll(start);
afterAll(stop);
beforeEach(() => sandbox.store.clear());

describe("key-auth", () => {
  const guarded = (configuration: object = {}) =>
    put("routes/r", { uri: "/*", upstream: toFirst, plugins: { "key-auth": configuration } });

  it("lets a consumer's key and a credential's through, and says who it was", async () => {
    await put("consumers/jack", { username: "jack", plugins: { "key-auth": { key: "of-the-consumer" } } });
    await put("consumers/jack/credentials/c", { plugins: { "key-auth": { key: "of-the-credential" } } });
    await guarded({ hide_credentials: true });
    for (const apikey of ["of-the-consumer", "of-the-credential"]) {
      const { headers } = (await ask("/get", { headers: { apikey } })).json;
      expect(headers).toMatchObject({ "X-Consumer-Username": "jack" });
      expect(headers).not.toHaveProperty("Apikey");
    }
    expect((await ask("/get?apikey=of-the-consumer")).status).toBe(200);
  });

  it("refuses another key, and none", async () => {
    await guarded();
    expect((await ask("/get", { headers: { apikey: "wrong" } })).status).toBe(401);
    expect((await ask("/get")).status).toBe(401);
  });
});

describe("proxy-rewrite", () => {
  const rewrite = (configuration: object) =>
    put("routes/r", { uri: "/*", upstream: toFirst, plugins: { "proxy-rewrite": configuration } });

  it("replaces the path and keeps the query", async () => {
    await rewrite({ uri: "/anything/$arg_to" });
    expect((await ask("/x?to=y")).json.url).toMatch(/:\d+\/anything\/y\?to=y$/);
    await rewrite({ regex_uri: ["^/v1/(.*)/(.*)", "/anything/$2/$1?v=1", "^/v2/(.*)", "/anything/two/$1"] });
    expect((await ask("/v1/a/b?c=d")).json.url).toMatch(/\/anything\/b\/a\?v=1&c=d$/);
    expect((await ask("/v2/a")).json.url).toMatch(/\/anything\/two\/a$/);
  });

  it("replaces method and host", async () => {
    await rewrite({ method: "PUT", host: "rewritten.example" });
    const { json } = await ask("/anything");
    expect(json).toMatchObject({ method: "PUT", headers: { Host: "rewritten.example" } });
  });

  it("sets, adds and removes headers, with variables and captures", async () => {
    await rewrite({
      regex_uri: ["^/(.*)", "/anything/$1"],
      headers: {
        set: { "x-set": "$1-$http_x_out", "x-number": 1 },
        add: { "x-in": "more" },
        remove: ["x-out"],
      },
    });
    const { headers } = (await ask("/a", { headers: { "x-in": "in", "x-out": "out" } })).json;
    expect(headers).toMatchObject({ "X-Set": "a-out", "X-Number": "1", "X-In": "in, more" });
    expect(headers).not.toHaveProperty("X-Out");
  });

  it("takes headers in their plain form, and leaves a disabled plugin alone", async () => {
    await rewrite({ headers: { "x-plain": "yes" } });
    expect((await ask("/get")).json.headers["X-Plain"]).toBe("yes");
    await rewrite({ headers: { "x-plain": "yes" }, _meta: { disable: true } });
    expect((await ask("/get")).json.headers).not.toHaveProperty("X-Plain");
  });
});

describe("traffic-split", () => {
  it("sends a share to another upstream, given by id or inside, and the rest to the route's own", async () => {
    await put("upstreams/canary", toSecond);
    for (const target of [{ upstream_id: "canary" }, { upstream: toSecond }]) {
      const rules = [{ weighted_upstreams: [{ ...target, weight: 1 }, { weight: 3 }] }];
      await put("routes/r", { uri: "/*", upstream: toFirst, plugins: { "traffic-split": { rules } } });
      expect((await backends("/get", 8)).filter((name) => name === "second")).toHaveLength(2);
    }
  });

  it("applies the first rule that matches the request", async () => {
    const match = [{ vars: [["http_x_canary", "==", "1"]] }, { vars: [["arg_canary", "==", "1"]] }];
    const rules = [{ match, weighted_upstreams: [{ upstream: toSecond }] }];
    await put("routes/r", { uri: "/*", upstream: toFirst, plugins: { "traffic-split": { rules } } });
    expect(await backends("/get", 2)).toEqual(["first", "first"]);
    expect(await backends("/get?canary=1", 2)).toEqual(["second", "second"]);
    expect(await backends("/get", 1, { headers: { "x-canary": "1" } })).toEqual(["second"]);
  });
});

describe("merged plugins", () => {
  const marked = (name: string, more: object = {}) => ({
    "proxy-rewrite": { headers: { set: { [`x-${name}`]: "1" } }, ...more },
  });
  const marks = async (headers: Record<string, string> = {}) =>
    Object.keys((await ask("/get", { headers })).json.headers).filter((name) => /^X-(Of|Global)/.test(name));

  it("are taken whole, of the route before its plugin configuration before its service", async () => {
    await put("services/s", { upstream: toFirst, plugins: marked("of-service") });
    await put("plugin_configs/c", { plugins: marked("of-config") });
    await put("routes/r", { uri: "/*", service_id: "s", plugin_config_id: "c", plugins: marked("of-route") });
    expect(await marks()).toEqual(["X-Of-Route"]);
    await put("routes/r", { uri: "/*", service_id: "s", plugin_config_id: "c" });
    expect(await marks()).toEqual(["X-Of-Config"]);
    await put("routes/r", { uri: "/*", service_id: "s" });
    expect(await marks()).toEqual(["X-Of-Service"]);
    await put("routes/r", {
      uri: "/*",
      service_id: "s",
      plugins: marked("of-route", { _meta: { disable: true } }),
    });
    expect(await marks()).toEqual([]);
  });

  it("run after those of global rules, which also run where no route serves", async () => {
    await put("global_rules/g", { plugins: { ...marked("global", { uri: "/headers" }), "key-auth": {} } });
    await put("consumers/jack", { username: "jack", plugins: { "key-auth": { key: "k" } } });
    await put("routes/r", { uri: "/get", upstream: toFirst });
    expect((await ask("/nowhere")).status).toBe(401);
    expect((await ask("/nowhere", { headers: { apikey: "k" } })).status).toBe(404);
    const { json } = await ask("/get", { headers: { apikey: "k" } });
    expect(json.headers).toMatchObject({ "X-Global": "1", "X-Consumer-Username": "jack" });
    expect(json).not.toHaveProperty("url");
  });

  it("of a consumer rewrite on the routes that do not have them", async () => {
    const plugins = { "key-auth": { key: "k" }, ...marked("of-consumer") };
    await put("consumers/jack", { username: "jack", plugins });
    await put("routes/r", { uri: "/*", upstream: toFirst, plugins: { "key-auth": {} } });
    expect(await marks({ apikey: "k" })).toEqual(["X-Of-Consumer"]);
  });

  it("of a consumer never rewrite once a route has had them, until the consumer is written again", async () => {
    const plugins = { "key-auth": { key: "k" }, ...marked("of-consumer") };
    await put("consumers/jack", { username: "jack", plugins });
    const has = { uri: "/*", upstream: toFirst, plugins: { "key-auth": {}, ...marked("of-route") } };
    await put("routes/r", has);
    expect(await marks({ apikey: "k" })).toEqual(["X-Of-Route"]);
    await put("routes/r", { ...has, plugins: { "key-auth": {} } });
    expect(await marks({ apikey: "k" })).toEqual([]);
    await put("consumers/jack", { username: "jack", plugins });
    expect(await marks({ apikey: "k" })).toEqual(["X-Of-Consumer"]);
  });

  it("run where their filter holds, and answer errors as their configuration says", async () => {
    const _meta = { filter: [["arg_v", "==", "1"]], error_response: { message: "go away" } };
    await put("routes/r", { uri: "/*", upstream: toFirst, plugins: { "key-auth": { _meta } } });
    expect((await ask("/get")).status).toBe(200);
    expect(await ask("/get?v=1")).toMatchObject({ status: 401, json: { message: "go away" } });
  });

  it("run in the order of their priorities, which a configuration can change", async () => {
    const rewrite = { headers: { set: { apikey: "k" } } };
    await put("consumers/jack", { username: "jack", plugins: { "key-auth": { key: "k" } } });
    const plugins = { "key-auth": {}, "proxy-rewrite": rewrite };
    await put("routes/r", { uri: "/*", upstream: toFirst, plugins });
    expect((await ask("/get")).status).toBe(401);
    const first = { ...rewrite, _meta: { priority: 9999 } };
    await put("routes/r", { uri: "/*", upstream: toFirst, plugins: { ...plugins, "proxy-rewrite": first } });
    expect((await ask("/get")).status).toBe(200);
  });
});
