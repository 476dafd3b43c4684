import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type ApisixSandbox, startApisix } from "../../sandbox/apisix/index.ts";
import type { Listener } from "../../sandbox/http.ts";
import { ask, startNode, upstreamOf, write } from "../contract/apisix-gateway.ts";

let sandbox: ApisixSandbox;
let node: Listener;

beforeAll(async () => {
  [sandbox, node] = await Promise.all([startApisix(), startNode(0)]);
});
afterAll(() => Promise.all([sandbox.close(), node.close()]));
beforeEach(() => sandbox.store.clear());

/** Writes a route that tells the node its id. */
async function route(id: string, fields: object) {
  const plugins = { "proxy-rewrite": { headers: { set: { "X-Route": id } } } };
  await write(sandbox, `routes/${id}`, { upstream: upstreamOf(node), plugins, ...fields });
}

/** The id of the route that serves; undefined for 404. */
async function served(path: string, headers: Record<string, string> = {}, method = "GET") {
  const { status, echo } = await ask(sandbox, { method, path, headers: { host: "a.test", ...headers } });
  return echo ? echo.headers["x-route"] : status === 404 ? undefined : status;
}

describe("a path", () => {
  it.each([
    ["/a/b", "/a/b"],
    ["/a//b", "/a/b"],
    ["/a/./b", "/a/b"],
    ["/x/../a/b", "/a/b"],
    ["/a/x/..", "/a/"],
    ["/a/.", "/a/"],
    ["/%61/%62", "/a/b"],
    ["/a%2Fb", "/a/b"],
    ["/a/%2e%2e/a/b", "/a/b"],
    ["/a/b#x", "/a/b"],
    ["/%C3%A9", "/é"],
    ["/a%20b", "/a b"],
    ["/a%2520b", "/a%20b"],
  ])("%s is matched as %s", async (path, uri) => {
    await route("r", { uri });
    expect(await served(path)).toBe("r");
  });

  it.each([["/.."], ["/a/../../b"], ["/%zz"], ["/%0"], ["/a%00"]])("%s is refused", async (path) => {
    await route("r", { uri: "/*" });
    expect(await served(path)).toBe(400);
  });

  it("goes to the upstream as the client wrote it, and normalised where a plugin has rewritten the request", async () => {
    await write(sandbox, "routes/plain", { uri: "/plain/*", upstream: upstreamOf(node) });
    await route("rewritten", { uri: "/rewritten/*" });
    const url = async (path: string) => (await ask(sandbox, { method: "GET", path, headers: {} })).echo?.url;
    expect(await url("/plain//a%20b/./c?d=%20")).toBe("/plain//a%20b/./c?d=%20");
    expect(await url("/rewritten//a%20b/./%63%25?d=%20")).toBe("/rewritten/a%20b/c%25?d=%20");
  });
});

describe("of several routes", () => {
  it("the one serves whose path is the longest beginning, whatever their priorities", async () => {
    await route("all", { uri: "/*", priority: 9 });
    await route("long", { uri: "/a/b/*" });
    await route("short", { uri: "/a/*", priority: 5 });
    await route("exact", { uri: "/a/b/c", priority: -1 });
    expect([
      await served("/a/b/c"),
      await served("/a/b/d"),
      await served("/a/d"),
      await served("/d"),
    ]).toEqual(["exact", "long", "short", "all"]);
  });

  it("with the same path, the higher priority counts, then the longer text, then which was there first", async () => {
    await route("first", { uri: "/a/*" });
    await route("second", { uri: "/a/*" });
    expect(await served("/a/x")).toBe("first");
    await route("longer", { uri: "/a/*/z" });
    expect([await served("/a/x/z"), await served("/a/x")]).toEqual(["longer", "first"]);
    await route("second", { uri: "/a/*", priority: 1 });
    expect(await served("/a/x/z")).toBe("second");
  });

  it("the one serves whose host is the most exact, and the next one where nothing of that host fits", async () => {
    await route("none", { uri: "/*" });
    await route("wide", { uri: "/*", hosts: ["*.test"] });
    await route("narrow", { uri: "/n", hosts: ["*.a.test"] });
    await route("exact", { uri: "/e", hosts: ["X.a.test"] });
    const at = (host: string) => Promise.all(["/e", "/n", "/o"].map((path) => served(path, { host })));
    expect(await at("x.A.test:8080")).toEqual(["exact", "narrow", "wide"]);
    expect(await at("b.test")).toEqual(["wide", "wide", "wide"]);
    expect(await at("other")).toEqual(["none", "none", "none"]);
  });

  it("those count that fit the rest of the request, too", async () => {
    await route("r", {
      uri: "/*",
      vars: [["arg_v", "in", ["1"]]],
      methods: ["GET"],
      remote_addrs: ["127.0.0.0/8"],
    });
    expect(await served("/?v=1&v=2")).toBe("r");
    expect(await served("/?v=2&v=1")).toBeUndefined();
    expect(await served("/?v=1", {}, "POST")).toBeUndefined();
    await route("r", { uri: "/*", remote_addr: "::1" });
    expect(await served("/")).toBeUndefined();
  });
});

describe("patterns in a path", () => {
  it("a `*` is open to the end, and what follows it in a segment of its own has to follow in the request", async () => {
    await route("js", { uri: "/static/*.js" });
    await route("z", { uri: "/x/*/z" });
    expect([await served("/static/a.css"), await served("/x/a/b/z"), await served("/x/a/b")]).toEqual([
      "js",
      "z",
      undefined,
    ]);
  });

  it("a segment with `:` is only itself", async () => {
    await route("r", { uri: "/users/:id" });
    expect([await served("/users/1"), await served("/users/:id")]).toEqual([undefined, "r"]);
  });

  it("signs of regular expressions are not escaped, so that such a path with `*` may serve nothing", async () => {
    await route("plus", { uri: "/a+b/*" });
    await route("bracket", { uri: "/a(b/*" });
    expect([await served("/a+b/c"), await served("/a(b/c")]).toEqual([undefined, undefined]);
  });
});

it("what the gateway cannot run it names in its answer", async () => {
  await route("r", {
    uri: "/*",
    filter_func: "function(vars) return false end",
    plugins: {
      "limit-count": { count: 1, time_window: 1 },
      cors: {},
      echo: { body: "x", _meta: { disable: true } },
    },
  });
  const answer = await fetch(`${sandbox.gatewayUrl}/`);
  expect(answer.headers.get("x-sandbox-not-run")).toBe("filter_func, limit-count");
});
