import { describe, expect, test } from "vitest";
import { matcher, type Setup } from "../../provider/model/serving/matcher.ts";
import { notKnown } from "../../provider/model/serving/not-known.ts";
import type { Gateway } from "../../provider/model/serving/objects.ts";
import type { Request } from "../../provider/model/serving/request.ts";
import { nodesOf } from "../../provider/model/serving/targets.ts";

const upstream = { nodes: { "backend.test:80": 1 } };

/** What becomes of a request to `/get` through these objects. */
function handled(gateway: Gateway, request: Partial<Request> = {}, setup: Setup = {}) {
  const { handling } = matcher(gateway, setup).serve({ path: "/get", host: "a.test", ...request });
  if (!handling) throw new Error("no route is known");
  return handling;
}

/** The names of plugins and what becomes of each. */
function runs(gateway: Gateway, request?: Partial<Request>): string[] {
  return handled(gateway, request).plugins.map(
    ({ name, field, runs: { state } }) => `${name} of ${field.collection}/${field.id}: ${state}`,
  );
}

const set = (name: string) => ({ headers: { set: { [name]: "1" } } });

describe("which configuration of a plugin counts", () => {
  const gateway: Gateway = {
    services: [{ id: "s", plugins: { "proxy-rewrite": set("S"), cors: {}, "ip-restriction": {} }, upstream }],
    plugin_configs: [{ id: "c", plugins: { "proxy-rewrite": set("C"), cors: { max_age: 1 } } }],
    global_rules: [{ id: "g", plugins: { "request-id": {} } }],
    routes: [
      {
        id: "r",
        uri: "/get",
        service_id: "s",
        plugin_config_id: "c",
        plugins: { "proxy-rewrite": set("R") },
      },
    ],
  };

  test("those of global rules come first, then the highest priority; the route's goes before the others", () => {
    expect(runs(gateway)).toEqual([
      "request-id of global_rules/g: yes",
      "cors of plugin_configs/c: yes",
      "ip-restriction of services/s: yes",
      "proxy-rewrite of routes/r: yes",
    ]);
    expect(
      handled(gateway).plugins[3]?.instead.map(({ collection, path }) => `${collection} ${path}`),
    ).toEqual(["services plugins.proxy-rewrite", "plugin_configs plugins.proxy-rewrite"]);
  });

  test("a plugin that is disabled in the route is off, also where the service has it", () => {
    const [route] = gateway.routes ?? [];
    const plugins = { cors: { _meta: { disable: true } } };
    expect(runs({ ...gateway, routes: [{ ...route, plugins }] })).toContain("cors of routes/r: disabled");
  });

  test("a priority of its own moves a plugin, and a filter that does not hold keeps it from running", () => {
    const plugins = {
      "proxy-rewrite": { ...set("R"), _meta: { priority: 9000 } },
      cors: { _meta: { filter: [["arg_x", "==", "1"]] } },
    };
    const routes = [{ id: "r", uri: "/get", plugins, upstream }];
    expect(runs({ routes })).toEqual(["proxy-rewrite of routes/r: yes", "cors of routes/r: filter"]);
    expect(runs({ routes }, { query: "x=1" })).toContain("cors of routes/r: yes");
  });

  test("a plugin in two global rules runs in neither", () => {
    const global_rules = ["a", "b"].map((id) => ({ id, plugins: { cors: {} } }));
    const { plugins, twice } = handled({ global_rules, routes: [{ id: "r", uri: "/get", upstream }] });
    expect(plugins).toEqual([]);
    expect(twice.map(({ id }) => id)).toEqual(["a", "b"]);
  });

  test("a global rule leaves prometheus to a route that has it", () => {
    const global_rules = [{ id: "g", plugins: { prometheus: {} } }];
    expect(runs({ global_rules, routes: [{ id: "r", uri: "/get", plugins: { prometheus: {} } }] })).toEqual([
      "prometheus of routes/r: yes",
    ]);
  });

  test("a plugin that the gateway does not list keeps path and upstream from being known", () => {
    const { plugins, sent, targets } = handled({
      routes: [{ id: "r", uri: "/get", plugins: { own: {} }, upstream }],
    });
    expect(plugins[0]).toMatchObject({ priority: undefined, runs: { state: "unclear" } });
    expect(sent.uri.known || targets.known).toBe(false);
  });
});

