import * as fc from "fast-check";
import type * as z from "zod";
import { bare, isObject, type Json } from "../../provider/model/fields.ts";

/** Values of a field, each of which its schema takes, or none of which it takes. */
export interface Values {
  right: Json[];
  wrong: Json[];
}

const PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";

/** Texts of every form that a field of a server may want. Which of them are right, a field's schema tells. */
const TEXTS = [
  ...["a", "A", "1", "team", "a.b-c", "a.b/c_D", "x-y_z", "a..b", "UPPER", "under_score", "default"],
  ...["", " ", "a b", "a\n", "é😀", "-a", "a-", ".", "..", "a/b", "%2F", "/a", "/a/*", "\u00a0"],
  ...["kuma.io/mesh", "pulumi-owner", "pulumi-stack"],
  ...["a.example", "*.a.example", "*", "**", "a.example.", "localhost"],
  ...["10.0.0.1", "010.0.0.1", "999.1.1.1", "0.0.0.0", "::", "::1", "[::1]", "[", "fe80::1%eth0"],
  ...["10.0.0.0/8", "10.0.0.0/33", "::1/129", ":::/64", "1:2:3:4:5:6:7:8/128"],
  ...["a.example:443", "10.0.0.1:80", "[::1]:1", "a:0", "a:65536", "a:b", "::1:80", ":80", "[10.0.0.1]:80"],
  ...["https://a.example", "http://10.0.0.1:8080/x", "ftp://a", "https://", "unix:///a"],
  ...["YQ==", "no base64", Buffer.from(PEM).toString("base64"), PEM],
  ...["1d", "12h30m", "10s", "1.5", "$env://NAME", "$secret://vault/1/a/b"],
];
/** Lengths that limits often are at. */
const LENGTHS = [1, 2, 3, 63, 64, 65, 100, 101, 253, 254, 255, 256, 257];
const NUMBERS = [0, 1, -1, 0.5, 7, 80, 100, 65535, 65536, 2 ** 32, 2 ** 53, 1e21];
const ANYTHING: Json[] = [null, "text", 7, true, [], {}, ["a"], { a: 1 }];
/** Objects of which no schema says anything. */
const FREE: Json[] = [{}, { address: "a", deep: { list: [1, "b"], text: "c" } }];

const known = new WeakMap<object, Values>();

/** Right and wrong values of a field that is no object and no list, those at its limits among them. */
export function valuesOf(schema: z.core.$ZodType): Values {
  const found = known.get(schema) ?? divided(schema, candidatesOf(schema));
  known.set(schema, found);
  return found;
}

function divided(schema: z.core.$ZodType, candidates: Json[]): Values {
  const accepts = (value: Json) => (schema as z.ZodType).safeParse(value).success;
  return {
    // APISIX keeps 14 digits of a number.
    right: candidates.filter((value) => accepts(value) && !(typeof value === "number" && value > 1e14)),
    wrong: [...candidates, ...ANYTHING].filter((value) => !accepts(value)),
  };
}

function candidatesOf(schema: z.core.$ZodType): Json[] {
  const { schema: plain } = bare(schema);
  const { def } = plain._zod as { def: z.core.$ZodTypes["_zod"]["def"] };
  switch (def.type) {
    case "string":
      return texts(plain);
    case "number":
      return numbers(plain);
    case "boolean":
      return [true, false];
    case "enum":
      return Object.values(def.entries).flatMap((value) => [value, String(value).toLowerCase(), `${value}x`]);
    case "literal":
      return [...(def.values as Json[]), 2, -1, "1"];
    case "union":
      return def.options.flatMap((option) => valuesOf(option).right);
    default:
      return FREE;
  }
}

/** What the checks of a schema say: the least and the most of a number or a length, and patterns. */
export function limitsOf(schema: z.core.$ZodType): { least?: number; most?: number; patterns: RegExp[] } {
  const limits: ReturnType<typeof limitsOf> = { patterns: [] };
  for (const check of schema._zod.def.checks ?? []) {
    const { minimum, maximum, value, pattern, ...def } = check._zod.def as Check;
    if (def.check === "greater_than" || def.check === "min_length") limits.least = value ?? minimum ?? 0;
    if (def.check === "less_than" || def.check === "max_length") limits.most = value ?? maximum ?? 0;
    if (def.check === "string_format" && pattern) limits.patterns.push(pattern);
  }
  return limits;
}

interface Check {
  check: string;
  value?: number;
  minimum?: number;
  maximum?: number;
  pattern?: RegExp;
}

/** The forms above, what matches the pattern, and a right one made as long and as short as it may be, and a little more. */
function texts(schema: z.core.$ZodType): string[] {
  const { least = 0, most, patterns } = limitsOf(schema);
  const all = [...TEXTS, ...patterns.flatMap(matching)];
  const accepts = (text: string) => (schema as z.ZodType).safeParse(text).success;
  const ends = [least, ...(most === undefined ? [300] : [most])].flatMap((end) => [end - 1, end, end + 1]);
  const lengths = new Set([...ends, ...(most === undefined || most <= 300 ? LENGTHS : [])]);
  const stem = all.find((text) => text !== "" && accepts(text)) ?? "x";
  const long = [...lengths]
    .filter((length) => length >= 0)
    .flatMap((length) => [stem.padEnd(length, "x").slice(0, length), "x".repeat(length)]);
  return [...new Set([...all, ...long])];
}

/** Some texts that match a pattern; none for a pattern that looks ahead, which fast-check cannot follow. */
function matching(pattern: RegExp): string[] {
  try {
    return fc.sample(fc.stringMatching(pattern), { seed: 1, numRuns: 12 });
  } catch {
    return [];
  }
}

function numbers(schema: z.core.$ZodType): Json[] {
  const { least, most } = limitsOf(schema);
  const ends = [least, most].filter((end) => end !== undefined);
  const near = ends.flatMap((end) => [end - 1, end, end + 0.001, end + 1]);
  return [...new Set<Json>([...near, ...NUMBERS, "80"])];
}

/** True for what the schema describes from the inside: its own value is neither right nor wrong by itself. */
export function isContainer(value: unknown): boolean {
  return Array.isArray(value) || isObject(value);
}
