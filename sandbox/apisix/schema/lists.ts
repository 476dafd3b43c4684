import { isDeepStrictEqual } from "node:util";
import { isObject, type JsonObject } from "../store.ts";
import type { Walk } from "./validator.ts";

/** Checks the items of a list; an empty object is an empty list, too. */
export function checkList(walk: Walk, schema: JsonObject, value: unknown): string | undefined {
  if (isObject(value) && Object.keys(value).length === 0) return checkList(walk, schema, []);
  if (!Array.isArray(value)) return undefined;
  const { minItems, maxItems, items, uniqueItems } = schema;
  if (typeof minItems === "number" && value.length < minItems)
    return `expect array to have at least ${minItems} items`;
  if (typeof maxItems === "number" && value.length > maxItems)
    return `expect array to have at most ${maxItems} items`;
  for (const [index, item] of value.entries()) {
    const error = walk.check(Array.isArray(items) ? items[index] : items, item);
    if (error !== undefined) return `failed to validate item ${index + 1}: ${error}`;
  }
  return uniqueItems === true ? checkUnique(value) : undefined;
}

function checkUnique(items: unknown[]): string | undefined {
  const equal = (first: number, second: number) =>
    `expected unique items but items ${first + 1} and ${second + 1} are equal`;
  const tables = (item: unknown) => typeof item === "object" && item !== null;
  for (const [index, item] of items.entries()) {
    const before = items.lastIndexOf(item, index - 1);
    if (!tables(item) && index > 0 && before >= 0) return equal(before, index);
  }
  for (const [index, item] of items.entries()) {
    const later = items.findIndex(
      (other, at) => at > index && tables(other) && tables(item) && isDeepStrictEqual(item, other),
    );
    if (later >= 0) return equal(index, later);
  }
  return undefined;
}

/** Checks that one of the items fits `contains`. */
export function checkContains(walk: Walk, { contains }: JsonObject, items: unknown): string | undefined {
  if (!isObject(contains) || !Array.isArray(items)) return undefined;
  if (items.length === 0) return "check contains: empty array is invalid";
  return items.some((item) => walk.fits(contains, item)) ? undefined : "failed to check contains";
}
