import { describe, expect, test } from "vitest";
import { matcher, type Setup } from "../../provider/model/serving/matcher.ts";
import type { Stored } from "../../provider/model/serving/objects.ts";
import { type Request, seen } from "../../provider/model/serving/request.ts";

/** The route that serves a request, or what else comes out. */
function served(routes: Stored[], request: Request | string, setup?: Setup): string {
  const numbered = routes.map((route, index) => ({ id: `r${index}`, ...route }));
  const choice = matcher({ routes: numbered }, setup).choose(
    typeof request === "string" ? { path: request, host: "a.test" } : request,
  );
  return choice.outcome === "served" ? choice.route : choice.outcome;
}

describe("paths as nginx hands them on", () => {
  test.each([
    ["/a/b", "/a/b"],
    ["//a///b", "/a/b"],
    ["/a/./b/", "/a/b/"],
    ["/a/b/..", "/a/"],
    ["/a/../b", "/b"],
    ["/a/%2e%2e/b", "/b"],
    ["/a%2Fb", "/a/b"],
    ["/a%2f%2Fb", "/a/b"],
    ["/a%3Fb%23c", "/a?b#c"],
    ["/a%25b", "/a%b"],
    ["/a%252e%252e/b", "/a%2e%2e/b"],
    ["/a#b", "/a"],
    ["/%C3%A9", "/Ã©"],
    ["/é", "/Ã©"],
    ["/a;v=1", "/a;v=1"],
    ["/..a/...", "/..a/..."],
  ])("%s is %s", (path, uri) => {
    expect(seen({ path })?.uri).toBe(uri);
  });

  test.each(["/..", "/a/../../b", "/%", "/%zz", "/a%00", "a"])("%s is refused", (path) => {
    expect(matcher({ routes: [{ id: "r", uri: "/*" }] }).choose({ path })).toEqual({ outcome: "refused" });
  });

  test("a route with an encoded path never serves, one with the bytes does", () => {
    expect(served([{ uri: "/a%20b" }], "/a%20b")).toBe("no route");
    expect(served([{ uri: "/a b" }, { uri: "/é" }], "/a%20b")).toBe("r0");
    expect(served([{ uri: "/a b" }, { uri: "/é" }], "/%C3%A9")).toBe("r1");
  });
});

describe("which pattern fits", () => {
  test.each([
    ["/get", "/get", true],
    ["/get", "/get/", false],
    ["/get/*", "/get", false],
    ["/get/*", "/get/", true],
    ["/get*", "/getting/x", true],
    ["/static/*.js", "/static/a/b.css", true],
    ["/a/*/z", "/a/b/c/z", true],
    ["/a/*/z", "/a/b/c", false],
    ["/a*z", "/ab", true],
    ["/:id", "/7", false],
    ["/:id", "/:id", true],
    ["/a/*/:id", "/a/b/7", true],
    ["/a/*/b.c", "/a/x/bxc", true],
    ["/a/*/b/", "/a/x/b", false],
  ])("%s fits %s: %s", (uri, path, fits) => {
    expect(served([{ uri }], path)).toBe(fits ? "r0" : "no route");
  });

  test.each([
    ["a.test", "A.TEST:8080", true],
    ["A.test", "a.test", true],
    ["*.a.test", "a.test", false],
    ["*.a.test", "c.b.a.test", true],
    ["*", "any.test", true],
    ["a.test", "a.test.", true],
    ["[::1]", "[::1]:80", true],
  ])("host %s fits %s: %s", (host, asked, fits) => {
    expect(served([{ uri: "/*", hosts: [host] }], { path: "/", host: asked })).toBe(fits ? "r0" : "no route");
  });

  test("a host goes before a path, a path before the priority; a longer pattern goes last", () => {
    expect(
      served(
        [
          { uri: "/get", priority: 9 },
          { uri: "/*", host: "*.test" },
        ],
        "/get",
      ),
    ).toBe("r1");
    expect(served([{ uri: "/*", priority: 9 }, { uri: "/g*" }], "/get")).toBe("r1");
    expect(
      served(
        [
          { uri: "/a/*/z", priority: 0 },
          { uri: "/a/*", priority: 1 },
        ],
        "/a/b/z",
      ),
    ).toBe("r1");
    expect(served([{ uri: "/a/*" }, { uri: "/a/*/z" }], "/a/b/z")).toBe("r1");
    expect(served([{ uri: "/a" }, { uri: "/a" }], "/a")).toBe("r0");
  });

  test("routes that are equal in all are said", () => {
    const routes = ["a", "b", "c"].map((id) => ({
      id,
      uri: "/get",
      methods: id === "c" ? ["PUT"] : ["GET"],
    }));
    expect(matcher({ routes }).choose({ path: "/get" })).toEqual({
      outcome: "served",
      route: "a",
      tied: ["b"],
    });
  });
});

