import messages from "@pulumi/pulumi/proto/provider_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DialectName } from "../../provider/model/kind.ts";
import { pluginProvider } from "../../provider/plugin/plugin.ts";
import { type PluginServer, startServer } from "../../provider/plugin/server.ts";
import { type ApisixSandbox, startApisix } from "../../sandbox/apisix/index.ts";
import { type KumaSandbox, startKuma } from "../../sandbox/kuma/index.ts";
import { PluginClient, startEngineLog } from "../support/fake-engine.ts";

let apisix: ApisixSandbox;
let kuma: KumaSandbox;
let log: Awaited<ReturnType<typeof startEngineLog>>;
const servers: PluginServer[] = [];
const clients: Partial<Record<DialectName, PluginClient>> = {};

beforeAll(async () => {
  [apisix, kuma, log] = await Promise.all([startApisix(), startKuma(), startEngineLog()]);
  await start("apisix", { adminUrl: apisix.adminUrl, adminKey: apisix.adminKey });
  await start("kuma", { url: kuma.url });
  for (let number = 0; number < 5; number++) {
    const labels = number === 0 ? { "pulumi-owner": "0123456789abcdef.x", "pulumi-stack": "a.b" } : {};
    const nodes = { "a.example:80": 1 };
    apisix.store.put("upstreams", `u${number}`, { name: `called ${number}`, nodes, labels });
  }
  for (const username of ["jack", "jill"]) apisix.store.put("consumers", username, { username });
  apisix.store.put("consumers/jack/credentials", "key", { plugins: { "key-auth": { key: "of jack" } } });
});
afterAll(async () => {
  for (const client of Object.values(clients)) client.close();
  for (const server of servers) server.close();
  log.close();
  await Promise.all([apisix.close(), kuma.close()]);
});

async function start(dialect: DialectName, settings: Record<string, string>): Promise<void> {
  const load = async () => pluginProvider(dialect, async () => "{}");
  const server = await startServer({ version: "1.2.3", load });
  const client = new PluginClient(server.port);
  servers.push(server);
  clients[dialect] = client;
  await client.handshake(log.address);
  await client.configure(settings);
}

interface Asked {
  pageSize?: number;
  limit?: number;
  token?: string;
  query?: Record<string, string>;
}

/** Ids with names of a page, and where the next one begins. */
async function page(type: string, { pageSize = 0, limit = 0, token = "", query = {} }: Asked = {}) {
  const request = new messages.ListRequest();
  request.setToken(type);
  request.setPageSize(pageSize);
  request.setLimit(limit);
  request.setContinuationToken(token);
  request.setQuery(struct.Struct.fromJavaScript(query));
  const answers = (await clients[type.split(":")[0] as DialectName]?.list(request)) ?? [];
  const found = answers.flatMap(({ result }) => (result ? [[result.id, result.name]] : []));
  return { found, next: answers.at(-1)?.continuation?.continuationToken };
}

describe("A list of a kind", () => {
  it("has what is at the server, marked as ours or not", async () => {
    const { found, next } = await page("apisix:index:Upstream");
    expect(found).toEqual([0, 1, 2, 3, 4].map((number) => [`u${number}`, `called ${number}`]));
    expect(next).toBeUndefined();
  });

  it("comes in pages, for which the server is asked once", async () => {
    const before = apisix.requests.length;
    const first = await page("apisix:index:Upstream", { pageSize: 3 });
    expect(first.found.map(([id]) => id)).toEqual(["u0", "u1", "u2"]);
    const second = await page("apisix:index:Upstream", { pageSize: 3, token: first.next ?? "" });
    expect(second.found.map(([id]) => id)).toEqual(["u3", "u4"]);
    expect(second.next).toBeUndefined();
    expect(apisix.requests.length - before).toBe(1);
  });

  it("has no more than the limit", async () => {
    expect((await page("apisix:index:Upstream", { limit: 2 })).found).toHaveLength(2);
  });

  it("has the whole ids of what lies inside of others, and of what is in a mesh", async () => {
    expect((await page("apisix:index:Credential")).found).toEqual([["jack/key", "key"]]);
    expect((await page("apisix:index:Consumer")).found.map(([id]) => id)).toEqual(["jack", "jill"]);
    const policies = await page("kuma:index:MeshTimeout");
    expect(policies.found.map(([id]) => id)).toContain("default/mesh-timeout-all-default");
  });

  it("is empty where there is nothing", async () => {
    expect(await page("apisix:index:Ssl")).toEqual({ found: [], next: undefined });
  });

  it.each([
    [
      "apisix:index:Rout",
      {},
      /apisix [0-9.]+ has no resource "apisix:index:Rout"; did you mean apisix:index:Route\?/,
    ],
    ["apisix:index:Upstream", { query: { colour: "red" } }, /takes no input "colour"/],
    ["apisix:index:Upstream", { token: "x" }, /"x" is no continuation token/],
    ["kuma:index:MeshPatch", {}, /cannot be listed/],
  ])("is refused in one line: %s with %o", async (type, asked, reason) => {
    await expect(page(type, asked)).rejects.toThrow(reason);
  });
});

describe("The settings of a generated package", () => {
  it("are marked as secret where they are, also when they come from the environment", async () => {
    const request = new messages.CheckRequest();
    request.setUrn("urn:pulumi:test::test::pulumi:providers:apisix::edge");
    request.setNews(
      struct.Struct.fromJavaScript({ adminUrl: apisix.adminUrl, adminKey: "of the environment" }),
    );
    const answer = await clients.apisix?.call<messages.CheckResponse>("checkConfig", request);
    expect(answer?.getInputs()?.toJavaScript()).toEqual({
      adminUrl: apisix.adminUrl,
      adminKey: {
        "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
        value: "of the environment",
      },
    });
  });
});
