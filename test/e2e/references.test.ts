import * as apisix from "pulumi-external-backends/apisix";
import { generate } from "selfsigned";
import { expect, test } from "vitest";
import { onlyOneDoor } from "../support/doors.ts";
import { expectChanges, expectNoChanges, startWorld } from "../support/world.ts";

const world = await startWorld();
const { cert, private: key } = await generate([{ name: "commonName", value: "gateway.example" }], {
  keyType: "ec",
  notAfterDate: new Date("2046-01-31T12:00:00Z"),
});
const nodes = { "a.example:80": 1 };

/** A gateway in which everything refers to something; `upstreamId` is that of the canary. */
function platform(upstreamId: string) {
  return async () => {
    const ssl = new apisix.Ssl("client", { type: "client", cert, key });
    const stable = new apisix.Upstream("stable", { nodes, tls: { clientCertId: ssl.sslId } });
    const canary = new apisix.Upstream("canary", { upstreamId, nodes });
    const proto = new apisix.Proto("proto", { content: 'syntax = "proto3"; package a;' });
    const service = new apisix.Service("service", { upstreamId: stable.id });
    const plugins = {
      "traffic-split": {
        rules: [{ weighted_upstreams: [{ upstream_id: canary.upstreamId, weight: 1 }, { weight: 9 }] }],
      },
    };
    const config = new apisix.PluginConfig("config", { plugins });
    const transcode = { proto_id: proto.protoId, service: "a", method: "b" };
    new apisix.Route("route", {
      uri: "/*",
      serviceId: service.id,
      pluginConfigId: config.pluginConfigId,
      plugins: { "grpc-transcode": transcode },
    });
    const group = new apisix.ConsumerGroup("group", { plugins: {} });
    const consumer = new apisix.Consumer("consumer", { groupId: group.consumerGroupId });
    new apisix.Credential("credential", { username: consumer.username });
    new apisix.StreamRoute("stream", { serverPort: 9100, upstreamId: stable.upstreamId });
  };
}

test("whatever refers to something is made after it and goes before it", async () => {
  const stack = await world.stack("references", platform("canary"));
  const written = async (method: string, action: () => Promise<unknown>) => {
    const requests = await world.requestsDuring(action);
    return requests
      .filter((request) => request.startsWith(method))
      .map((request) => request.slice(`${method} /apisix/admin/`.length));
  };
  const order = (made: string[], first: string, then: string) =>
    expect(made.indexOf(first), `${first} before ${then}`).toBeLessThan(made.indexOf(then));
  const pairs = [
    ["ssls/client", "upstreams/stable"],
    ["upstreams/stable", "services/service"],
    ["upstreams/stable", "stream_routes/stream"],
    ["upstreams/canary", "plugin_configs/config"],
    ["services/service", "routes/route"],
    ["plugin_configs/config", "routes/route"],
    ["protos/proto", "routes/route"],
    ["consumer_groups/group", "consumers/consumer"],
    ["consumers/consumer", "consumers/consumer/credentials/credential"],
  ] as const;
  const made = await written("PUT", () => stack.up());
  for (const [first, then] of pairs) order(made, first, then);
  expectNoChanges(await stack.up());

  // A new id goes through to where it stands inside a plugin, before the old upstream goes.
  const { output } = await stack.up({ program: platform("canary-2") });
  expect(output).not.toContain("is still using it now");
  expect(JSON.stringify(world.apisix.store.get("plugin_configs", "config")?.plugins)).toContain("canary-2");
  expect(world.apisix.store.get("upstreams", "canary")).toBeUndefined();

  const gone = await written("DELETE", () => stack.destroy());
  for (const [first, then] of pairs) {
    const now = first === "upstreams/canary" ? "upstreams/canary-2" : first;
    order(gone, then, now);
  }
});

onlyOneDoor("references by text")(
  "a preview warns of a reference by text to a resource of the same stack",
  async () => {
    const stack = await world.stack("by-text", async () => {
      new apisix.Upstream("by-text", { upstreamId: "literal", nodes });
      new apisix.Route("by-text", {
        uri: "/*",
        plugins: { "traffic-split": { rules: [{ weighted_upstreams: [{ upstream_id: "literal" }] }] } },
      });
    });
    const { output } = await stack.preview();
    expect(output).toContain(
      'plugins.traffic-split.rules[0].weighted_upstreams[0].upstream_id names apisix:Upstream "by-text" of this stack by its text',
    );
  },
);

test("a reference to what is not there says how to refer", async () => {
  const stack = await world.stack("nowhere", async () => {
    new apisix.Route("nowhere", { uri: "/*", serviceId: "no-such-service" });
    new apisix.Credential("nowhere", { username: "nobody" });
  });
  const { output } = await stack.up({ continueOnError: true, expectFailure: true });
  expect(output).toContain("Declare it in the same program and pass its id");
  expect(output).toContain("consumer not found. Declare the consumer in the same program");
});

test("private keys and tokens are write-only: they make no diff, are kept, and stand encrypted in the state", async () => {
  const declare = (desc: string) => async () => {
    const ssl = new apisix.Ssl("kept", { snis: ["kept.example"], cert, key, desc });
    new apisix.Secret("kept", {
      manager: "vault",
      uri: "https://vault.example",
      prefix: `kv/${desc}`,
      token: "the-token-of-vault",
    });
    return { expires: ssl.expires };
  };
  const stack = await world.stack("write-only", declare("first"));
  const { outputs } = await stack.up();
  expect(outputs.expires).toBe("2046-01-31T12:00:00.000Z");
  expectNoChanges(await stack.refresh());
  expectNoChanges(await stack.up());

  expectChanges(await stack.up({ program: declare("second") }), { update: 2 });
  expect(world.apisix.store.get("secrets", "vault/kept")).toMatchObject({ token: "the-token-of-vault" });
  expect(world.apisix.store.get("ssls", "kept")?.key).toEqual(expect.any(String));
  const state = await stack.stateText();
  expect(state).not.toContain("the-token-of-vault");
  expect(state).not.toContain(key.split("\n")[1]);
});

test("an APISIX that does not know a kind is named as too old", async () => {
  const stack = await world.stack("old", async () => {
    new apisix.Credential("old", { username: "somebody" });
  });
  world.apisix.intercept = (request, response) => {
    if (!request.url?.includes("credentials")) return false;
    response.writeHead(404, { "content-type": "application/json" });
    response.end('{"error_msg":"Unsupported resource type: credentials"}');
    return true;
  };
  const { output } = await stack.up({ expectFailure: true }).finally(() => {
    world.apisix.intercept = undefined;
  });
  expect(output).toContain(
    "This APISIX does not know the kind, so it is too old for it: credentials came with 3.11",
  );
});
