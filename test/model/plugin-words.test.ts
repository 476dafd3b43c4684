import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { problemsOf } from "../../provider/model/apisix/json-schema.ts";
import { isObject, type Json, type JsonObject } from "../../provider/model/fields.ts";
import { readSchemas } from "../../sandbox/apisix/schemas.ts";
import { repository } from "../../tools/repository.ts";

/** Keywords that say nothing of a value, or are only there to hold others. */
const SILENT = [
  ...["default", "description", "title", "$comment", "encrypt_fields", "id", "$id", "$schema"],
  // A slip in a schema of the server's, which takes no notice of it.
  "service_token",
  ...["properties", "patternProperties", "items", "allOf", "then", "else"],
];

const CONDITIONAL = JSON.parse('{ "if": { "required": ["b"] }, "then": { "required": ["c"] } }');

/** For each keyword a schema of one field `a`, a value that it refuses, and what is said. */
const SAID: [keyword: string, schema: JsonObject, value: Json, said: string][] = [
  ["type", { type: "integer" }, "x", "a is not an integer"],
  ["type", { type: ["integer", "string"] }, [], "a is not an integer or a string"],
  ["minimum", { minimum: 2 }, 1, "a is too small: at least 2"],
  ["exclusiveMinimum", { exclusiveMinimum: 1 }, 1, "a is too small: more than 1"],
  ["maximum", { maximum: 2 }, 3, "a is too large: at most 2"],
  ["exclusiveMaximum", { exclusiveMaximum: 2 }, 2, "a is too large: less than 2"],
  ["multipleOf", { multipleOf: 2 }, 3, "a is no multiple of 2"],
  ["minLength", { minLength: 1 }, "", "a is too short: at least 1 character"],
  ["maxLength", { maxLength: 2 }, "xyz", "a is too long: at most 2 characters"],
  ["minItems", { minItems: 1 }, [], "a is too short: at least 1 element"],
  ["maxItems", { maxItems: 2 }, [1, 2, 3], "a is too long: at most 2 elements"],
  ["minProperties", { minProperties: 1 }, {}, "a has too few fields: at least 1"],
  ["maxProperties", { maxProperties: 1 }, { b: 1, c: 2 }, "a has too many fields: at most 1"],
  ["uniqueItems", { uniqueItems: true }, [1, 1], "a holds the same element twice"],
  ["pattern", { pattern: "^/" }, "x", "a does not match ^/"],
  ["format", { type: "string", format: "ipv4" }, "x", "a is no IPv4 address"],
  ["format", { type: "string", format: "ipv6" }, "x", "a is no IPv6 address"],
  ["enum", { enum: ["on", "off"] }, "x", "a is none of the values allowed; allowed: on, off"],
  ["const", { const: "on" }, "x", 'a is not "on", the only value allowed'],
  ["contains", { contains: { const: "on" } }, ["x"], 'a does not hold the element "on"'],
  ["required", { required: ["b"] }, {}, "a.b is missing"],
  [
    "additionalProperties",
    { properties: { bees: {} }, additionalProperties: false },
    { c: 1 },
    "a.c is no field that exists here; known here: bees",
  ],
  ["dependencies", { dependencies: { b: ["c"] } }, { b: 1 }, "a.c is missing"],
  [
    "dependencies",
    { dependencies: { b: { not: { required: ["c"] } } } },
    { b: 1, c: 2 },
    "a.b does not go with c",
  ],
  ["not", { not: { required: ["b", "c"] } }, { b: 1, c: 2 }, "a.b does not go with c"],
  ["not", { not: { anyOf: [{ required: ["b"] }, { required: ["c"] }] } }, { c: 2 }, "a.c has no place here"],
  ["not", { not: { enum: ["x"] } }, "x", "a is one of the values that are not allowed here"],
  [
    "anyOf",
    { anyOf: [{ required: ["b"] }, { required: ["c"] }] },
    {},
    "a has none of the forms that are allowed here; needs b, or c",
  ],
  [
    "oneOf",
    { oneOf: [{ required: ["b"] }, { required: ["c"] }] },
    { b: 1, c: 2 },
    "a has two of the forms that exclude each other; needs b, or c",
  ],
  ["if", CONDITIONAL, { b: 1 }, "a.c is missing"],
];

function said(schema: JsonObject, value: Json): string[] {
  return problemsOf({ type: "object", properties: { a: schema } }, { a: value }).map(
    ({ path, reason, hint }) => `${path.join(".")} ${reason}${hint === undefined ? "" : `; ${hint}`}`,
  );
}

test.each(SAID)("%s is said in plain words: %j", (_, schema, value, words) => {
  expect(said(schema, value)).toEqual([words]);
});

/** The keywords of a schema, at any depth. */
function keywordsOf(schema: unknown): string[] {
  if (Array.isArray(schema)) return schema.flatMap(keywordsOf);
  if (!isObject(schema)) return [];
  return Object.entries(schema).flatMap(([keyword, value]) => {
    const isMap = ["properties", "patternProperties", "dependencies"].includes(keyword) && isObject(value);
    const isData = ["default", "enum", "const", "required", "encrypt_fields"].includes(keyword);
    return [keyword, ...(isMap ? Object.values(value).flatMap(keywordsOf) : isData ? [] : keywordsOf(value))];
  });
}

describe.each([
  [
    "as a gateway sends them",
    JSON.parse(readFileSync(join(repository, "test/schemas/apisix-3.18.0.json"), "utf8")),
  ],
  ["of APISIX 3.11", readSchemas(true)],
])("the schemas of plugins and objects, %s,", (_, { main, plugins, stream_plugins, streamPlugins }) => {
  test("have no keyword for which there are no words", () => {
    const used = [main, plugins, stream_plugins ?? streamPlugins].flatMap((some) =>
      Object.values(some as Record<string, unknown>).flatMap((one) => {
        const { schema, consumer_schema, metadata_schema } = one as JsonObject;
        return [schema ?? one, consumer_schema, metadata_schema].flatMap(keywordsOf);
      }),
    );
    // The older ai-proxy has schemas where others have keywords.
    const inPlaceOfKeywords = ["chat_request_schema", "plugin_schema"];
    const known = new Set([...SILENT, ...inPlaceOfKeywords, ...SAID.map(([keyword]) => keyword)]);
    expect([...new Set(used)].filter((keyword) => !known.has(keyword)).sort()).toEqual([]);
    expect(new Set(used).size).toBeGreaterThan(25);
  });
});
