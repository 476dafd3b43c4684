import * as fc from "fast-check";
import type { Json, JsonObject } from "../../provider/model/fields.ts";
import { isObject } from "../../provider/model/fields.ts";

const TEXTS = [
  "a",
  "/a",
  "a.example",
  "http://a.example",
  "10.0.0.1",
  "$secret://vault/1/a/b",
  "X-A",
  "0",
  "",
];
const PARTS = ["allOf", "anyOf", "oneOf", "then", "else", "dependencies"];

/** Configurations that look much like what a plugin's schema describes, right and wrong ones. */
export function configurations(schema: unknown): fc.Arbitrary<JsonObject> {
  return objects([schema]) as fc.Arbitrary<JsonObject>;
}

function objects(schemas: unknown[]): fc.Arbitrary<Json> {
  const all = schemas.flatMap(withParts);
  const names = new Set(
    all.flatMap(({ properties }) => (isObject(properties) ? Object.keys(properties) : [])),
  );
  const required = all.flatMap(({ required }) => (Array.isArray(required) ? required.map(String) : []));
  const fields = [...names]
    .filter((name) => name !== "_meta")
    .map((name) => {
      const about = all.flatMap(({ properties }) =>
        isObject(properties) && Object.hasOwn(properties, name) ? [properties[name]] : [],
      );
      const value = fc.oneof({ weight: 9, arbitrary: values(about) }, { weight: 1, arbitrary: values([]) });
      const given = required.includes(name) ? 9 : 2;
      return fc.oneof(
        { weight: given, arbitrary: value.map((inner): JsonObject => ({ [name]: inner })) },
        { weight: 10 - given, arbitrary: fc.constant<JsonObject>({}) },
      );
    });
  const free = all.some(
    ({ patternProperties, additionalProperties }) => patternProperties ?? additionalProperties,
  );
  if (free)
    fields.push(fc.dictionary(fc.constantFrom("X-A", "a", "$a"), values([]), { maxKeys: 2 }) as never);
  return fc.tuple(...fields).map((parts) => Object.assign({}, ...parts) as JsonObject);
}

function values(schemas: unknown[]): fc.Arbitrary<Json> {
  const all = schemas.flatMap(withParts);
  const options = all.flatMap((schema): fc.Arbitrary<Json>[] => {
    if (Array.isArray(schema.enum)) return [fc.constantFrom(...(schema.enum as Json[]))];
    if (schema.const !== undefined) return [fc.constant(schema.const)];
    if (schema.type === "array") {
      const least = Number(schema.minItems ?? 0);
      return [fc.array(values([schema.items]), { maxLength: least + 2, minLength: Math.max(0, least - 1) })];
    }
    if (schema.type === "object") return [objects([schema])];
    if (schema.type === "boolean") return [fc.boolean()];
    if (schema.type === "integer" || schema.type === "number") return [fc.constantFrom(...numbers(schema))];
    if (schema.type === "string")
      return [fc.constantFrom(...TEXTS, "x".repeat(Number(schema.minLength ?? 3)))];
    return [];
  });
  return options.length > 0 ? fc.oneof(...options) : fc.constantFrom<Json>("a", 1, true, ["a"], {}, "");
}

function numbers({ minimum, maximum, exclusiveMinimum, default: standard }: JsonObject): number[] {
  const edges = [minimum, maximum, exclusiveMinimum].filter((edge) => typeof edge === "number");
  return [...edges.flatMap((edge) => [edge - 1, edge, edge + 1]), Number(standard ?? 1), 60, 0.5];
}

function withParts(schema: unknown): JsonObject[] {
  if (!isObject(schema)) return [];
  const parts = PARTS.flatMap((name) => {
    const part = schema[name];
    return name === "dependencies" && isObject(part) ? Object.values(part) : [part].flat();
  });
  return [schema, ...parts.flatMap(withParts)];
}
