import * as fc from "fast-check";
import type * as z from "zod";
import { type Exclusion, fieldsOf } from "../../provider/model/exclusions.ts";
import { bare, isObject, type Json, type JsonObject, shapeOf } from "../../provider/model/fields.ts";
import type { Kind } from "../../provider/model/kind.ts";
import { kindOf } from "../../provider/model/kinds.ts";
import { formatPath, parsePath, valueAt } from "../../provider/model/paths.ts";
import { type Problem, validate } from "../../provider/model/validate.ts";
import { described, partSchema, type Schema } from "../../provider/model/walk.ts";
import { isContainer, limitsOf, valuesOf } from "./arbitrary-values.ts";
import { rowOf } from "./kind-rows.ts";
import { replaced, without } from "./paths-inside.ts";

/** Properties run on the same cases every time; a failure prints what repeats it. */
export const SEED = 2026;

/** Arguments of a kind, made of its schema: about two thirds are right, and the others have one thing wrong in them. */
export function anyArgs(kind: Kind): fc.Arbitrary<JsonObject> {
  return fc
    .tuple(rightArgs(kind), fc.nat(), fc.nat(), fc.nat({ max: 2 }))
    .map(([args, place, choice, luck]) => (luck === 0 ? withFault(kind, args, place, choice) : args));
}

/** Arguments of a kind in which nothing is wrong. */
export function validArgs(kind: Kind): fc.Arbitrary<JsonObject> {
  const problems = fc
    .sample(rightArgs(kind), { seed: SEED, numRuns: 20 })
    .map((args) => validate(kind, args)[0]);
  const [first] = problems;
  if (first && !problems.includes(undefined)) {
    throw new Error(
      `${kind.type}: the rules refuse all that the schema allows (${first.path}: ${first.reason}); give values for ${first.path} in the kind's row in test/support.`,
    );
  }
  return rightArgs(kind).filter((args) => validate(kind, args).length === 0);
}

/** Names that references to a type have in arguments; servers of tests have objects of these names. */
export function namesOf(type: string): string[] {
  const { identity, schema } = kindOf(type);
  const field = schema.shape[identity.at(-1) ?? ""] ?? schema;
  return valuesOf(bare(field).schema).right.map(String);
}

/** The types that arguments of a kind may refer to. */
export function typesReferredTo(schema: Schema): Set<string> {
  const { schema: plain, meta } = bare(schema);
  const {
    element,
    valueType,
    options = [],
  } = plain._zod.def as {
    element?: Schema;
    valueType?: Schema;
    options?: Schema[];
  };
  const inner = [element, valueType, ...options, ...Object.values(shapeOf(plain) ?? {})].flatMap((one) =>
    one ? [...typesReferredTo(one)] : [],
  );
  return new Set([...(meta.reference === undefined ? [] : [meta.reference]), ...inner]);
}

/** Arguments whose fields are right by themselves, and which the rules between fields have settled. */
function rightArgs(kind: Kind): fc.Arbitrary<JsonObject> {
  const hints = rowOf(kind.type)?.values ?? {};
  return objects(kind.schema, hints, kind.identity).map((args) => settled(kind, args, hints));
}

/** What a kind's row says about fields whose schema cannot: their values by their path, with `[]` for elements of lists. */
type Hints = Readonly<Record<string, readonly Json[]>>;

function objects(
  schema: Schema,
  hints: Hints,
  named: readonly string[] = [],
  at = "",
): fc.Arbitrary<JsonObject> {
  const shape = shapeOf(schema) ?? {};
  const needed = Object.keys(shape).filter(
    (key) => named.includes(key) || !bare(shape[key] as Schema).optional,
  );
  const optional = Object.keys(shape).filter((key) => !needed.includes(key));
  const { exclusions = [] } = bare(schema).meta;
  return fc
    .tuple(fc.subarray(optional, { maxLength: Math.min(6, optional.length) }), fc.nat())
    .chain(([chosen, luck]) => {
      const keys = exclusions.reduce((some, one) => together(one, some, luck), [...needed, ...chosen]);
      const fields = keys.map((key) => {
        const path = at ? `${at}.${key}` : key;
        return [key, anyOf(shape[key] as Schema, hints, path)] as const;
      });
      return fc.record(Object.fromEntries(fields), { noNullPrototype: true }) as fc.Arbitrary<JsonObject>;
    });
}

/** Fields less those that exclude each other, and with those that they need. */
function together(exclusion: Exclusion, keys: string[], luck: number): string[] {
  const { rule } = exclusion;
  const groups = groupsOf(exclusion);
  const given = groups.filter((group) => group.some((key) => keys.includes(key)));
  const wanted = given.length > 0 || rule === "atMostOneOf" || rule === "allOrNone" ? given : groups;
  const kept =
    rule === "atLeastOneOf" && given.length > 0
      ? given
      : wanted.slice(luck % (wanted.length || 1)).slice(0, 1);
  const others = groups.filter((group) => !kept.includes(group)).flat();
  return [...new Set([...keys.filter((key) => !others.includes(key)), ...kept.flat()])];
}

