import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { changedAt, formatPath, parsePath, valueAt, withValueAt } from "../../provider/model/paths.ts";
import { SEED } from "../support/arbitraries.ts";

const RUNS = { seed: SEED, numRuns: 2000 };
const texts = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom(
    "",
    "*",
    "0",
    "a.b",
    'a"b',
    "a\\b",
    "a]b",
    "[0]",
    "kuma.io/service",
    "b:80",
    "a-b",
    "__proto__",
    "\n",
  ),
);
const paths = fc.array(fc.oneof(texts, fc.nat()));

describe("a path", () => {
  test("that was formatted is read back as it was, whatever the names in it are", () => {
    fc.assert(
      fc.property(paths, (path) => {
        expect(parsePath(formatPath(path))).toEqual(path);
      }),
      RUNS,
    );
  });

  test.each([
    ["nodes[*].weight", ["nodes", "*", "weight"]],
    ['nodes["b:80"]', ["nodes", "b:80"]],
    ["nodes.*.weight", ["nodes", "*", "weight"]],
    ['networking.tls["sni"]', ["networking", "tls", "sni"]],
    ['tags["kuma.io/service"]', ["tags", "kuma.io/service"]],
    ['a["say \\"b\\""]', ["a", 'say "b"']],
    ['a["C:\\dir"]', ["a", "C:\\dir"]],
    ["*", ["*"]],
    ["", []],
  ])("%s is read as people mean it", (text, path) => {
    expect(parsePath(text)).toEqual(path);
  });
});

describe("what stands at a path", () => {
  const value = { nodes: [{ host: "a", weight: 1 }], tags: { "b/c": "d" } };

  test("is found, changed and removed, and nothing beside it", () => {
    expect(valueAt(value, ["nodes", 0, "host"])).toBe("a");
    expect(withValueAt(value, ["nodes", 0, "weight"], 2)).toEqual({
      ...value,
      nodes: [{ host: "a", weight: 2 }],
    });
    expect(withValueAt(value, ["tags", "b/c"], undefined)).toEqual({ ...value, tags: {} });
    expect(value).toEqual({ nodes: [{ host: "a", weight: 1 }], tags: { "b/c": "d" } });
  });

  test("is nothing where the way leads through a text or a name that every object has", () => {
    expect(valueAt(value, ["nodes", 0, "host", "length"])).toBeUndefined();
    expect(valueAt(value, ["constructor"])).toBeUndefined();
    expect(changedAt(value, ["tags", "b/c", "e"], () => 1)).toEqual(value);
  });
});
