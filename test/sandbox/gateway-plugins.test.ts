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
