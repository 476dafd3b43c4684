import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type ApisixSandbox, startApisix } from "../../sandbox/apisix/index.ts";

let newer: ApisixSandbox;
let older: ApisixSandbox;

beforeAll(async () => {
  [newer, older] = await Promise.all([startApisix(), startApisix({ storesDefaults: true })]);
});
afterAll(() => Promise.all([newer.close(), older.close()]));
beforeEach(() => {
  newer.store.clear();
  older.store.clear();
});

const nodes = { "a.example:80": 1 };
const upstream = { type: "roundrobin", nodes };

/** What the Admin API says to a write: its error, what it keeps, or the status where it answers with a page. */
async function write(path: string, body: unknown, sandbox = newer, method = "PUT") {
  const answer = await fetch(`${sandbox.adminUrl}/apisix/admin/${path}`, {
    method,
    headers: { "x-api-key": sandbox.adminKey },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  if (!text.startsWith("{")) return answer.status;
  const { error_msg, value } = JSON.parse(text);
  return error_msg ?? value;
}

/** What a route with a plugin is told. */
const plugin = (name: string, configuration: unknown, sandbox = newer) =>
  write("routes/r", { uri: "/", upstream, plugins: { [name]: configuration } }, sandbox);

const refusedPlugin = (name: string, problem: string) =>
  `failed to check the configuration of plugin ${name} err: ${problem}`;

describe("a plugin's configuration is refused for what its code checks", () => {
  const bad = [["arg_x", "=", "1"]];
  const wrong = "failed to validate the 'vars' expression: invalid operator '='";
  const pattern = 'pcre2_compile() failed: missing closing parenthesis in "("';
  const weighted_upstreams = [{ weight: 1 }];
  it.each([
    ["traffic-split", { rules: [{ match: [{ vars: bad }], weighted_upstreams }] }, wrong],
    [
      "traffic-split",
      { rules: [{ match: [{}], weighted_upstreams }] },
      "failed to validate the 'vars' expression: missing argument rule",
    ],
    ["fault-injection", { delay: { duration: 1, vars: [bad] } }, "invalid operator '='"],
    ["response-rewrite", { vars: bad, body: "x" }, wrong],
    ["response-rewrite", { body: "?", body_base64: true }, "invalid base64 content"],
    [
      "http-logger",
      { uri: "http://a.example", include_req_body_expr: bad, include_req_body: true },
      "failed to validate the 'include_req_body_expr' expression: invalid operator '='",
    ],
    ["file-logger", {}, 'property "path" is not set in either the plugin conf or the metadata'],
    ["workflow", { rules: [{ actions: [["nosuch", {}]] }] }, "unsupported action: nosuch"],
    [
      "workflow",
      { rules: [{ actions: [["return", { code: 99 }]] }] },
      "failed to validate the 'return' action: property \"code\" validation failed: expected 99 to be at least 100",
    ],
    [
      "cors",
      { allow_credential: true, allow_origins: "https://a.example" },
      "you can not set '*' for other option when 'allow_credential' is true",
    ],
    ["cors", { allow_origins_by_regex: ["("] }, pattern],
    ["uri-blocker", { block_rules: ["("] }, pattern],
    ["ua-restriction", { denylist: ["("] }, pattern],
    ["redirect", { regex_uri: ["(", "/b"] }, `invalid regex_uri ((, /b), err:${pattern}`],
    [
      "redirect",
      { http_to_https: true, append_query_string: true },
      "only one of `http_to_https` and `append_query_string` can be configured.",
    ],
    ["proxy-rewrite", { regex_uri: ["^/a", "/b", "("] }, "The length of regex_uri should be an even number"],
    ["proxy-rewrite", { headers: { "a b": "x" } }, "invalid field character in header"],
    [
      "limit-count",
      { count: 1, time_window: 1, rules: [{ count: 1, time_window: 1, key: "a" }] },
      "count/time_window and rules cannot be specified at the same time",
    ],
    ["proxy-cache", { cache_zone: "nosuch" }, "cache_zone nosuch not found"],
    ["proxy-cache", { cache_zone: "memory_cache" }, "invalid or empty cache_zone for cache_strategy: disk"],
    ["mocking", { content_type: "image/png", response_example: "x" }, "unsupported content type!"],
    [
      "serverless-pre-function",
      { functions: ["return 1"] },
      "only accept Lua function, the input code type is number",
    ],
    ["multi-auth", { auth_plugins: [{ cors: {} }, { "key-auth": {} }] }, "cors plugin is not supported"],
    [
      "openid-connect",
      { client_id: "a", client_secret: "b", discovery: "https://a" },
      'property "session.secret" is required when "bearer_only" is false',
    ],
  ])("%s %j", async (name, configuration, problem) => {
    expect(await plugin(name, configuration)).toBe(refusedPlugin(name, problem));
  });

  it("and taken where it is switched off, as 3.18 takes it and 3.11 does not", async () => {
    const off = { regex_uri: ["(", "/b"], _meta: { disable: true } };
    expect(await plugin("proxy-rewrite", off)).toMatchObject({ id: "r" });
    expect(await plugin("proxy-rewrite", off, older)).toContain("invalid regex_uri");
  });

  it("and `_meta` for its filter and its code", async () => {
    expect(await plugin("cors", { _meta: { filter: bad } })).toBe(wrong);
    expect(await plugin("cors", { _meta: { pre_function: "return (" } })).toMatch(
      /^failed to load _meta.pre_function in plugin cors: .*unexpected symbol near '<eof>'$/,
    );
  });

  it("a workflow's case is only looked at by 3.11, whose actions are numbered as it stores them", async () => {
    const rules = (expression: unknown) => ({
      rules: [{ case: expression, actions: [["return", { code: 403 }]] }],
    });
    expect(await plugin("workflow", rules(bad))).toMatchObject({ plugins: { workflow: rules(bad) } });
    expect(await plugin("workflow", rules(["AND", ["a", "==", "1"], "OR"]))).toBe(500);
    expect(await plugin("workflow", rules(bad), older)).toContain("'case' expression: invalid operator '='");
    expect(await plugin("workflow", rules([["a", "==", "1"]]), older)).toMatchObject({
      plugins: { workflow: { rules: [{ actions: [["return", { code: 403, _vid: 1 }]] }] } },
    });
  });

  it("what is no configuration and what is no plugin are told apart", async () => {
    expect(await plugin("cors", "x")).toBe('invalid plugin conf "x" for plugin [cors]');
    expect(await plugin("cors", null)).toBe('invalid plugin conf "userdata: NULL" for plugin [cors]');
    expect(await plugin("nosuch", {})).toBe("unknown plugin [nosuch]");
    const stream = { server_port: 9100, upstream, plugins: { cors: {} } };
    expect(await write("stream_routes/s", stream)).toBe("unknown plugin [cors]");
  });
});

describe("a route's code", () => {
  it.each([
    [
      { filter_func: "function( return true end" },
      /^failed to load 'filter_func' string: \[string "return function\( return true end"\]:1: <name> or '\.\.\.' expected near 'return'$/,
    ],
    [{ filter_func: "functional" }, "'filter_func' should be a function"],
    [{ script: "return 'no table'" }, "'script' should be a Lua object"],
    [{ script: "local _M = {" }, /^failed to load 'script' string: .*unexpected symbol near '<eof>'$/],
    [{ script: "local x = 1" }, 500],
  ])("%j is refused", async (fields, problem) => {
    const answer = await write("routes/r", { uri: "/", upstream, ...fields });
    if (problem instanceof RegExp) expect(answer).toMatch(problem);
    else expect(answer).toBe(problem);
  });
});

describe("an upstream", () => {
  it.each([
    [{ nodes: "text" }, 500],
    [{ nodes: [null] }, 500],
    [
      { nodes: [{ host: "::1", port: 80, weight: 1 }] },
      "invalid configuration: IPv6 address must be enclosed with '[' and ']'",
    ],
    [{ nodes: { "a.example:70000": 1 } }, "invalid port 70000"],
    [{ nodes, pass_host: "rewrite" }, "`upstream_host` can't be empty when `pass_host` is `rewrite`"],
    [{ nodes, type: "chash" }, "missing key"],
    [
      { nodes, type: "chash", key: "x y" },
      /^invalid configuration: failed to match pattern ".*" with "x y"$/,
    ],
    [
      { nodes, tls: { client_cert_id: "none" } },
      "failed to fetch ssl info by ssl id [none], response code: 404",
    ],
  ])("%j is refused", async (fields, problem) => {
    const answer = await write("upstreams/u", fields);
    if (problem instanceof RegExp) expect(answer).toMatch(problem);
    else expect(answer).toBe(problem);
  });
});

describe("consumers", () => {
  const key = (value: string) => ({ plugins: { "key-auth": { key: value } } });

  it("have keys of their own, as 3.18 asks and 3.11 does not", async () => {
    for (const sandbox of [newer, older]) {
      await write("consumers/jack", { username: "jack", ...key("k") }, sandbox);
      await write("consumers/jack/credentials/c", key("of-c"), sandbox);
    }
    const jill = (value: string, sandbox = newer) =>
      write("consumers/jill", { username: "jill", ...key(value) }, sandbox);
    expect(await jill("k")).toBe("duplicate key of plugin key-auth found with consumer: jack");
    expect(await jill("of-c")).toBe(
      "duplicate key of plugin key-auth found with credential: c of consumer: jack",
    );
    expect(await jill("k", older)).toMatchObject({ username: "jill" });
    expect(await jill("$env://KEY")).toMatchObject({ username: "jill" });
    expect(await write("consumers/jack", { username: "jack", ...key("of-c") })).toMatchObject({
      username: "jack",
    });
    expect(await write("consumers/jack/credentials/d", key("of-c"))).toContain(
      "credential: c of consumer: jack",
    );
  });

  it("say in their errors that it is about their plugins, and credentials take those of authentication only", async () => {
    const broken = { username: "jack", plugins: { "key-auth": {} } };
    expect(await write("consumers/jack", broken)).toBe(
      `invalid plugins configuration: ${refusedPlugin("key-auth", 'property "key" is required')}`,
    );
    await write("consumers/jack", { username: "jack" });
    expect(await write("consumers/jack/credentials/c", { plugins: { cors: {} } })).toBe(
      "only supports auth type plugins in consumer credential",
    );
  });

  it("of JSON web tokens get a secret in 3.11 that later releases ask for", async () => {
    const token = { username: "jack", plugins: { "jwt-auth": { key: "k" } } };
    expect(await write("consumers/jack", token)).toContain(
      'property "secret" is required when using HS based',
    );
    expect(await write("consumers/jack", token, older)).toHaveProperty("plugins.jwt-auth.secret");
  });
});

describe("what is kept", () => {
  it("has numbers of 14 digits, at any depth", async () => {
    const plugins = { "limit-count": { count: 9007199254740991, time_window: 60 } };
    const fields = { uri: "/", upstream: { ...upstream, retry_timeout: 0.1234567890123456 }, plugins };
    expect(await write("routes/r", fields)).toMatchObject({
      upstream: { retry_timeout: 0.12345678901235 },
      plugins: { "limit-count": { count: 9007199254741000 } },
    });
  });

  it("has empty tables as they were sent", async () => {
    const empty = {
      uri: "/",
      upstream: { type: "roundrobin", nodes: [] },
      vars: {},
      methods: {},
      plugins: {},
    };
    expect(await write("routes/r", empty)).toMatchObject(empty);
  });

  it("of a PATCH is a merge of objects, where lists and empty tables are replaced", async () => {
    await write("routes/r", { uri: "/", upstream, vars: {}, labels: { a: "1" } });
    const patch = {
      vars: [["a", "==", "1"]],
      labels: { a: null, b: "2" },
      upstream: { nodes: { "b.example:80": 1 } },
    };
    expect(await write("routes/r", patch, newer, "PATCH")).toMatchObject({
      vars: [["a", "==", "1"]],
      labels: { b: "2" },
      upstream: { nodes: { ...nodes, "b.example:80": 1 } },
    });
    expect(await write("routes/r/labels/c/d", 1, newer, "PATCH")).toMatch(
      /property "labels" validation failed/,
    );
    expect(await write("routes/r/uri/c", 1, newer, "PATCH")).toBe("invalid sub-path: /uri1c");
    expect(await write("stream_routes/r", {}, newer, "PATCH")).toBe(
      "not supported `PATCH` method for stream route",
    );
  });
});

it.each([["x"], [1], [true], [null]])("a body of %j breaks the server", async (body) => {
  expect(await write("routes/r", body)).toBe(500);
});

it("a reference that is asked about is told in the server's order and words", async () => {
  const remove = async (path: string) => {
    const answer = await fetch(`${newer.adminUrl}/apisix/admin/${path}`, {
      method: "DELETE",
      headers: { "x-api-key": newer.adminKey },
    });
    const { error_msg } = (await answer.json()) as { error_msg?: string };
    return error_msg ?? answer.status;
  };
  await write("upstreams/u", upstream);
  const plugins = { "traffic-split": { rules: [{ weighted_upstreams: [{ upstream_id: "u" }] }] } };
  await write("stream_routes/s", { server_port: 9100, upstream_id: "u" });
  await write("global_rules/g", { plugins });
  expect(await remove("upstreams/u")).toBe(
    "can not delete this upstream, plugin in global_rules [g] is still using it now",
  );
  await write("routes/r", { uri: "/", upstream_id: "u" });
  expect(await remove("upstreams/u")).toBe("can not delete this upstream, route [r] is still using it now");
  await Promise.all([remove("routes/r"), remove("global_rules/g")]);
  expect(await remove("upstreams/u")).toBe(200);
});

describe("the definitions of a proto are refused for what their compiler says of their statements", () => {
  it.each([
    ["package a; enum B {}package a; enum B {}", "type .a.B already defined"],
    ["enum A {} enum A {}", "type .A already defined"],
    ["message A{} enum A{}", "type .A already defined"],
    ['syntax = "proto3"; syntax = "proto3";', "unknown keyword 'syntax'"],
    ['package a; syntax="proto3";', "unknown keyword 'syntax'"],
    ['message A{} syntax="proto3";', "unknown keyword 'syntax'"],
  ])("%s", async (content, problem) => {
    expect(await write("protos/p", { content })).toBe(`invalid content: ${problem}`);
  });

  it.each([
    "package a; package b;",
    "message A{} package b;",
    'syntax = "proto3"; message A { message B {} } message B {}',
    "package a; message A {} package b; message A {}",
  ])("but not %s", async (content) => {
    expect(await write("protos/p", { content })).toMatchObject({ content });
  });
});

describe("a body that is a text is no object", () => {
  const refused = "invalid configuration: wrong type: expected object, got string";
  it.each(["consumers", "consumers/x", "plugin_metadata/syslog"])("of %s", async (path) => {
    for (const sandbox of [newer, older]) expect(await write(path, "a", sandbox)).toBe(refused);
  });

  it.each(["routes/r", "upstreams/u", "protos/p"])(
    "and breaks a write to %s, which gives it an id",
    async (path) => {
      expect(await write(path, "a")).toBe(500);
    },
  );
});