describe("who asks", () => {
  const consumers = [
    {
      username: "jack",
      plugins: { "key-auth": { key: "k-jack" }, "limit-count": { count: 1 } },
      group_id: "g",
    },
    { username: "jill", plugins: {} },
  ];
  const gateway: Gateway = {
    consumers,
    consumer_groups: [{ id: "g", plugins: { "limit-count": { count: 9 }, cors: {} } }],
    credentials: [{ consumer: "jill", credential: { id: "c1", plugins: { "key-auth": { key: "k-jill" } } } }],
    routes: [{ id: "r", uri: "/get", plugins: { "key-auth": {} }, upstream }],
  };
  const key = (value: string) => ({ headers: { apikey: value } });

  test("a key names its consumer, from the header or the query, also as a credential", () => {
    expect(handled(gateway, key("k-jack")).consumer).toEqual({ known: true, value: "jack" });
    expect(handled(gateway, { query: "apikey=k-jill" }).consumer).toEqual({ known: true, value: "jill" });
    expect(handled(gateway, key("k-jill")).sent.headers).toMatchObject([
      { does: "set", name: "X-Consumer-Username", value: "jill" },
      { does: "set", name: "X-Credential-Identifier", value: "c1" },
      { does: "remove", name: "X-Consumer-Custom-ID" },
    ]);
  });

  test("without a key, or with a wrong one, the plugin answers 401", () => {
    for (const request of [{}, key("wrong")]) {
      expect(handled(gateway, request).answers).toMatchObject({
        value: { plugin: { name: "key-auth" }, status: 401 },
      });
    }
  });

  test("a consumer goes before its group, and both before the route; its key is no plugin of the route", () => {
    expect(runs(gateway, key("k-jack"))).toEqual([
      "key-auth of routes/r: yes",
      "limit-count of consumers/jack: yes",
      "cors of consumer_groups/g: yes",
    ]);
  });

  test("a secret key names nobody and refuses nobody", () => {
    const hidden = {
      ...gateway,
      consumers: [{ username: "jack", plugins: { "key-auth": { key: notKnown("secret") } } }],
    };
    const { consumer, answers } = handled(hidden, key("k"));
    const field = { collection: "consumers", id: "jack", path: "plugins.key-auth.key" };
    expect(consumer).toEqual({ known: false, because: [{ field, why: "secret" }] });
    expect(answers.known).toBe(false);
    expect(handled(hidden).answers).toMatchObject({ value: { status: 401 } });
  });

  test("a name and its password name a consumer of basic-auth", () => {
    const basic = {
      consumers: [{ username: "ann", plugins: { "basic-auth": { username: "ann", password: "pass" } } }],
      routes: [{ id: "r", uri: "/get", plugins: { "basic-auth": {} }, upstream }],
    };
    const header = (text: string) => ({ headers: { Authorization: `Basic ${btoa(text)}` } });
    expect(handled(basic, header("ann:pass")).consumer).toEqual({ known: true, value: "ann" });
    expect(handled(basic, header("ann:wrong")).answers).toMatchObject({ value: { status: 401 } });
  });

  test("a consumer's rewriting is decided by the route of its first request", () => {
    const rewriting = { "key-auth": { key: "k-jack" }, "proxy-rewrite": { uri: "/consumer" } };
    const mixed: Gateway = {
      consumers: [{ username: "jack", plugins: rewriting }],
      routes: [
        { id: "plain", uri: "/get", plugins: { "key-auth": {} }, upstream },
        { id: "own", uri: "/own", plugins: { "key-auth": {}, "proxy-rewrite": { uri: "/route" } }, upstream },
      ],
    };
    const uri = (path: string, first?: [string, string]) => {
      const { handling } = matcher(mixed).serve({ path, ...key("k-jack") }, first && new Map([first]));
      return handling?.sent.uri.known && handling.sent.uri.value;
    };
    expect(uri("/get", ["jack", "plain"])).toBe("/consumer");
    expect(uri("/own", ["jack", "plain"])).toBe("/consumer");
    expect(uri("/get", ["jack", "own"])).toBe("/get");
    expect(uri("/own", ["jack", "own"])).toBe("/route");
    const { undecided } = handled(mixed, key("k-jack"));
    expect(undecided.map(({ name }) => name)).toEqual(["proxy-rewrite"]);
  });
});

