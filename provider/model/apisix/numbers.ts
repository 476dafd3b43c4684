import { isObject, type Json, type JsonObject } from "../fields.ts";
import type { Path } from "../paths.ts";

/** A number that the gateway does not keep as it was written. */
export interface RoundedNumber {
  path: Path;
  written: number;
  kept: number;
}

/** A number as the gateway keeps it: with 14 digits. */
function keptNumber(value: number): number {
  return Number(value.toPrecision(14));
}

/** A value with its numbers as the gateway keeps them. */
export function withKeptNumbers(value: Json): Json {
  if (typeof value === "number") return keptNumber(value);
  if (Array.isArray(value)) return value.map(withKeptNumbers);
  if (!isObject(value)) return value;
  const fields = Object.entries(value).map(([key, inner]) => [key, withKeptNumbers(inner)]);
  return Object.fromEntries(fields) as JsonObject;
}

/** The numbers in a value that the gateway rounds. */
export function roundedNumbers(value: Json | undefined, path: Path = []): RoundedNumber[] {
  if (typeof value === "number") {
    const kept = keptNumber(value);
    return kept === value ? [] : [{ path, written: value, kept }];
  }
  if (Array.isArray(value)) return value.flatMap((item, index) => roundedNumbers(item, [...path, index]));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => roundedNumbers(inner, [...path, key]));
}
