import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { startApisix } from "../../sandbox/apisix/index.ts";

/** What APISIX 3.18.0, 3.14.1 and 3.11.0 were seen to answer. */
const newest = await startApisix();
const middle = await startApisix({ release: "3.14.1" });
const oldest = await startApisix({ release: "3.11.0" });
const all = [newest, middle, oldest];

afterAll(() => Promise.all(all.map((sandbox) => sandbox.close())));
beforeEach(() => {
  for (const { store } of all) store.clear();
});

async function ask(sandbox: typeof newest, method: string, path: string, body?: unknown) {
  const text = body === undefined || typeof body === "string" || Buffer.isBuffer(body);
  const response = await fetch(`${sandbox.adminUrl}/apisix/admin/${path}`, {
    method,
    headers: { "x-api-key": sandbox.adminKey },
    ...(body === undefined ? {} : { body: text ? (body as string) : JSON.stringify(body) }),
  });
  const answer = await response.text();
  const isJson = answer.startsWith("{");
  return { status: response.status, text: answer, json: isJson ? JSON.parse(answer) : undefined };
}

describe("a body", () => {
  it.each([
    ["{", "Expected object key string but found T_END at character 2"],
    ['{"a"}', "Expected colon but found T_OBJ_END at character 5"],
    ['{"a":}', "Expected value but found T_OBJ_END at character 6"],
    ['{"a":01}', "Expected value but found invalid number at character 6"],
    ['{"a":"\\x"}', "Expected value but found invalid escape code at character 7"],
    ['{"a":"\\ud800"}', "Expected value but found invalid unicode escape code at character 7"],
    ['{"a":1}}', "Expected the end but found T_OBJ_END at character 8"],
    ["[1,]", "Expected value but found T_ARR_END at character 4"],
    ["nul", "Expected value but found invalid token at character 1"],
    ['{"a"2}', "Expected colon but found T_INTEGER at character 5"],
    ["\ufeff{}", "Expected value but found invalid token at character 1"],
  ])("that is no JSON is refused in the words of APISIX's decoder: %s", async (body, words) => {
    const { status, json } = await ask(newest, "PUT", "services/a", body);
    expect(status).toBe(400);
    expect(json).toEqual({ error_msg: `invalid request body: ${words}`, req_body: body });
  });

  it("may have control characters in its texts, and names that are there twice", async () => {
    expect((await ask(newest, "PUT", "services/a", '{"desc":"\t","desc":"a\tb"}')).json.value.desc).toBe(
      "a\tb",
    );
  });

  it("with a number without an end is not stored", async () => {
    const { status, json } = await ask(oldest, "PUT", "plugin_metadata/loggly", '{"a":1e999}');
    expect(status).toBe(503);
    expect(json).toEqual({ error_msg: "Cannot serialise number: must not be NaN or Infinity" });
  });

  it("whose upstream or plugins are no tables breaks APISIX", async () => {
    for (const body of [{ upstream: 1 }, { plugins: null }, { plugins: true }])
      expect((await ask(newest, "PUT", "services/a", body)).status).toBe(500);
    expect((await ask(newest, "PUT", "services/a", { plugins: "a" })).status).toBe(400);
  });

  it("has no id where its id is false", async () => {
    expect((await ask(newest, "PUT", "services/a", { id: false })).json.value.id).toBe("a");
  });
});

describe("a list", () => {
  it("is filtered by patterns in names and paths, and by filter", async () => {
    const upstream = { type: "roundrobin", nodes: { "127.0.0.1:80": 1 } };
    await ask(newest, "PUT", "upstreams/u", upstream);
    await ask(newest, "PUT", "routes/a", { uri: "/a/b", name: "first", upstream_id: "u" });
    await ask(newest, "PUT", "routes/b", { uris: ["/b"], upstream });
    const ids = async (query: string) => {
      const { list } = (await ask(newest, "GET", `routes?${query}`)).json;
      return list.map(({ value }: { value: { id: string } }) => value.id);
    };
    expect(await ids("uri=/b$")).toEqual(["a", "b"]);
    expect(await ids("uri=^/b")).toEqual(["b"]);
    expect(await ids("name=^f")).toEqual(["a"]);
    expect(await ids("name=nil")).toEqual(["b"]);
    expect(await ids("filter=upstream_id%3Du")).toEqual(["a"]);
    expect(await ids("page=a&page_size=b")).toEqual(["a", "b"]);
  });

  it("has an object in place of a page with nothing in it, and is absent for credentials of nobody", async () => {
    expect((await ask(newest, "GET", "routes?page=1&page_size=10")).json).toEqual({ total: 0, list: {} });
    expect((await ask(newest, "GET", "consumers/a/credentials")).status).toBe(404);
  });
});