describe("what the upstream gets", () => {
  const rewritten = (configuration: object, path: string, global?: object) =>
    handled(
      {
        global_rules: global ? [{ id: "g", plugins: { "proxy-rewrite": global } }] : [],
        routes: [{ id: "r", uri: "/*", plugins: { "proxy-rewrite": configuration }, upstream }],
      },
      { path },
    ).sent;

  test.each([
    [{ uri: "/new" }, "/get?a=1", "/new?a=1"],
    [{ uri: "/new?b=2" }, "/get?a=1", "/new?b=2&a=1"],
    [{ uri: "/$host$uri" }, "/get", "/a.test/get"],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a template of APISIX.
    [{ uri: "/${arg_v ?? none}" }, "/get", "/none"],
    [{ regex_uri: ["^/v1/(.*)/(.*)", "/$2/$1"] }, "/v1/a/b?c", "/b/a?c"],
    [{ regex_uri: ["^/no", "/x", "^/(get)", "/got/$1"] }, "/get", "/got/get"],
    [{ regex_uri: ["^/other", "/x"] }, "//a%20b", "/a%20b"],
    [{ headers: { set: { A: "1" } } }, "/a/../b%3Fc", "/b%3Fc"],
    [{ use_real_request_uri_unsafe: true }, "//a?b", "//a?b"],
  ])("proxy-rewrite with %j makes of %s %s", (configuration, path, expected) => {
    expect(rewritten(configuration, path).uri).toEqual({ known: true, value: expected });
  });

  test("without a rewriting plugin the path goes on as it came", () => {
    const { sent } = handled({ routes: [{ id: "r", uri: "/*", upstream }] }, { path: "//a/../b?c" });
    expect(sent).toMatchObject({
      uri: { value: "//a/../b?c" },
      method: { value: "GET" },
      host: { value: undefined },
    });
  });

  test("of two rewritings the route's decides, even if it names no path", () => {
    expect(rewritten({ uri: "/route" }, "/get", { uri: "/global" }).uri).toMatchObject({ value: "/route" });
    expect(rewritten(set("R"), "/get", { uri: "/global", host: "b.test" })).toMatchObject({
      uri: { value: "/get" },
      host: { value: "b.test" },
    });
  });

  test.each([
    [{ redirect: { http_to_https: true } }, {}, 301],
    [{ redirect: { http_to_https: true } }, { method: "POST" }, 308],
    [{ redirect: { uri: "/x" } }, {}, 302],
    [{ redirect: { regex_uri: ["^/x", "/y"] } }, {}, undefined],
    [{ redirect: { http_to_https: true } }, { scheme: "https" }, undefined],
    [{ mocking: { response_status: 201 } }, {}, 201],
    [{ cors: {} }, { method: "OPTIONS" }, 200],
    [{ "fault-injection": { abort: { http_status: 503 } } }, {}, 503],
    [{ "fault-injection": { abort: { http_status: 503, vars: [[["arg_x", "==", "1"]]] } } }, {}, undefined],
    [{ "fault-injection": { delay: { duration: 1 } } }, {}, undefined],
  ])("with %j and %j the status without the upstream is %s", (plugins, request, status) => {
    const { answers } = handled(
      { routes: [{ id: "r", uri: "/*", plugins, upstream }] },
      request as Partial<Request>,
    );
    expect(answers.known && answers.value?.status).toBe(status);
  });

  test("what chance or a program decides is not guessed", () => {
    const percentage = { "fault-injection": { abort: { http_status: 503, percentage: 50 } } };
    for (const plugins of [percentage, { "serverless-pre-function": {} }, { "ai-proxy": {} }]) {
      expect(handled({ routes: [{ id: "r", uri: "/*", plugins, upstream }] }).answers.known).toBe(false);
    }
  });
});

