import { describe, expect, test } from "vitest";
import { canonical } from "../../provider/model/canonical.ts";
import type { JsonObject } from "../../provider/model/fields.ts";
import type { Kind } from "../../provider/model/kind.ts";
import { kindOf } from "../../provider/model/kinds.ts";
import { validate } from "../../provider/model/validate.ts";
import { kept } from "../support/ignored.ts";

const route = kindOf("apisix:Route");
const upstream = kindOf("apisix:Upstream");
const externalService = kindOf("kuma:ExternalService");
const secret = kindOf("kuma:Secret");
const policy = kindOf("kuma:Policy");

const plain = { uri: "/a", plugins: {} };
const nodes = (weight: number, second = 1): JsonObject[] => [
  { host: "stable.example", port: 443, weight },
  { host: "canary.example", port: 443, weight: second },
];
const service = (tls: JsonObject): JsonObject => ({
  tags: { "kuma.io/service": "a" },
  networking: { address: "b.example:443", tls: { enabled: true, ...tls } },
});

/** The field's value of before (`old`) stays, whatever the program says now. */
const FIELDS: [
  name: string,
  kind: Kind,
  path: string,
  old: JsonObject,
  program: JsonObject,
  expected: JsonObject,
][] = [
  ["a host", route, "host", { ...plain, host: "a" }, { ...plain, host: "b" }, { ...plain, host: "a" }],
  [
    "a host that was found as two",
    route,
    "host",
    { ...plain, hosts: ["a", "c"] },
    { ...plain, host: "a" },
    { ...plain, hosts: ["a", "c"] },
  ],
  [
    "a host that is now written as hosts",
    route,
    "host",
    { ...plain, host: "a" },
    { ...plain, hosts: ["b"] },
    { ...plain, hosts: ["a"] },
  ],
  [
    "hosts that are now written as a host",
    route,
    "hosts",
    { ...plain, hosts: ["a"] },
    { ...plain, host: "b" },
    { ...plain, host: "a" },
  ],
  [
    "an address",
    route,
    "remoteAddr",
    { ...plain, remoteAddr: "10.0.0.1" },
    { ...plain, remoteAddr: "10.0.0.2" },
    { ...plain, remoteAddr: "10.0.0.1" },
  ],
  [
    "a switch",
    route,
    "enabled",
    { ...plain, enabled: false },
    { ...plain, enabled: true },
    { ...plain, enabled: false },
  ],
  [
    "a switch that is now written as status",
    route,
    "enabled",
    { ...plain, enabled: false },
    { ...plain, status: 1 },
    { ...plain, status: 0 },
  ],
  ["a path", route, "uri", { uri: "/a", plugins: {} }, { uri: "/b", plugins: {} }, plain],
  [
    "an element of paths",
    route,
    "uris[0]",
    { uris: ["/b", "/a"], plugins: {} },
    { uris: ["/c", "/a"], plugins: {} },
    { uris: ["/b", "/a"], plugins: {} },
  ],
  [
    "a server name",
    externalService,
    "networking.tls.sni",
    service({ sni: "a" }),
    service({ sni: "b" }),
    service({ sni: "a" }),
  ],
  [
    "a server name that is now written as sni",
    externalService,
    "networking.tls.sni",
    service({ serverName: "a" }),
    service({ sni: "b" }),
    service({ sni: "a" }),
  ],
  [
    "the weights of nodes",
    upstream,
    "nodes[*].weight",
    { nodes: nodes(99) },
    { nodes: nodes(50, 50) },
    { nodes: nodes(99) },
  ],
  [
    "a node in a map",
    upstream,
    'nodes["b:80"]',
    { nodes: { "b:80": 1, "a:80": 2 } },
    { nodes: { "b:80": 5, "a:80": 6 } },
    { nodes: { "b:80": 1, "a:80": 6 } },
  ],
  [
    "a node that is now written in a map",
    upstream,
    'nodes["b:80"]',
    { nodes: [{ host: "b", port: 80, weight: 1 }] },
    { nodes: { "b:80": 5, "a:80": 6 } },
    { nodes: { "b:80": 1, "a:80": 6 } },
  ],
  [
    "weights that are now written in a list",
    upstream,
    "nodes[*].weight",
    { nodes: { "b:80": 1 } },
    { nodes: [{ host: "b", port: 80, weight: 5 }] },
    { nodes: [{ host: "b", port: 80, weight: 1 }] },
  ],
  [
    "a node of which no map can say all",
    upstream,
    'nodes["b:80"]',
    { nodes: [{ host: "b", port: 80, weight: 1, priority: 3 }] },
    { nodes: { "b:80": 5, "a:80": 6 } },
    {
      nodes: [
        { host: "b", port: 80, weight: 1, priority: 3 },
        { host: "a", port: 80, weight: 6 },
      ],
    },
  ],
  [
    "a balancer's name",
    upstream,
    "type.custom",
    { nodes: [], type: { custom: "mine" } },
    { nodes: [], type: { custom: "yours" } },
    { nodes: [], type: { custom: "mine" } },
  ],
  [
    "a balancer's name that was found to be a known one",
    upstream,
    "type.custom",
    { nodes: [], type: "ewma" },
    { nodes: [], type: { custom: "mine" } },
    { nodes: [], type: "ewma" },
  ],
  ["a secret's value", secret, "value", { value: "a" }, { value: "b" }, { value: "a" }],
  ["a secret's value that was data", secret, "value", { data: "YQ==" }, { value: "b" }, { value: "a" }],
  [
    "what lies deep in free data",
    policy,
    "spec.to[0].default.http.requestTimeout",
    { type: "MeshTimeout", spec: { to: [{ default: { http: { requestTimeout: "1s", a: 1 } } }] } },
    { type: "MeshTimeout", spec: { to: [{ default: { http: { requestTimeout: "2s", a: 2 } } }] } },
    { type: "MeshTimeout", spec: { to: [{ default: { http: { requestTimeout: "1s", a: 2 } } }] } },
  ],
];