describe("a PATCH", () => {
  it("into a list goes by a name beside its items, so that it is no list any more", async () => {
    await ask(newest, "PUT", "upstreams/a", { nodes: [{ host: "a.example", port: 80, weight: 1 }] });
    const { json } = await ask(newest, "PATCH", "upstreams/a/nodes/0", {
      host: "b.example",
      port: 80,
      weight: 1,
    });
    expect(json.error_msg).toContain(
      'property "nodes" validation failed: object matches none of the required',
    );
  });

  it("below what is no table names the rest of the path", async () => {
    await ask(newest, "PUT", "services/a", { desc: "d" });
    expect((await ask(newest, "PATCH", "services/a/desc/b", 1)).json.error_msg).toBe(
      "invalid sub-path: /desc1b",
    );
  });

  it("with an empty object empties one, before 3.18 it changes nothing", async () => {
    for (const [sandbox, labels] of [
      [newest, {}],
      [middle, { a: "b" }],
      [oldest, { a: "b" }],
    ] as const) {
      await ask(sandbox, "PUT", "services/a", { labels: { a: "b" } });
      expect((await ask(sandbox, "PATCH", "services/a", { labels: {} })).json.value.labels).toEqual(labels);
    }
  });

  it("does not change the id", async () => {
    await ask(newest, "PUT", "services/a", {});
    expect((await ask(newest, "PATCH", "services/a", { id: "b" })).json.error_msg).toBe("wrong service id");
  });
});

describe("plugins", () => {
  const put = async (sandbox: typeof newest, plugins: unknown) =>
    ask(sandbox, "PUT", "plugin_configs/a", { plugins });

  it.each([
    [{ degraphql: { query: "a" } }, "failed to parse query: Syntax error near line 1"],
    [
      { "oas-validator": { spec: "a" } },
      "invalid JSON string provided, err: Expected value but found invalid token at character 1",
    ],
    [
      { "ai-request-rewrite": { provider: "openai-compatible" } },
      "override.endpoint is required for openai-compatible provider",
    ],
    [{ "multi-auth": { auth_plugins: [["a"], ["a"]] } }, "1 plugin did not found"],
    [
      { cors: { _meta: { pre_function: "retur" } } },
      "[string \"meta pre_function\"]:1: '=' expected near '<eof>'",
    ],
  ])("are checked by their own code: %j", async (plugins, words) => {
    const { status, json } = await put(newest, plugins);
    expect(status).toBe(400);
    expect(json.error_msg).toContain(words);
  });

  it("break APISIX where it looks at what is not there", async () => {
    for (const plugins of [
      { "multi-auth": { auth_plugins: ["a", ""] } },
      { workflow: { rules: [{ actions: [[true]] }] } },
    ])
      expect((await put(newest, plugins)).status).toBe(500);
    expect((await put(oldest, { "ai-proxy": {} })).status).toBe(500);
    expect((await put(middle, { csrf: { key: {} } })).status).toBe(500);
  });

  it("that are switched off are checked before 3.18", async () => {
    const off = { "limit-count": { count: "a", _meta: { disable: true } } };
    const statuses = await Promise.all(all.map(async (sandbox) => (await put(sandbox, off)).status));
    expect(statuses).toEqual([201, 400, 400]);
  });

  it("are those of the release", async () => {
    const statuses = await Promise.all(
      all.map(async (sandbox) => (await put(sandbox, { acl: {} })).json.error_msg),
    );
    expect(statuses.slice(1)).toEqual(["unknown plugin [acl]", "unknown plugin [acl]"]);
    expect(statuses[0]).not.toContain("unknown plugin");
  });
});

it("what has no schema of its own cannot be validated, a credential can", async () => {
  expect((await ask(newest, "POST", "schema/validate/secrets", {})).status).toBe(500);
  expect((await ask(newest, "POST", "schema/validate/credentials", { plugins: {} })).status).toBe(200);
  expect((await ask(newest, "DELETE", "schema/route")).json).toEqual({ error_msg: "not found" });
});

it("a stream route of a protocol is refused, as the gateway knows none", async () => {
  const { json } = await ask(newest, "PUT", "stream_routes/a", {
    server_port: 9,
    protocol: { name: "redis" },
  });
  expect(json.error_msg).toBe("unknown protocol [redis]");
});

it("an address with the name of a network interface is none", async () => {
  const { json } = await ask(newest, "PUT", "stream_routes/a", { remote_addr: "fe80::1%eth0" });
  expect(json.error_msg).toContain('property "remote_addr" validation failed');
});

it("white space in patterns is that of ASCII", async () => {
  expect((await ask(newest, "PUT", "services/a", { labels: { a: "\u00a0" } })).status).toBe(201);
});
