import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { Handler } from "../../provider/dynamic/handler.ts";
import { isObject, type Json, type JsonObject } from "../../provider/model/fields.ts";
import { kindOf } from "../../provider/model/kinds.ts";
import { SECRET_KEY } from "../../provider/model/marks.ts";
import type { ErrorCode } from "../../provider/server/errors.ts";
import { startApisix } from "../../sandbox/apisix/index.ts";
import { listen, sendText } from "../../sandbox/http.ts";
import { startKuma } from "../../sandbox/kuma/index.ts";
import { repository } from "../../tools/repository.ts";
import { BundleStack } from "../support/bundle.ts";
import { textOf } from "../support/documents.ts";
import { expectOutputs, withoutChance } from "../support/pages.ts";

const page = "docs/troubleshooting.md";
const apisix = await startApisix();
const kuma = await startKuma();
const closed = await listen(() => {});
await closed.close();
const silent = await listen(() => {});
const busy = await listen((_, response) => sendText(response, 503, "upstream connect error"));
afterAll(() => Promise.all([apisix, kuma, silent, busy].map((server) => server.close())));

const OURS = { owner: "0123456789abcdef", stack: "payments.prod" };
const THEIRS = { owner: "fedcba9876543210", stack: "orders.prod" };
const NODES = { nodes: { "api.payments.example:443": 1 } };

const settings = (more: Record<string, string> = {}): Record<string, string> => ({
  "apisix:adminUrl": apisix.adminUrl,
  "apisix:adminKey": apisix.adminKey,
  "apisix:validation": "local",
  "kuma:url": kuma.url,
  "kuma:validation": "local",
  ...more,
});

/** What the engine gives to the next method of what the last one has answered. */
function received(value: unknown): Json {
  if (Array.isArray(value)) return value.map(received);
  if (!isObject(value)) return value as Json;
  if (SECRET_KEY in value) return received(value.value);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, received(inner)]));
}

/** A resource of a stack, in an operation of its own. */
function resource(type: string, args: JsonObject, config = settings(), whose = OURS) {
  const handler = new Handler(kindOf(type));
  handler.configure({ config: { get: (key) => config[key] } });
  const checked = async () => {
    const { inputs } = await handler.check({}, { ...args, __context: { name: "payments", ...whose } });
    return received(inputs) as JsonObject;
  };
  return {
    create: async () => received((await handler.create(await checked())).outs) as JsonObject,
    update: async (id: string, state: JsonObject) => handler.update(id, state, await checked()),
    remove: (id: string, state: JsonObject) => handler.delete(id, state),
    read: (id: string, state: JsonObject) => handler.read(id, state),
  };
}

const upstream = (more: JsonObject = {}, config = settings(), whose = OURS) =>
  resource("apisix:Upstream", { ...NODES, ...more }, config, whose);

/** Runs into each error. */
const CASES: Record<ErrorCode, () => Promise<unknown>> = {
  INVALID_CONFIGURATION: () => upstream({}, {}).create(),
  UNREACHABLE: () => upstream({}, settings({ "apisix:adminUrl": closed.url })).create(),
  TIMEOUT: () =>
    upstream({}, settings({ "apisix:adminUrl": silent.url, "apisix:requestTimeout": "1" })).create(),
  UNAUTHORIZED: () => upstream({}, settings({ "apisix:adminKey": "of last year" })).create(),
  NOT_THE_API: () => upstream({}, settings({ "apisix:adminUrl": apisix.gatewayUrl })).create(),
  REFUSED_BY_SERVER: () => resource("apisix:Route", { uri: "/*", upstreamId: "paymants" }).create(),
  SERVER_ERROR: () => upstream({}, settings({ "apisix:adminUrl": busy.url })).create(),
  NOT_FOUND: () => upstream().read("payments", {}),
  ALREADY_EXISTS: async () => {
    await upstream({ upstreamId: "taken" }, settings(), THEIRS).create();
    await upstream({ upstreamId: "taken" }).create();
  },
  OWNED_BY_ANOTHER: async () => {
    const state = await upstream({ upstreamId: "shared" }).create();
    await upstream({ upstreamId: "shared", adopt: true }, settings(), THEIRS).create();
    await upstream({ upstreamId: "shared", retries: 2 }).update("shared", state);
  },
  STILL_IN_USE: async () => {
    const state = await resource("kuma:Mesh", { name: "shop" }).create();
    kuma.store.put({
      type: "ExternalService",
      mesh: "shop",
      name: "payments",
      tags: {},
      networking: {},
    } as never);
    await resource("kuma:Mesh", { name: "shop" }).remove("shop", state);
  },
  PARTLY_DONE: async () => {
    const stack = new BundleStack("apisix:Bundle", settings());
    const { reasons } = await stack.up({
      routes: {
        orders: { uri: "/orders/*", upstreamId: "taken" },
        payments: { uri: "/*", upstreamId: "paymants" },
      },
    });
    throw new Error(reasons.join("\n"));
  },
  WRONG_SERVER: async () => {
    const state = await upstream({ upstreamId: "moved" }).create();
    const before = settings({ "apisix:gatewayId": "https://edge-2.example:9180" });
    await upstream({ upstreamId: "moved", retries: 2 }, before).update("moved", state);
  },
};

test("every code of an error has its section in docs/troubleshooting.md, and nothing else has one", () => {
  const source = readFileSync(join(repository, "provider", "server", "errors.ts"), "utf8");
  const [type = ""] = /export type ErrorCode =[^;]*/.exec(source) ?? [];
  const codes = [...type.matchAll(/"([A-Z_]+)"/g)].map(([, code]) => code);
  expect(codes.length).toBeGreaterThan(10);
  const sections = [...textOf(page).matchAll(/^### ([A-Z_]+)$/gm)].map(([, code]) => code);
  expect(sections).toEqual(codes);
});

test("the messages in docs/troubleshooting.md are those of the errors; --update writes them", async () => {
  const messages: Record<string, string> = {};
  for (const [code, run] of Object.entries(CASES)) {
    const message = await run().then(
      () => "no error",
      (error: Error) => error.message,
    );
    expect(message).toMatch(new RegExp(`\\[${code}\\]$`));
    messages[code] = withoutChance(message);
  }
  expectOutputs(page, messages);
}, 60_000);