describe.each([
  ["a state in the program's words", false],
  ["a state of version 0.2", true],
])("with %s, ignoreChanges keeps", (_, isOld) => {
  test.each(FIELDS)("%s", (_name, kind, path, old, program, expected) => {
    const args = kept(kind, { old, program, ignored: [path], isOld });
    expect(canonical(kind, args)).toEqual(canonical(kind, expected));
    expect(validate(kind, args)).toEqual(validate(kind, program));
  });

  test.each(FIELDS)("%s, and changes nothing where the program did not change", (_name, kind, path, old) => {
    const args = kept(kind, { old, program: old, ignored: [path], isOld });
    expect(args).toEqual(old);
  });

  test.each(FIELDS)("%s, and lets all else change", (_name, kind, path, old, program, expected) => {
    const other = kind.type === "kuma:Policy" ? { labels: { a: "b" } } : { desc: "other" };
    const args = kept(kind, { old, program: { ...program, ...other }, ignored: [path], isOld });
    expect(canonical(kind, args)).toEqual(canonical(kind, { ...expected, ...other }));
  });
});

test("a host that a transform ignores is kept although it was found as two", () => {
  const step = { old: { ...plain, hosts: ["a", "b"] }, program: { ...plain, host: "a" }, ignored: ["host"] };
  expect(kept(route, { ...step, byTransform: true })).toEqual({ ...plain, hosts: ["a", "b"] });
});

test("a list that a transform ignores is kept as a whole", () => {
  const step = {
    old: { ...plain, hosts: ["b", "a"] },
    program: { ...plain, hosts: ["c"] },
    ignored: ["hosts"],
  };
  for (const isOld of [false, true])
    expect(kept(route, { ...step, isOld, byTransform: true }).hosts).toHaveLength(2);
});

test("a field that is ignored under its other name is ignored, also where it comes", () => {
  const program = { ...plain, hosts: ["a"] };
  expect(kept(route, { old: { ...plain, hosts: ["b"] }, program, ignored: ["host"] }).hosts).toEqual(["b"]);
  expect(kept(route, { old: plain, program, ignored: ["host"] })).toEqual(plain);
});

test("a path that is none is passed over", () => {
  const step = { old: plain, program: plain };
  for (const path of [
    "",
    ".",
    "[",
    "hosts[",
    "uris[x]",
    'a["b',
    "nodes[-1]",
    "constructor",
    "host.host.host",
  ])
    expect(kept(route, { ...step, ignored: [path] }), path).toEqual(plain);
});

describe("elements of a list whose order means nothing are told by what they are:", () => {
  test("nodes in another order keep their own weights", () => {
    const step = { old: { nodes: nodes(99) }, program: { nodes: nodes(50, 50).toReversed() } };
    for (const ignored of [["nodes[*].weight"], ["nodes[0].weight", "nodes[1].weight"]])
      expect(kept(upstream, { ...step, ignored })).toEqual({ nodes: nodes(99).toReversed() });
  });

  test("nodes keep their weights where another one is gone", () => {
    const step = { old: { nodes: nodes(99, 2).slice(1) }, program: { nodes: nodes(50, 50) } };
    expect(kept(upstream, { ...step, ignored: ["nodes[*].weight"] })).toEqual({ nodes: nodes(50, 2) });
  });

  test("no element comes twice where one is gone", () => {
    const step = { old: { ...plain, hosts: ["a"] }, program: { ...plain, hosts: ["b", "a"] } };
    expect(kept(route, { ...step, ignored: ["hosts[0]"] }).hosts).toEqual(["b", "a"]);
  });

  test("of several that have changed each keeps its place", () => {
    const step = { old: { ...plain, hosts: ["a", "b"] }, program: { ...plain, hosts: ["c", "d"] } };
    expect(kept(route, { ...step, ignored: ["hosts[0]"] }).hosts).toEqual(["a", "d"]);
  });
});
