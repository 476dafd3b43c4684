import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { Handler } from "../../provider/dynamic/handler.ts";
import { problemsOf, readableSchema } from "../../provider/model/apisix/json-schema.ts";
import { pluginSchema } from "../../provider/model/apisix/plugin-catalogue.ts";
import { type Json, type JsonObject, UNKNOWN } from "../../provider/model/fields.ts";
import { KINDS, kindOf } from "../../provider/model/kinds.ts";
import { referencesOf } from "../../provider/model/references.ts";
import { argumentPath } from "../../provider/model/wire.ts";
import { startApisix } from "../../sandbox/apisix/index.ts";
import { repository } from "../../tools/repository.ts";
import { SEED } from "../support/arbitraries.ts";
import { configurations } from "../support/plugin-configurations.ts";

describe("a schema that a gateway sends is read as it means it", () => {
  test.each<[string, Json, Json]>([
    ["an empty table in the place of a list", { required: {}, enum: {} }, {}],
    ["an empty list in the place of a table", { properties: [] }, {}],
    ["draft 4's limits", { minimum: 1, exclusiveMinimum: true }, { minimum: 1, exclusiveMinimum: 1 }],
    ["draft 4's limits, switched off", { maximum: 1, exclusiveMaximum: false }, { maximum: 1 }],
    [
      "a default of a list that is empty",
      { properties: { a: { type: "array", default: {} } } },
      { properties: { a: { type: "array", default: [] } } },
    ],
    ["names", { $id: "a", id: "b", properties: { id: {} } }, { properties: { id: {} } }],
  ])("%s", (_, sent, read) => {
    expect(readableSchema(sent)).toEqual(read);
  });

  test.each<[string, Json]>([
    ["a type that does not exist", { type: "tenant" }],
    ["a reference to nowhere", { properties: { a: { $ref: "#/nowhere" } } }],
    ["no object", ["a"]],
  ])("or not at all: %s", (_, sent) => {
    expect(readableSchema(sent)).toBeUndefined();
  });
});

test("the schemas of all plugins, as a gateway sends them, judge as those do that are known here", () => {
  const sent = JSON.parse(readFileSync(join(repository, "test/schemas/apisix-3.18.0.json"), "utf8"));
  const names = Object.keys(sent.plugins);
  expect(names.length).toBeGreaterThan(90);
  const verdicts = { right: 0, wrong: 0 };
  for (const name of names) {
    const known = pluginSchema(name, "schema");
    const served = readableSchema(sent.plugins[name].schema);
    if (!known) continue;
    expect(served, name).toBeDefined();
    fc.assert(
      fc.property(configurations(known), (configuration) => {
        const texts = (schema: JsonObject) =>
          problemsOf(schema, configuration).map(({ path, reason }) => `${path.join(".")} ${reason}`);
        const wanted = texts(known);
        expect(texts(served ?? {}), JSON.stringify([name, configuration])).toEqual(wanted);
        verdicts[wanted.length > 0 ? "wrong" : "right"] += 1;
      }),
      { seed: SEED, numRuns: 25 },
    );
  }
  expect(Math.min(verdicts.right, verdicts.wrong)).toBeGreaterThan(300);
});

test("a gateway's complaint is told by the argument's own path", () => {
  const body = { upstream: { nodes: [{ host: "a" }] }, plugins: { "limit-count": {} }, labels: {} };
  const path = (...given: (string | number)[]) =>
    argumentPath(kindOf("apisix:Route").schema, body, given).join(".");
  expect(path("upstream", "tls", "client_cert")).toBe("upstream.tls.clientCert");
  expect(path("upstream", "nodes", 0, "host")).toBe("upstream.nodes.0.host");
  expect(path("remote_addrs", 1)).toBe("remoteAddrs.1");
  expect(path("plugins", "limit-count", "time_window")).toBe("plugins.limit-count.time_window");
  expect(path("labels", "team_name")).toBe("labels.team_name");
});

