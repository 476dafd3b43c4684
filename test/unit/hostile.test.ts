import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "../../provider/fields.ts";
import { validate } from "../../provider/validate.ts";
import { anyArgs, externalService, route, SEED, upstream, zoneEgress } from "./arbitraries.ts";
import { places, replaced } from "./places.ts";

const KINDS = [route, upstream, externalService, zoneEgress];
const nodes = [{ host: "a.example", port: 443, weight: 1 }];
const routed = { uri: "/", plugins: {} };
const tags = { "kuma.io/service": "httpbin" };
const service = (tls: JsonObject = {}) => ({ tags, networking: { address: "httpbin.org:443", tls } });

describe("hostile input is a problem with a path, and no exception", () => {
  const ids = [
    "a/b",
    "..",
    ".",
    "%2F",
    "a%2Fb",
    "",
    " ",
    "\0",
    "a\nb",
    "é",
    "a?b",
    "a#b",
    "x".repeat(1_000_000),
  ];
  test.each([
    { kind: route, field: "routeId", args: routed },
    { kind: upstream, field: "upstreamId", args: { nodes } },
    { kind: externalService, field: "mesh", args: service() },
    { kind: externalService, field: "name", args: service() },
    { kind: zoneEgress, field: "name", args: { networking: { port: 1 } } },
  ])("a $field of $kind.type that a URL would misread", ({ kind, field, args }) => {
    for (const id of [...ids, `a${"-".repeat(1_000_000)}b`, "-".repeat(1_000_000), null, 1, true, [], {}]) {
      const problems = validate(kind, { ...args, [field]: id });
      expect(
        problems.map(({ path }) => path),
        String(id).slice(0, 20),
      ).toEqual([field]);
    }
  });

  test.each([
    ["in the arguments", '{"__proto__": {"a": 1}}', "__proto__"],
    ["in labels", '{"labels": {"__proto__": "a"}}', "labels.__proto__"],
    ["in plugins", '{"plugins": {"__proto__": {}}}', "plugins.__proto__"],
    ["deep in a plugin", '{"plugins": {"a": {"b": [{"__proto__": 1}]}}}', "plugins.a.b[0].__proto__"],
    ["in nodes", '{"upstream": {"nodes": {"__proto__": 1}}}', "upstream.nodes.__proto__"],
  ])("__proto__ %s", (_, text, path) => {
    const args = { ...routed, ...(JSON.parse(text) as JsonObject) };
    if (path === "__proto__") Object.defineProperty(args, path, { value: {}, enumerable: true });
    expect(validate(route, args)).toContainEqual({ path, reason: "is a name that no object can have" });
  });

  test("names that every object has", () => {
    for (const name of ["constructor", "toString", "hasOwnProperty", "valueOf"]) {
      expect(validate(route, { ...routed, [name]: "a" })).toEqual([
        { path: name, reason: "is no field that exists here" },
      ]);
      expect(validate(externalService, service({ [name]: {} })).map(({ path }) => path)).toEqual([
        `networking.tls.${name}`,
      ]);
    }
  });

  test("control characters and very long texts in every text field", () => {
    for (const text of ["\0", "a\u0007b", "\u2028", "é".repeat(1_000_000)]) {
      expect(validate(upstream, { nodes, upstreamHost: text })[0]?.path).toBe("upstreamHost");
      const [problem] = validate(upstream, { nodes: { [text]: 1 } });
      expect(problem?.path).toMatch(/^nodes\[".{0,270}"\]$/s);
      expect(validate(route, { ...routed, hosts: [text] })[0]?.path).toMatch(/^hosts\[0\]$/);
      expect(validate(route, { ...routed, remoteAddr: text })[0]?.path).toBe("remoteAddr");
      expect(validate(externalService, { tags, networking: { address: text } })[0]?.path).toBe(
        "networking.address",
      );
      expect(validate(zoneEgress, { networking: { port: 1, address: text } })[0]?.path).toBe(
        "networking.address",
      );
    }
  });

  test("arguments nested a thousand deep, where nothing is nested", () => {
    const deep = JSON.parse(`${'{"a":'.repeat(1000)}1${"}".repeat(1000)}`) as JsonObject;
    expect(validate(route, { ...routed, plugins: { a: deep } })).toEqual([]);
    expect(validate(route, { ...routed, uri: deep }).map(({ path }) => path)).toEqual(["uri"]);
    expect(validate(upstream, { nodes: deep }).map(({ path }) => path)[0]).toBe("nodes.a");
  });

  test.each(KINDS)("whatever stands in the place of anything in $type", (kind) => {
    const anything = fc.jsonValue() as fc.Arbitrary<Json>;
    fc.assert(
      fc.property(anyArgs(kind), fc.nat(), anything, (args, choice, value) => {
        const all = places(args);
        const path = all[choice % all.length];
        if (!path) return;
        const changed = JSON.parse(JSON.stringify(replaced(args, path, value))) as JsonObject;
        for (const problem of validate(kind, changed)) expect(problem.path).not.toBe("");
      }),
      { seed: SEED, numRuns: 1500 },
    );
  });
});
