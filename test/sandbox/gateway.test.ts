import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startApisix } from "../../sandbox/apisix/index.ts";
import { startBackend } from "../../sandbox/backend.ts";
import {
  ask,
  backends,
  first,
  node,
  put,
  sandbox,
  start,
  stop,
  to,
  toFirst,
  toSecond,
} from "../support/gateway.ts";

beforeAll(start);
afterAll(stop);
beforeEach(() => sandbox.store.clear());

describe("matching", () => {
  it("answers 404 as APISIX does where no route fits, under its own name", async () => {
    const answer = await ask("/get");
    expect(answer.status).toBe(404);
    expect(answer.json).toEqual({ error_msg: "404 Route Not Found" });
    expect(answer.headers.server).toBe("pulumi-external-backends-sandbox");
  });

  it("prefers the more exact host, falls back to a less exact one, and ignores port and case", async () => {
    await put("routes/any", { uri: "/*", upstream: toSecond });
    await put("routes/wild", { uri: "/anything/*", host: "*.httpbin.org", upstream: toSecond });
    await put("routes/exact", { uri: "/anything/a", hosts: ["local.httpbin.org"], upstream: toFirst });
    const host = "Local.httpbin.org:9080";
    expect(await backends("/anything/a", 1, { headers: { host } })).toEqual(["first"]);
    expect(await backends("/anything/b", 1, { headers: { host } })).toEqual(["second"]);
    expect(await backends("/get", 1, { headers: { host } })).toEqual(["second"]);
  });

  it("prefers an exact path to a prefix, a long prefix to a short one, and then the higher priority", async () => {
    await put("routes/a", { uri: "/*", priority: 9, upstream: toSecond });
    await put("routes/b", { uri: "/anything/*", upstream: toFirst });
    expect(await backends("/anything/x", 1)).toEqual(["first"]);
    await put("routes/c", { uri: "/anything/*", priority: 1, upstream: toSecond });
    expect(await backends("/anything/x", 1)).toEqual(["second"]);
    await put("routes/d", { uris: ["/none", "/anything/x"], priority: -1, upstream: toFirst });
    expect(await backends("/anything/x", 1)).toEqual(["first"]);
  });

  it("looks at methods, client addresses and the status", async () => {
    await put("routes/r", { uri: "/*", methods: ["POST"], upstream: toFirst });
    expect((await ask("/anything")).status).toBe(404);
    expect((await ask("/anything", { method: "POST" })).status).toBe(200);
    await put("routes/r", { uri: "/*", remote_addrs: ["10.0.0.0/8"], upstream: toFirst });
    expect((await ask("/get")).status).toBe(404);
    await put("routes/r", { uri: "/*", remote_addrs: ["127.0.0.0/8"], upstream: toFirst });
    expect((await ask("/get")).status).toBe(200);
    await put("routes/r", { uri: "/*", status: 0, upstream: toFirst });
    expect((await ask("/get")).status).toBe(404);
  });

  it.each([
    [[["arg_name", "==", "json"]], "/get?name=json", {}, true],
    [[["arg_name", "==", "json"]], "/get?name=xml", {}, false],
    [[["arg_name", "~=", "json"]], "/get", {}, true],
    [[["arg_n", ">", 5]], "/get?n=10", {}, true],
    [[["arg_n", "<=", 5]], "/get?n=10", {}, false],
    [[["arg_n", ">=", 5]], "/get", {}, false],
    [[["http_x_team", "~~", "^a[0-9]+$"]], "/get", { "x-team": "a12" }, true],
    [[["http_x_team", "~*", "^EDGE$"]], "/get", { "x-team": "edge" }, true],
    [[["cookie_v", "in", ["1", "2"]]], "/get", { cookie: "u=9; v=2" }, true],
    [[["cookie_v", "!", "in", ["1", "2"]]], "/get", { cookie: "v=2" }, false],
    [
      [
        ["request_method", "==", "GET"],
        ["uri", "==", "/get"],
        ["host", "==", "127.0.0.1"],
      ],
      "/get",
      {},
      true,
    ],
    [[["remote_addr", "ipmatch", ["10.0.0.0/8", "127.0.0.1"]]], "/get", {}, true],
    [["OR", ["arg_a", "==", "1"], ["arg_b", "==", "1"]], "/get?b=1", {}, true],
    [["AND", ["arg_a", "==", "1"], ["arg_b", "==", "1"]], "/get?b=1", {}, false],
    [["!OR", ["arg_a", "==", "1"], ["arg_b", "==", "1"]], "/get?c=1", {}, true],
    [
      [
        ["OR", ["arg_a", "==", "1"], ["arg_b", "==", "1"]],
        ["arg_c", "==", "1"],
      ],
      "/get?a=1&c=1",
      {},
      true,
    ],
  ])("evaluates vars %j for %s %j: %s", async (vars, path, headers, fits) => {
    await put("routes/r", { uri: "/get", vars, upstream: toFirst });
    expect((await ask(path, { headers })).status).toBe(fits ? 200 : 404);
  });
});