test("what names an object itself is no reference, and what is unknown is none yet", () => {
  const references = (type: string, args: JsonObject) =>
    referencesOf(kindOf(type), args).map(({ path, type: to, value }) => `${path.join(".")} ${to} ${value}`);
  expect(references("apisix:Upstream", { upstreamId: "a", tls: { clientCertId: 7 } })).toEqual([
    "tls.clientCertId apisix:Ssl 7",
  ]);
  expect(references("apisix:Credential", { username: "jack", credentialId: "a" })).toEqual([
    "username apisix:Consumer jack",
  ]);
  expect(references("apisix:Route", { upstreamId: UNKNOWN, serviceId: "s" })).toEqual([
    "serviceId apisix:Service s",
  ]);
  expect(references("apisix:Route", { labels: { upstream_id: "team" } })).toEqual([]);
});

test("whose an object is is judged by the schema that the check has read, though the gateway has gone away since", async () => {
  const apisix = await startApisix({ storesDefaults: true });
  onTestFinished(() => apisix.close());
  const stored = { uri: "/*", plugins: { cors: { max_age: 7 } }, ...{ upstream: { nodes } } };
  apisix.store.put("routes", "a", { ...stored, labels: { "pulumi-owner": "b.abcdefgh" } });
  const lifecycle = new Handler(kindOf("apisix:Route"));
  const config: Record<string, string> = {
    "apisix:adminUrl": apisix.adminUrl,
    "apisix:adminKey": apisix.adminKey,
    "apisix:requestTimeout": "1",
  };
  lifecycle.configure({ config: { get: (key) => config[key] } });
  let asked = 0;
  apisix.intercept = (request) => {
    if (!request.url?.endsWith("/schema/plugins/cors")) return false;
    asked += 1;
    if (asked > 1) request.socket.destroy();
    return asked > 1;
  };
  const args = { uri: "/*", plugins: { cors: {} }, upstream: { nodes } };
  const { failures } = await lifecycle.check({}, { ...args, __context: { name: "a", owner: "b" } });
  expect(failures).toEqual([{ property: "", reason: expect.stringContaining("exists already") }]);
  expect(asked).toBe(1);
});

describe("the sandbox's own schemas", async () => {
  const apisix = await startApisix();
  afterAll(() => apisix.close());
  const judged = KINDS.filter(({ serverSchema }) => serverSchema !== undefined);

  test.each(judged)("of $type are asked for by a name that the gateway knows", async ({ type }) => {
    const lifecycle = new Handler(kindOf(type));
    const config: Record<string, string> = {
      "apisix:adminUrl": apisix.adminUrl,
      "apisix:adminKey": apisix.adminKey,
    };
    lifecycle.configure({ config: { get: (key) => config[key] } });
    const wanted = `/apisix/admin/schema/${kindOf(type).serverSchema}`;
    const args = ARGUMENTS[type] ?? {};
    const { failures } = await lifecycle.check({}, { ...args, __context: { name: "a", owner: "b" } });
    expect(failures).toEqual([]);
    expect(apisix.requests.find(({ path }) => path === wanted)?.status).toBe(200);
  });
});

const nodes = { "a.example:80": 1 };
const ARGUMENTS: Record<string, JsonObject> = {
  "apisix:Route": { uri: "/", upstream: { nodes } },
  "apisix:Upstream": { nodes },
  "apisix:Service": { upstream: { nodes } },
  "apisix:PluginConfig": { plugins: {} },
  "apisix:GlobalRule": { plugins: {} },
  "apisix:Consumer": {},
  "apisix:ConsumerGroup": { plugins: {} },
  "apisix:Ssl": { cert: UNKNOWN, key: UNKNOWN, snis: ["a.example"] },
  "apisix:StreamRoute": { serverPort: 9100, upstream: { nodes } },
  "apisix:Proto": { content: 'syntax = "proto3";' },
};
