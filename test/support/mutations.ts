import * as fc from "fast-check";
import type { Json, JsonObject } from "../../provider/model/fields.ts";
import { isObject } from "../../provider/model/fields.ts";
import { CERTIFICATE, type JsonSchema } from "./apisix-bodies.ts";

/** One change of a body: the value at the path becomes another, or goes when there is none. */
interface Mutation {
  path: (string | number)[];
  value?: Json;
}

const WRONG: Json[] = [null, "text", 7, 0.5, true, [], {}, ["text"], { a: 1 }];

/** What one step beyond the limits of a schema looks like, at every place in `value`. */
function mutationsOf(schema: JsonSchema, value: Json, path: Mutation["path"] = []): Mutation[] {
  const fitting = schema.anyOf && !schema.properties ? alternative(schema.anyOf, value) : schema;
  const at = (next: Json): Mutation => ({ path, value: next });
  const own = path.length === 0 ? [] : [{ path }, ...WRONG.map(at), ...beyond(fitting, value).map(at)];
  if (Array.isArray(value)) {
    const doubled = value.length > 0 ? [at([...value, value[0] ?? null]), at([])] : [];
    const inner = value.flatMap((item, index) => mutationsOf(fitting.items ?? {}, item, [...path, index]));
    return [...own, ...doubled, ...inner];
  }
  if (!isObject(value)) return own;
  const shape = fitting.properties ?? {};
  const absent = Object.keys(shape).filter((key) => value[key] === undefined);
  const added = absent.map((key) => ({ path: [...path, key], value: sample(shape[key] ?? {}) }));
  const inner = Object.entries(value).flatMap(([key, field]) =>
    mutationsOf(shape[key] ?? fitting.patternProperties?.[".*"] ?? {}, field, [...path, key]),
  );
  return [...own, { path: [...path, "unknown_key"], value: 1 }, ...added, ...inner];
}

function alternative(options: JsonSchema[], value: Json): JsonSchema {
  const type = Array.isArray(value) ? "array" : typeof value;
  return options.find((option) => option.type === type) ?? options[0] ?? {};
}

/** Values just outside, and just inside, what a schema allows. */
function beyond(schema: JsonSchema, value: Json): Json[] {
  const { minimum, maximum, exclusiveMinimum, minLength, maxLength } = schema;
  const texts = typeof value === "string" ? [value.slice(0, -1), `${value}x`, value.toUpperCase()] : [];
  const lengths = [minLength, maxLength]
    .filter((length) => length !== undefined)
    .flatMap((length) => ["x".repeat(Math.max(0, length - 1)), "x".repeat(length), "x".repeat(length + 1)]);
  const limits = [minimum, maximum, exclusiveMinimum].filter((limit) => limit !== undefined);
  const numbers = schema.type === "integer" || schema.type === "number" ? [2 ** 53, -1, 1e21] : [];
  return [...texts, ...lengths, ...limits.flatMap((limit) => [limit - 1, limit, limit + 1]), ...numbers];
}

/** The simplest value of a schema; with `whole` every field of it is there. */
function sample(schema: JsonSchema, whole = false): Json {
  if (schema.enum) return schema.enum[0] ?? null;
  if (schema.anyOf && !schema.properties) {
    return sample(schema.anyOf.find(({ type }) => type === "array") ?? schema.anyOf[0] ?? {}, whole);
  }
  switch (schema.type) {
    case "string":
      return textFor(schema);
    case "integer":
    case "number":
      return schema.minimum ?? 1;
    case "boolean":
      return false;
    case "array":
      return schema.items ? [sample(schema.items, whole)] : [];
    default: {
      const keys = whole ? Object.keys(schema.properties ?? {}) : (schema.required ?? []);
      return Object.fromEntries(keys.map((key) => [key, sample(schema.properties?.[key] ?? {}, whole)]));
    }
  }
}

function textFor({ pattern, format, minLength = 1 }: JsonSchema): string {
  if (format === "ipv4") return "10.0.0.1";
  return pattern?.startsWith("^function") ? "function()" : "a".repeat(minLength);
}

/** A body with every field that does not exclude another one of these, and no field of the server's own. */
export function wholeBody(schema: JsonSchema, excluded: readonly string[]): JsonObject {
  const body = sample(schema, true) as JsonObject;
  if (body.discovery_type !== undefined) Object.assign(body, { type: "roundrobin", discovery_type: "dns" });
  if (body.cert !== undefined) body.cert = CERTIFICATE;
  if (isObject(body.tls)) delete body.tls.client_cert_id;
  const fields = Object.entries(body).filter(([key]) => !excluded.includes(key) && !/^id$|_time$/.test(key));
  return Object.fromEntries(fields);
}

/** Every single mistake that {@link mutated} can make in a body. */
export function allMutations(schema: JsonSchema, body: JsonObject): JsonObject[] {
  return mutationsOf(schema, body).map((mutation) => apply(body, mutation));
}

function apply(body: JsonObject, { path, ...change }: Mutation): JsonObject {
  const result = structuredClone(body);
  const parent = path.slice(0, -1).reduce<Json>((at, key) => (at as JsonObject)[key] ?? null, result);
  const last = path.at(-1) ?? "";
  if ("value" in change) (parent as JsonObject)[last] = change.value ?? null;
  else if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else delete (parent as JsonObject)[last];
  return result;
}

/** Three bodies of four with one change that a person could have made by mistake. */
export function mutated(schema: JsonSchema, bodies: fc.Arbitrary<JsonObject>): fc.Arbitrary<JsonObject> {
  return fc.tuple(bodies, fc.nat(), fc.nat({ max: 3 })).map(([body, choice, luck]) => {
    const mutations = luck === 0 ? [] : mutationsOf(schema, body);
    const mutation = mutations[choice % mutations.length];
    return mutation ? apply(body, mutation) : body;
  });
}