describe("upstreams", () => {
  it("spreads requests by weight, gives a weight of 0 nothing, and takes nodes as a map too", async () => {
    await put("upstreams/u", to(node("first.example", { weight: 3 }), node("second.example", { weight: 1 })));
    await put("routes/r", { uri: "/*", upstream_id: "u" });
    expect((await backends("/get", 8)).filter((name) => name === "first")).toHaveLength(6);
    await put("upstreams/u", { type: "roundrobin", nodes: { "first.example:80": 0, "second.example": 1 } });
    expect(new Set(await backends("/get", 3))).toEqual(new Set(["second"]));
  });

  it("uses nodes of a lower priority only when the higher ones cannot be reached", async () => {
    const gone = await startBackend();
    await gone.close();
    const nodes = to(node("first.example"), node("second.example", { priority: -1 }));
    await put("routes/r", { uri: "/*", upstream: nodes });
    expect(new Set(await backends("/get", 4))).toEqual(new Set(["first"]));
    sandbox.hosts["gone.example"] = { http: gone.httpPort };
    const fallback = to(node("gone.example"), node("second.example", { priority: -1 }));
    await put("routes/r", { uri: "/*", upstream: fallback });
    expect(await backends("/get", 2)).toEqual(["second", "second"]);
    await put("routes/r", { uri: "/*", upstream: { ...fallback, retries: 0 } });
    expect((await ask("/get")).status).toBe(502);
  });

  it("keeps one client at one node with chash", async () => {
    const nodes = to(node("first.example"), node("second.example"));
    await put("routes/r", {
      uri: "/*",
      upstream: { ...nodes, type: "chash", hash_on: "header", key: "x-user" },
    });
    const users = ["a", "b", "c", "d", "e", "f"];
    const seen = await Promise.all(users.map((user) => backends("/get", 3, { headers: { "x-user": user } })));
    for (const names of seen) expect(new Set(names).size).toBe(1);
    expect(new Set(seen.flat())).toEqual(new Set(["first", "second"]));
  });

  it.each([
    [{ pass_host: "pass" }, "client.example"],
    [{ pass_host: "node" }, "first.example"],
    [{ pass_host: "rewrite", upstream_host: "other.example" }, "other.example"],
  ])("with %j asks an https backend for the certificate of the host that it sends", async (fields, host) => {
    const upstream = { ...to({ host: "first.example", weight: 1 }), scheme: "https", ...fields };
    await put("routes/r", { uri: "/*", upstream });
    const { json } = await ask("/get", { headers: { host: "client.example" } });
    expect(json).toMatchObject({ sni: host, headers: { Host: host }, url: `https://${host}/get` });
  });

  it("sends a node's port along in the Host unless it is the scheme's own", async () => {
    const upstream = { ...to(node("localhost", { port: first.httpPort })), pass_host: "node" };
    await put("routes/r", { uri: "/*", upstream });
    expect((await ask("/get")).json.headers.Host).toBe(`localhost:${first.httpPort}`);
  });

  it.each([
    ["an unknown balancer", { ...toFirst, type: "nosuch" }, 500],
    ["no nodes", to(), 503],
    ["a weight of 0 only", to(node("first.example", { weight: 0 })), 503],
    ["a name that nobody knows", to(node("nobody.example")), 503],
    ["service discovery", { type: "roundrobin", service_name: "s", discovery_type: "dns" }, 503],
    ["a port where nobody listens", to(node("127.0.0.1", { port: 1 })), 502],
  ])("answers %s with a page", async (_, upstream, status) => {
    await put("routes/r", { uri: "/*", upstream });
    const answer = await ask("/get");
    expect(answer.status).toBe(status);
    expect(answer.headers["content-type"]).toContain("text/html");
  });

  it("answers 502 when the upstream has been deleted by force, 503 without any", async () => {
    await put("upstreams/u", toFirst);
    await put("routes/r", { uri: "/get", upstream_id: "u" });
    await put("routes/none", { uri: "/headers", plugins: {} });
    sandbox.store.delete("upstreams", "u");
    expect((await ask("/get")).status).toBe(502);
    expect((await ask("/headers")).status).toBe(503);
  });

  it("gives up on a silent backend after the timeout to read", async () => {
    const silent = await startApisix();
    silent.intercept = () => true;
    const upstream = to(node("127.0.0.1", { port: Number(new URL(silent.adminUrl).port) }));
    await put("routes/r", { uri: "/*", upstream, timeout: { connect: 1, send: 1, read: 0.05 } });
    expect((await ask("/get")).status).toBe(504);
    await silent.close();
  });

  it("takes upstream, hosts and plugins of a service, the route's own first", async () => {
    const rewrite = (value: string) => ({ "proxy-rewrite": { headers: { set: { "x-from": value } } } });
    await put("services/s", { upstream: toFirst, hosts: ["service.example"], plugins: rewrite("service") });
    await put("routes/r", { uri: "/*", service_id: "s" });
    const headers = { host: "service.example" };
    expect((await ask("/get")).status).toBe(404);
    expect((await ask("/get", { headers })).json).toMatchObject({
      backend: "first",
      headers: { "X-From": "service" },
    });
    await put("plugin_configs/p", { plugins: rewrite("plugin config") });
    await put("routes/r", {
      uri: "/*",
      service_id: "s",
      plugin_config_id: "p",
      plugins: {},
      upstream: toSecond,
    });
    expect((await ask("/get", { headers })).json).toMatchObject({
      backend: "second",
      headers: { "X-From": "plugin config" },
    });
    await put("routes/r", { uri: "/*", service_id: "s", plugin_config_id: "p", plugins: rewrite("route") });
    expect((await ask("/get", { headers })).json.headers["X-From"]).toBe("route");
  });

  it("tells the backend who asked, and passes on method, body, status and query", async () => {
    await put("routes/r", { uri: "/*", upstream: toFirst });
    const { json } = await ask("/anything/x?a=1&a=2&b=", {
      method: "POST",
      body: '{"c":3}',
      headers: { host: "h.example:1" },
    });
    expect(json).toMatchObject({
      method: "POST",
      data: '{"c":3}',
      json: { c: 3 },
      args: { a: ["1", "2"], b: "" },
    });
    expect(json.headers).toMatchObject({
      "X-Forwarded-For": "127.0.0.1",
      "X-Forwarded-Host": "h.example",
      "X-Forwarded-Proto": "http",
      "X-Forwarded-Port": new URL(sandbox.gatewayUrl).port,
    });
    expect((await ask("/status/418")).status).toBe(418);
  });
});
