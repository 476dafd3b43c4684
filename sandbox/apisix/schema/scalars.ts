import { isIPv4, isIPv6 } from "node:net";
import { isDeepStrictEqual } from "node:util";
import { byteString, luaNumberText, luaQuoted } from "../lua/values.ts";
import { regularExpression } from "../pcre.ts";
import type { JsonObject } from "../store.ts";

/** Checks the length and the pattern of a text. */
export function checkText({ minLength, maxLength, pattern }: JsonObject, value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  const { length } = [...value];
  if (typeof minLength === "number" && length < minLength)
    return `string too short, expected at least ${minLength}, got ${length}`;
  if (typeof maxLength === "number" && length > maxLength)
    return `string too long, expected at most ${maxLength}, got ${length}`;
  if (typeof pattern === "string" && !matches(pattern, value))
    return `failed to match pattern ${luaQuoted(pattern)} with ${luaQuoted(value)}`;
  return undefined;
}

const expressions = new Map<string, RegExp>();

/** Whether a text matches a pattern of a schema. */
export function matches(pattern: string, text: string): boolean {
  const expression = expressions.get(pattern) ?? regularExpression(byteString(pattern));
  expressions.set(pattern, expression);
  return expression.test(byteString(text));
}

/** Checks the range of a number. */
export function checkNumber(schema: JsonObject, value: unknown): string | undefined {
  if (typeof value !== "number") return undefined;
  const limits: [unknown, string, (limit: number) => boolean][] = [
    [schema.minimum, "at least", (limit) => value >= limit],
    [schema.exclusiveMinimum, "greater than", (limit) => value > limit],
    [schema.maximum, "at most", (limit) => value <= limit],
    [schema.exclusiveMaximum, "smaller than", (limit) => value < limit],
    [schema.multipleOf, "a multiple of", (limit) => Math.abs((value / limit) % 1) < 1e-12],
  ];
  for (const [limit, words, holds] of limits) {
    if (typeof limit === "number" && !holds(limit))
      return `expected ${luaNumberText(value)} to be ${words} ${luaNumberText(limit)}`;
  }
  return undefined;
}

/** Checks that a value is among those of `enum`. */
export function checkEnum({ enum: values }: JsonObject, value: unknown): string | undefined {
  if (!Array.isArray(values) || values.some((one) => isDeepStrictEqual(one, value))) return undefined;
  return "matches none of the enum values";
}

/** Checks that a value is the one of `const`. */
export function checkConstant(schema: JsonObject, value: unknown): string | undefined {
  if (schema.const === undefined || isDeepStrictEqual(schema.const, value)) return undefined;
  return "failed to check const value";
}

const formats: Record<string, (text: string) => boolean> = {
  ipv4: isIPv4,
  // An address with the name of a network interface is none.
  ipv6: (text) => isIPv6(text) && !text.includes("%"),
};

/** Checks the format of a text. */
export function checkFormat({ format }: JsonObject, value: unknown, word: string): string | undefined {
  if (typeof format !== "string" || typeof value !== "string") return undefined;
  const fits = formats[format];
  return !fits || fits(value) ? undefined : `expect valid ${format} ${word} but got: ${value}`;
}
