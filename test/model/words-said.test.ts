import { describe, expect, test } from "vitest";
import { canonical } from "../../provider/model/canonical.ts";
import type { JsonObject } from "../../provider/model/fields.ts";
import type { Kind } from "../../provider/model/kind.ts";
import { kindOf } from "../../provider/model/kinds.ts";
import { inWordsOf } from "../../provider/model/words.ts";

const route = kindOf("apisix:Route");
const upstream = kindOf("apisix:Upstream");
const secret = kindOf("kuma:Secret");
const externalService = kindOf("kuma:ExternalService");
const mesh = kindOf("kuma:Mesh");
const plain = { uri: "/a", plugins: {} };
const tls = (fields: JsonObject): JsonObject => ({
  tags: { "kuma.io/service": "a", "kuma.io/protocol": "HTTP" },
  networking: { address: "b.example:443", tls: { enabled: true, ...fields } },
});
const node = { host: "a.example", port: 80 };

describe("what was changed outside is said in the form nearest to the user's:", () => {
  test.each<[what: string, kind: Kind, words: JsonObject, found: JsonObject, said: JsonObject]>([
    ["one host", route, { ...plain, host: "a" }, { ...plain, hosts: ["b"] }, { ...plain, host: "b" }],
    [
      "a second host",
      route,
      { ...plain, host: "a" },
      { ...plain, hosts: ["a", "b"] },
      { ...plain, hosts: ["a", "b"] },
    ],
    ["no host any more", route, { ...plain, host: "a" }, plain, plain],
    [
      "an order of the user's",
      route,
      { ...plain, hosts: ["b", "a"] },
      { ...plain, hosts: ["a", "b", "c"] },
      { ...plain, hosts: ["b", "a", "c"] },
    ],
    [
      "an element in the place of one that is gone",
      route,
      { ...plain, hosts: ["c", "a", "d"] },
      { ...plain, hosts: ["a", "b", "d", "e"] },
      { ...plain, hosts: ["b", "a", "d", "e"] },
    ],
    [
      "switched off",
      route,
      { ...plain, enabled: true },
      { ...plain, status: 0 },
      { ...plain, enabled: false },
    ],
    ["switched on", route, { ...plain, enabled: false }, plain, { ...plain, enabled: true }],
    ["a default that was written", route, { ...plain, priority: 5 }, plain, { ...plain, priority: 0 }],
    [
      "null beside what was found under another name",
      route,
      { ...plain, host: null, name: null },
      { ...plain, hosts: ["a"] },
      { ...plain, hosts: ["a"], host: null, name: null },
    ],
    [
      "null in the field's other spelling",
      route,
      { ...plain, host: "a", hosts: null },
      { ...plain, hosts: ["b"] },
      { ...plain, host: "b", hosts: null },
    ],
    [
      "an id that is a number",
      route,
      { ...plain, upstreamId: 1 },
      { ...plain, upstreamId: "2" },
      { ...plain, upstreamId: 2 },
    ],
    [
      "an id that no number is",
      route,
      { ...plain, upstreamId: 1 },
      { ...plain, upstreamId: "Infinity" },
      { ...plain, upstreamId: "Infinity" },
    ],
    [
      "an id that is too long for a number",
      route,
      { ...plain, upstreamId: 1 },
      { ...plain, upstreamId: "12345678901234567890" },
      { ...plain, upstreamId: "12345678901234567890" },
    ],
    [
      "an id with a zero in front",
      route,
      { ...plain, upstreamId: 1 },
      { ...plain, upstreamId: "01" },
      { ...plain, upstreamId: "01" },
    ],
    [
      "a map of nodes",
      upstream,
      { nodes: { "b.example": 1, "a.example:80": 2 } },
      {
        nodes: [
          { ...node, weight: 3 },
          { host: "b.example", weight: 1 },
          { host: "c.example", weight: 1 },
        ],
      },
      { nodes: { "b.example": 1, "a.example:80": 3, "c.example": 1 } },
    ],
    [
      "a node of which no map can say all",
      upstream,
      { nodes: { "a.example:80": 2 } },
      { nodes: [{ ...node, weight: 2, priority: 1 }] },
      { nodes: [{ ...node, weight: 2, priority: 1 }] },
    ],
    [
      "a node that no map can name",
      upstream,
      { nodes: { "a.example:80": 2 } },
      { nodes: [{ host: "*", weight: 2 }] },
      { nodes: [{ host: "*", weight: 2 }] },
    ],
    [
      "a node whose name a map would read otherwise",
      upstream,
      { nodes: { "a.example:80": 2 } },
      { nodes: [{ host: "b.example:80", weight: 2 }] },
      { nodes: [{ host: "b.example:80", weight: 2 }] },
    ],
    [
      "one of two nodes with one address",
      upstream,
      {
        nodes: [
          { ...node, weight: 2 },
          { ...node, weight: 1 },
        ],
      },
      {
        nodes: [
          { ...node, weight: 1 },
          { ...node, weight: 3 },
        ],
      },
      {
        nodes: [
          { ...node, weight: 3 },
          { ...node, weight: 1 },
        ],
      },
    ],
    [
      "a list of nodes in the user's order",
      upstream,
      {
        nodes: [
          { host: "b.example", weight: 1, priority: 0 },
          { ...node, weight: 1 },
        ],
      },
      {
        nodes: [
          { ...node, weight: 9 },
          { host: "b.example", weight: 1 },
        ],
      },
      {
        nodes: [
          { host: "b.example", weight: 1, priority: 0 },
          { ...node, weight: 9 },
        ],
      },
    ],
    [
      "a known balancer as { custom }",
      upstream,
      { nodes: [], type: { custom: "mine" } },
      { nodes: [], type: "ewma" },
      { nodes: [], type: { custom: "ewma" } },
    ],
    [
      "another custom balancer",
      upstream,
      { nodes: [], type: { custom: "mine" } },
      { nodes: [], type: { custom: "yours" } },
      { nodes: [], type: { custom: "yours" } },
    ],
    [
      "the default balancer",
      upstream,
      { nodes: [], type: { custom: "mine" } },
      { nodes: [] },
      { nodes: [], type: { custom: "roundrobin" } },
    ],
    [
      "a server name as sni",
      externalService,
      tls({ sni: "a.b" }),
      tls({ serverName: "c.d" }),
      tls({ sni: "c.d" }),
    ],
    [
      "a server name that was written twice",
      externalService,
      tls({ sni: "a.b", serverName: "a.b" }),
      tls({ serverName: "c.d" }),
      tls({ sni: "c.d", serverName: "c.d" }),
    ],
    [
      "a default in an object of which the server has nothing",
      mesh,
      { routing: { zoneEgress: true, localityAwareLoadBalancing: false } },
      {},
      { routing: { zoneEgress: false, localityAwareLoadBalancing: false } },
    ],
    [
      "settings that a control plane fills in",
      mesh,
      { metrics: { backends: [{ name: "m", type: "prometheus" }] } },
      { metrics: { backends: [{ name: "m", type: "prometheus", conf: { port: 5670, path: "/metrics" } }] } },
      { metrics: { backends: [{ name: "m", type: "prometheus" }] } },
    ],
    ["no label any more", route, { ...plain, labels: { a: "b" } }, plain, { ...plain, labels: {} }],
    ["no server name any more", externalService, tls({ sni: "a.b" }), tls({}), tls({})],
    ["a text", secret, { value: "a" }, { data: "Yg==" }, { value: "b" }],
    ["bytes that are no text", secret, { value: "a" }, { data: "/w==" }, { data: "/w==" }],
    ["a list with a default", mesh, { skipCreatingInitialPolicies: ["b", "a"] }, {}, {}],
    [
      "null in free data",
      route,
      { uri: "/a", plugins: { x: { a: null, b: { c: null, d: 1 } } } },
      { uri: "/a", plugins: { x: { b: { d: 2 } } } },
      { uri: "/a", plugins: { x: { a: null, b: { c: null, d: 2 } } } },
    ],
  ])("%s", (_, kind, words, found, said) => {
    const result = inWordsOf(kind.schema, words, canonical(kind, found));
    expect(result).toEqual(said);
    expect(canonical(kind, result as JsonObject)).toEqual(canonical(kind, found));
  });
});