/** Right values of any schema. */
function anyOf(schema: Schema, hints: Hints, at: string): fc.Arbitrary<Json> {
  const { schema: plain, meta } = bare(schema);
  const hint = hints[at] ?? meta.examples ?? (meta.typeName ? PLUGINS[meta.typeName] : undefined);
  if (hint) return fc.constantFrom(...hint);
  if (meta.reference !== undefined) return fc.constantFrom(...namesOf(meta.reference));
  const def = plain._zod.def as z.core.$ZodTypes["_zod"]["def"];
  switch (def.type) {
    case "object":
      return objects(plain, hints, [], at);
    case "array": {
      const { least: minLength = 0, most = 3 } = limitsOf(plain);
      const bounds = { minLength, maxLength: Math.max(minLength, Math.min(most, 3)) };
      const element = anyOf(def.element, hints, `${at}[]`);
      return meta.set
        ? fc.uniqueArray(element, { ...bounds, selector: (item) => JSON.stringify(item) })
        : fc.array(element, bounds);
    }
    case "record": {
      const keys = fc.constantFrom(...(valuesOf(def.keyType).right as string[]));
      return fc.dictionary(keys, anyOf(def.valueType, hints, `${at}.*`), {
        maxKeys: 2,
        noNullPrototype: true,
      });
    }
    case "union":
      return fc.oneof(...def.options.map((option) => anyOf(option, hints, at)));
    case "unknown":
      return fc.constantFrom<Json>("a", 1, true, ["a"], { a: "b" });
    default: {
      const { right } = valuesOf(plain);
      if (right.length > 0) return fc.constantFrom(...right);
      throw new Error(
        `No value is known that fits ${at}: add .meta({ examples: [...] }) to its schema, or values: { "${at}": [...] } to the kind's row.`,
      );
    }
  }
}

/** Configurations of plugins; what they may hold stands in their own schemas, which have tests of their own. */
const PLUGINS: Record<string, Json[]> = {
  Plugins: [
    {},
    { "proxy-rewrite": { uri: "/x", headers: { set: { a_b: "C" } } } },
    { "limit-count": { count: 2, time_window: 60 }, cors: {} },
    { "x-of-our-own": { a: 1 } },
  ],
  ConsumerPlugins: [
    {},
    { "key-auth": { key: "a-key" } },
    { "key-auth": { key: "$secret://vault/1/jack/key" } },
    { "basic-auth": { username: "jack", password: "a-password" } },
    { "jwt-auth": { key: "a", secret: "b".repeat(32) } },
    { "hmac-auth": { key_id: "a", secret_key: "b" } },
  ],
};

/** So many rounds of corrections until nothing is refused; what is left then is a case of wrong arguments. */
const ROUNDS = 12;

/** The arguments with what the rules refuse taken out, and what they miss added. */
function settled(kind: Kind, given: JsonObject, hints: Hints): JsonObject {
  let args = given;
  for (let round = 0; round < ROUNDS; round++) {
    const [problem] = validate(kind, args);
    if (!problem) return args;
    args = corrected(kind, args, problem, hints);
  }
  return args;
}

function corrected({ schema }: Kind, args: JsonObject, { path: text }: Problem, hints: Hints): JsonObject {
  const path = parsePath(text);
  const [outer, key] = [path.slice(0, -1), String(path.at(-1))];
  const parent = [...described(schema, args)].find((one) => formatPath(one.path) === formatPath(outer));
  if (valueAt(args, path) !== undefined) {
    const groups = (parent?.meta.exclusions ?? []).flatMap(groupsOf).filter((group) => group.includes(key));
    const keys = [...new Set([path.at(-1) ?? "", ...groups.flat()])];
    return keys.reduce<JsonObject>((some, one) => without(some, [...outer, one]), args);
  }
  const field = parent && partSchema(parent.schema, parent.value, key);
  if (!field) return without(args, outer);
  const at = text.replace(/\[\d+\]/g, "[]");
  const [value = null] = fc.sample(anyOf(field, hints, at), { seed: SEED, numRuns: 1 });
  return replaced(args, path, value) as JsonObject;
}

/** Fields that are complete only together. */
function groupsOf({ rule, alternatives }: Exclusion): (readonly string[])[] {
  return rule === "allOrNone" ? [alternatives.flatMap(fieldsOf)] : alternatives.map(fieldsOf);
}

/** The arguments with one thing wrong in them, wherever that is possible. */
function withFault(kind: Kind, args: JsonObject, place: number, choice: number): JsonObject {
  const faults = [...described(kind.schema, args)].map((one) => faultsAt(one.schema, one.value, one.path));
  const possible = faults.filter((some) => some.length > 0);
  const some = possible[place % possible.length] ?? [];
  return some[choice % some.length]?.(args) ?? args;
}

type Fault = (args: JsonObject) => JsonObject;

function faultsAt(schema: Schema, value: unknown, path: readonly (string | number)[]): Fault[] {
  const at = (key: string) => [...path, key];
  const put =
    (where: (string | number)[], wrong: Json): Fault =>
    (args) =>
      replaced(args, where, wrong) as JsonObject;
  if (!isContainer(value)) return valuesOf(schema).wrong.map((wrong) => put([...path], wrong));
  if (Array.isArray(value) && bare(schema).meta.set && value.length > 0)
    return [put([...path], [...value, value[0]])];
  const { keyType } = schema._zod.def as { keyType?: Schema };
  if (keyType) {
    return valuesOf(keyType).wrong.flatMap((key) => (typeof key === "string" ? [put(at(key), "a")] : []));
  }
  const shape = shapeOf(schema);
  if (!shape || !isObject(value)) return [];
  const required = Object.keys(value).filter((key) => shape[key] && !bare(shape[key]).optional);
  const beside = (bare(schema).meta.exclusions ?? []).flatMap(({ rule, alternatives }) =>
    rule === "atLeastOneOf" ? [] : alternatives.flatMap(fieldsOf).filter((key) => value[key] === undefined),
  );
  return [
    ...required.map(
      (key): Fault =>
        (args) =>
          without(args, at(key)),
    ),
    ...beside.map((key): Fault => {
      const [right = null] = fc.sample(anyOf(shape[key] as Schema, {}, key), { seed: SEED, numRuns: 1 });
      return put(at(key), right);
    }),
    put(at("unknownField"), 1),
  ];
}