describe("which upstream", () => {
  const gateway: Gateway = {
    upstreams: [
      { id: "u1", nodes: [{ host: "one.test", port: 80, weight: 1 }] },
      { id: "u2", nodes: {} },
    ],
    services: [
      { id: "by-id", upstream_id: "u1" },
      { id: "inside", upstream },
    ],
  };
  const places = (route: object, request?: Partial<Request>) => {
    const { targets } = handled({ ...gateway, routes: [{ id: "r", uri: "/*", ...route }] }, request);
    if (!targets.known) return targets.because.map(({ field: { path }, why }) => `${path}: ${why}`);
    return targets.value.map(
      ({ field: { collection, id, path }, weight }) => `${collection}/${id} ${path} ${weight}`,
    );
  };

  test("the route's own goes before its service's", () => {
    expect(places({ service_id: "by-id" })).toEqual(["upstreams/u1  1"]);
    expect(places({ service_id: "by-id", upstream })).toEqual(["routes/r upstream 1"]);
    expect(places({ service_id: "inside", upstream_id: "u2" })).toEqual(["upstreams/u2  1"]);
    expect(places({ upstream_id: "gone" })).toEqual(["upstream_id: not there"]);
    expect(places({ upstream_id: notKnown("unknown") })).toEqual(["upstream_id: unknown"]);
  });

  test("traffic-split chooses by the first rule that holds, by weight; an entry without upstream is the route's", () => {
    const rules = [
      { match: [{ vars: [["arg_v", "==", "2"]] }], weighted_upstreams: [{ upstream_id: "u2" }] },
      {
        match: [{ vars: [["arg_v", "==", "3"]] }],
        weighted_upstreams: [{ upstream, weight: 3 }, { weight: 1 }, { upstream_id: "u1", weight: 0 }],
      },
    ];
    const route = { upstream_id: "u1", plugins: { "traffic-split": { rules } } };
    expect(places(route)).toEqual(["upstreams/u1  1"]);
    expect(places(route, { query: "v=2" })).toEqual(["upstreams/u2  1"]);
    expect(places(route, { query: "v=3" })).toEqual([
      "routes/r plugins.traffic-split.rules[1].weighted_upstreams[0].upstream 3",
      "upstreams/u1  1",
    ]);
  });

  test("nodes are read from a list and from a map", () => {
    const field = { collection: "upstreams", id: "u", path: "" } as const;
    const nodes = (value: unknown) => nodesOf({ field, upstream: { nodes: value } });
    expect(nodes([{ host: "a.test", weight: 2 }])).toEqual({
      known: true,
      value: [{ host: "a.test", port: undefined, weight: 2 }],
    });
    expect(nodes({ "a.test:81": 1, "[::1]:80": 1, "b.test": 0 })).toEqual({
      known: true,
      value: [
        { host: "a.test", port: 81, weight: 1 },
        { host: "[::1]", port: 80, weight: 1 },
        { host: "b.test", port: undefined, weight: 0 },
      ],
    });
    expect(nodes([{ host: notKnown("unknown") }])).toMatchObject({
      because: [{ field: { path: "nodes[0].host" } }],
    });
  });
});
