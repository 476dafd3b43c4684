import type { Json, JsonObject } from "../../../provider/model/fields.ts";
import type { Row } from "./row.ts";
import { at, made, oneUpstream, resource, type Servers, UPSTREAM } from "./servers.ts";

const PROTO = 'syntax = "proto3"; package a; message R { string n = 1; }';
const KEY = { "key-auth": { key: "a-key" } };

/** What a gateway refuses. */
export const APISIX: Row<Servers>[] = [
  {
    name: "no admin key",
    wrong: ({ newer }) => oneUpstream({ ...at(newer), "apisix:adminKey": "" }),
    proposal: "set apisix:adminKey (--secret)",
    carriedOut: ({ newer }) => oneUpstream(at(newer)),
  },
  {
    name: "a wrong admin key",
    wrong: ({ newer }) => oneUpstream(at(newer, { "apisix:adminKey": "wrong" })),
    proposal: "check apisix:adminKey, the provider's adminKey or APISIX_ADMIN_KEY",
    carriedOut: ({ newer }) => oneUpstream(at(newer)),
  },
  {
    name: "a viewer's key",
    wrong: ({ newer }) => oneUpstream(at(newer, { "apisix:adminKey": newer.viewerKey })),
    proposal: "writing needs one with the role admin",
    carriedOut: ({ newer }) => oneUpstream(at(newer)),
  },
  {
    name: "an upstream that a route still uses",
    wrong: async ({ newer }) => {
      const { id, state } = await oneUpstream(at(newer));
      newer.store.put("routes", "theirs", { uri: "/*", upstream_id: id });
      await resource(at(newer), "apisix:Upstream", UPSTREAM).remove(id, state);
    },
    proposal: "Remove the reference first",
    carriedOut: async ({ newer }) => {
      const { id, state } = await oneUpstream(at(newer));
      newer.store.put("routes", "theirs", { uri: "/*", upstream_id: id });
      newer.store.delete("routes", "theirs");
      await resource(at(newer), "apisix:Upstream", UPSTREAM).remove(id, state);
    },
  },
  {
    name: "a field that the server does not know",
    wrong: ({ older }) => made(at(older), "apisix:ConsumerGroup", { plugins: {}, name: "n" }),
    proposal: "leave it out, or upgrade",
    carriedOut: async ({ newer, older }) => {
      await made(at(older), "apisix:ConsumerGroup", { plugins: {} });
      await made(at(newer), "apisix:ConsumerGroup", { plugins: {}, name: "n" });
    },
  },
  {
    name: "labels that the server does not know",
    wrong: ({ older }) => made(at(older), "apisix:Proto", { content: PROTO, labels: { a: "b" } }),
    proposal: "leave out those that you declare",
    carriedOut: ({ older }) => made(at(older), "apisix:Proto", { content: PROTO }),
  },
  {
    name: "labels that only a newer server knows",
    wrong: ({ older }) => made(at(older), "apisix:Proto", { content: PROTO, labels: { a: "b" } }),
    proposal: "If you declare none, upgrade: this package marks such objects by labels.",
    carriedOut: ({ newer }) => made(at(newer), "apisix:Proto", { content: PROTO }),
  },
  {
    name: "a credential of nobody",
    wrong: ({ newer }) => made(at(newer), "apisix:Credential", { username: "jack", plugins: KEY }),
    proposal: "Declare the consumer in the same program and pass its name (username: consumer.username)",
    carriedOut: async ({ newer }) => {
      const { state } = await made(at(newer), "apisix:Consumer", { username: "jack" });
      await made(at(newer), "apisix:Credential", { username: state.username ?? null, plugins: KEY });
    },
  },
  {
    name: "a key that another consumer has",
    wrong: async ({ newer }) => {
      newer.store.put("consumers", "theirs", { username: "theirs", plugins: KEY });
      await made(at(newer), "apisix:Consumer", { username: "jack", plugins: KEY });
    },
    proposal: "Give it another one, or take it from the other first.",
    carriedOut: async ({ newer }) => {
      newer.store.put("consumers", "theirs", { username: "theirs", plugins: KEY });
      const another = { "key-auth": { key: "another-key" } };
      await made(at(newer), "apisix:Consumer", { username: "jack", plugins: another });
      newer.store.put("consumers", "theirs", { username: "theirs" });
      await made(at(newer), "apisix:Consumer", { username: "jill", plugins: KEY });
    },
  },
  {
    name: "a plugin in two global rules",
    wrong: async ({ newer }) => {
      newer.store.put("global_rules", "theirs", { plugins: { cors: {} } });
      await made(at(newer), "apisix:GlobalRule", { plugins: { cors: {} } });
    },
    proposal: "let one rule have it",
    carriedOut: ({ newer }) => made(at(newer), "apisix:GlobalRule", { plugins: { cors: {} } }),
  },
  ...[
    [
      "upstream",
      "apisix:Upstream",
      UPSTREAM,
      "apisix:Route",
      "upstreamId",
      "upstreamId: upstream.upstreamId",
    ],
    [
      "service",
      "apisix:Service",
      { upstream: UPSTREAM },
      "apisix:Route",
      "serviceId",
      "serviceId: service.serviceId",
    ],
    [
      ...["plugin configuration", "apisix:PluginConfig", { plugins: {} }, "apisix:Route", "pluginConfigId"],
      "pluginConfigId: pluginConfig.pluginConfigId",
    ],
    [
      ...["consumer group", "apisix:ConsumerGroup", { plugins: {} }, "apisix:Consumer", "groupId"],
      "groupId: group.consumerGroupId",
    ],
  ].map(([what, type, args, referring, field, hint]): Row<Servers> => {
    const own = String(hint).replace(/^.*\./, "");
    const refer = (servers: Servers, id: Json) => {
      const route = { uri: "/*", plugins: {}, ...(field === "pluginConfigId" ? { upstream: UPSTREAM } : {}) };
      return made(at(servers.newer), String(referring), {
        ...(referring === "apisix:Route" ? route : {}),
        [String(field)]: id,
      });
    };
    return {
      name: `a ${what} that is nowhere`,
      wrong: (servers) => refer(servers, "nowhere"),
      proposal: `Declare it in the same program and pass its id (${hint}), or check the id.`,
      carriedOut: async (servers) => {
        const { state } = await made(at(servers.newer), String(type), args as JsonObject);
        await refer(servers, state[own] ?? null);
      },
    };
  }),
];
