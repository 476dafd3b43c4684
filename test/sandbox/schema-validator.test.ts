import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { validate } from "../../sandbox/apisix/schema/validator.ts";
import { readSchemas } from "../../sandbox/apisix/schemas.ts";
import type { JsonObject } from "../../sandbox/apisix/store.ts";

const newer = readSchemas(false);
const older = readSchemas(true);

function problem(schema: JsonObject, value: unknown, { dialect } = newer): string | undefined {
  const validation = validate(schema, value, dialect);
  return "error" in validation ? validation.error : undefined;
}

describe("a value that does not fit a schema is refused in the words of APISIX's validator", () => {
  const text = { type: "string" };
  const conditional = JSON.parse('{ "if": { "required": ["a"] }, "then": { "required": ["b"] } }');
  it.each([
    [{ type: "object" }, [1], "wrong type: expected object, got table"],
    [{ type: ["string", "integer"] }, null, "wrong type: expected one of string, integer, got userdata"],
    [
      { properties: { a: text } },
      { a: 1 },
      'property "a" validation failed: wrong type: expected string, got number',
    ],
    [{ properties: { a: text }, required: ["a"] }, {}, 'property "a" is required'],
    [{ properties: { a: { ...text, default: "x" } }, required: ["a"] }, {}, 'property "a" is required'],
    [{ additionalProperties: false }, { b: 1 }, "additional properties forbidden, found b"],
    [
      { additionalProperties: text },
      { b: 1 },
      "failed to validate additional property b: wrong type: expected string, got number",
    ],
    [
      { patternProperties: { "^\\d": text } },
      { "1": 1 },
      'failed to validate 1 (matching "^\\\\d"): wrong type: expected string, got number',
    ],
    [{ dependencies: { a: ["b"] } }, { a: 1 }, 'property "b" is required when "a" is set'],
    [
      { dependencies: { a: { not: { required: ["b"] } } } },
      { a: 1, b: 1 },
      'failed to validate dependent schema for "a": value wasn\'t supposed to match schema',
    ],
    [{ maxProperties: 1 }, { a: 1, b: 1 }, "expect object to have at most 1 properties"],
    [{ type: "array", minItems: 1 }, {}, "expect array to have at least 1 items"],
    [{ items: text }, ["a", 1], "failed to validate item 2: wrong type: expected string, got number"],
    [{ uniqueItems: true }, [{ a: 1 }, "x", { a: 1 }], "expected unique items but items 1 and 3 are equal"],
    [{ contains: { const: 1 } }, [2], "failed to check contains"],
    [{ minimum: 1 }, 0.5, "expected 0.5 to be at least 1"],
    [{ exclusiveMinimum: 0 }, 0, "expected 0 to be greater than 0"],
    [{ multipleOf: 0.5 }, 0.7, "expected 0.7 to be a multiple of 0.5"],
    [{ pattern: "^\\S+$" }, 'b "c', 'failed to match pattern "^\\\\S+$" with "b \\"c"'],
    [{ enum: ["a"] }, "b", "matches none of the enum values"],
    [{ allOf: [{}, { minLength: 2 }] }, "é", "allOf 2 failed: string too short, expected at least 2, got 1"],
    [
      { anyOf: [{ required: ["a"] }, { required: ["b", "c"] }] },
      {},
      'object matches none of the required: ["a"] or ["b","c"]',
    ],
    [
      { oneOf: [{}, { type: "string" }] },
      "a",
      "value should match only one schema, but matches both schemas 1 and 2",
    ],
    [conditional, { a: 1 }, "then clause did not match"],
    [{ if: { required: ["a"] }, else: { required: ["b"] } }, {}, "else clause did not match"],
    [{ format: "ipv4" }, "::1", "expect valid ipv4 format but got: ::1"],
    [false, 1, "expect false always"],
  ])("%j, %j", (schema, value, words) => {
    expect(problem({ properties: { v: schema } }, { v: value })).toBe(
      `property "v" validation failed: ${words}`,
    );
  });

  it("and where they were other words in 3.11, in those", () => {
    const schema = { properties: { v: { format: "ipv6" } } };
    expect(problem(schema, { v: "x" }, older)).toContain("expect valid ipv6 address but got: x");
  });
});

it("an empty list and an empty object are the same", () => {
  const schema = { properties: { list: { type: "array" }, object: { type: "object", properties: {} } } };
  expect(problem(schema, { list: {}, object: [] })).toBeUndefined();
});

it("a reference to a secret stands for any text from 3.17 on, and for no text whose schema refuses it before", () => {
  const schema = { properties: { text: { type: "string", maxLength: 3 }, number: { type: "integer" } } };
  for (const text of ["$env://NAME", "$ENV://NAME", "$secret://vault/1/a"]) {
    expect(problem(schema, { text })).toBeUndefined();
    expect(problem(schema, { text }, older)).toContain("string too long");
    expect(problem(schema, { number: text })).toContain("wrong type");
  }
  expect(problem(schema, { text: "$SECRET://a" })).toContain("string too long");
});

it("defaults are filled in, of what fits only", () => {
  const branch = (name: string) => ({ required: [name], properties: { [`of ${name}`]: { default: name } } });
  const schema = {
    properties: { a: { type: "integer", default: 1 }, o: { default: { b: [1] } } },
    oneOf: [branch("x"), branch("y")],
    ...JSON.parse('{ "if": { "required": ["x"] }, "then": { "properties": { "z": { "default": true } } } }'),
  };
  const validation = validate(schema, { y: 1 }, newer.dialect);
  expect(validation).toEqual({ value: { y: 1, a: 1, o: { b: [1] }, "of y": "y" } });
});

it.each([
  ["3.18.0", newer],
  ["3.11.0", older],
])("the plugins' priorities are those of %s", (release, { plugins }) => {
  const file = new URL(`../schemas/apisix-${release}-plugin-priorities.json`, import.meta.url);
  const priorities: Record<string, { priority: number }> = JSON.parse(readFileSync(file, "utf8"));
  // The schemas of two plugins are not among those that the Admin API lists.
  const known = Object.entries(priorities).filter(
    ([name]) => !["authz-casbin", "opentelemetry"].includes(name),
  );
  expect(known.length).toBeGreaterThan(80);
  for (const [name, { priority }] of known) expect([name, plugins[name]?.priority]).toEqual([name, priority]);
});