describe("the other routers", () => {
  const routes = [
    { uri: "/*", host: "a.test", priority: 1 },
    { uri: "/user/:id/x", host: "*.test" },
    { uri: "/user/*" },
  ];
  test.each([
    ["radixtree_host_uri", "/user/7/x", "r0"],
    ["radixtree_uri", "/user/7/x", "r2"],
    ["radixtree_uri_with_parameter", "/user/7/x", "r1"],
    ["radixtree_uri_with_parameter", "/user/7/8/x", "r2"],
    ["radixtree_uri", "/", "r0"],
  ] as const)("%s: %s is served by %s", (router, path, route) => {
    expect(served(routes, path, { router })).toBe(route);
  });

  test("where paths come first a host with a port is compared with the whole header", () => {
    const setup = { router: "radixtree_uri" } as const;
    const route = [{ uri: "/", hosts: ["a.test:8080"] }];
    expect(served(route, { path: "/", host: "a.test:8080" }, setup)).toBe("r0");
    expect(served(route, { path: "/", host: "a.test" }, setup)).toBe("no route");
    expect(served(route, { path: "/", host: "a.test:8080" })).toBe("no route");
  });
});

describe("conditions", () => {
  const headers = { "x-kind": "blue", cookie: "k=1 2; k=3; j = 4", "X-Two": ["a", "b"] };
  const request: Request = {
    path: "/get?v=1&v=2&empty=&bare&n=10&h=0x10&a+b=c%20d",
    headers,
    address: "10.1.2.3",
    port: 9080,
  };
  test.each([
    [["arg_v", "==", "1"], true],
    [["arg_v", "==", 1], true],
    [["arg_v", "1"], true],
    [["arg_v", "!", "==", "1"], false],
    [["arg_v", "~=", "2"], true],
    [["arg_gone", "==", null], true],
    [["arg_gone", "~=", "x"], true],
    [["arg_gone", "<", 5], false],
    [["arg_bare", "==", ""], false],
    [["arg_bare", "~~", "."], true],
    [["arg_empty", "==", ""], true],
    [["arg_n", ">", "9"], true],
    [["arg_n", ">=", 10], true],
    [["arg_h", "==", 16], true],
    [["arg_empty", "<", 1], false],
    [["arg_a b", "==", "c d"], true],
    [["arg_v", "in", ["1", "3"]], true],
    [["arg_v", "in", [1]], false],
    [["arg_v", "IN", ["1"]], true],
    [["arg_v", "has", "1"], false],
    [["arg_v", "!", "has", "1"], true],
    [["http_x_kind", "~~", "^bl[[:alpha:]]e$"], true],
    [["http_x_kind", "~*", "BLUE"], true],
    [["http_x_kind", "~~", "(?i)BLUE"], true],
    [["http_X-Kind", "==", "blue"], true],
    [["http_x_two", "==", "a, b"], true],
    [["cookie_k", "==", "1"], true],
    [["cookie_gone", "==", "3"], false],
    [["remote_addr", "ipmatch", ["10.0.0.0/8"]], true],
    [["remote_addr", "ipmatch", "10.1.2.4"], false],
    [["uri", "==", "/get"], true],
    [["request_uri", "~~", "^/get\\?v=1"], true],
    [["scheme", "==", "http"], true],
    [["server_port", "==", "9080"], true],
    [["consumer_name", "==", null], true],
  ])("%j holds: %s", (condition, holds) => {
    expect(served([{ uri: "/get", vars: [condition] }], request)).toBe(holds ? "r0" : "no route");
  });

  test.each([
    [["OR", ["arg_v", "==", "9"], ["arg_v", "==", "1"]], true],
    [["!OR", ["arg_v", "==", "9"], ["arg_n", "==", "9"]], true],
    [["!AND", ["arg_v", "==", "1"], ["arg_n", "==", "10"]], false],
    [["AND", ["arg_v", "==", "1"], ["OR", ["arg_n", "==", "9"], ["arg_n", "==", "10"]]], true],
    [[], true],
    [{}, true],
  ])("the expression %j holds: %s", (vars, holds) => {
    expect(served([{ uri: "/get", vars }], request)).toBe(holds ? "r0" : "no route");
  });

  test.each([
    [["arg_v", "~~", "a++b"]],
    [["arg_v", "~~", "(?<=a|bc)\\Kd"]],
    [["arg_v", "=", "1"]],
    [["post_arg_a", "==", "1"]],
    [["remote_port", "==", "1"]],
  ])("%j cannot be judged and is not guessed", (condition) => {
    expect(served([{ uri: "/get", vars: [condition] }], request)).toBe("unclear");
  });

  test("an address of version 6 is within its network", () => {
    const route = [{ uri: "/get", remote_addrs: ["2001:db8::/32", "::ffff:10.0.0.0/104"] }];
    expect(served(route, { path: "/get", address: "2001:db8:1::7" })).toBe("r0");
    expect(served(route, { path: "/get", address: "2001:db9::7" })).toBe("no route");
    expect(served(route, { path: "/get", address: "::ffff:10.9.9.9" })).toBe("r0");
  });
});
