import type { DialectName } from "./dialect.ts";
import { isObject, type Json, type JsonObject } from "./fields.ts";
import type { Path } from "./paths.ts";

/** Who keeps how many digits of a number, where not all are kept. */
export const KEPT_DIGITS: Readonly<Partial<Record<DialectName, { by: string; digits: number }>>> = {
  apisix: { by: "APISIX", digits: 14 },
};

/** A number that a server does not keep as it was written. */
interface RoundedNumber {
  path: Path;
  written: number;
  kept: number;
}

function keptNumber(value: number, digits: number): number {
  return Number(value.toPrecision(digits));
}

/** A value with its numbers as a server keeps them. */
export function withKeptNumbers(dialect: DialectName, value: Json): Json {
  const digits = KEPT_DIGITS[dialect]?.digits;
  return digits === undefined ? value : rounded(value, digits);
}

function rounded(value: Json, digits: number): Json {
  if (typeof value === "number") return keptNumber(value, digits);
  if (Array.isArray(value)) return value.map((item) => rounded(item, digits));
  if (!isObject(value)) return value;
  const fields = Object.entries(value).map(([key, inner]) => [key, rounded(inner, digits)]);
  return Object.fromEntries(fields) as JsonObject;
}

/** The numbers in a value that a server rounds. */
export function roundedNumbers(
  dialect: DialectName,
  value: Json | undefined,
  path: Path = [],
): RoundedNumber[] {
  const digits = KEPT_DIGITS[dialect]?.digits;
  if (digits === undefined) return [];
  if (typeof value === "number") {
    const kept = keptNumber(value, digits);
    return kept === value ? [] : [{ path, written: value, kept }];
  }
  if (Array.isArray(value))
    return value.flatMap((item, index) => roundedNumbers(dialect, item, [...path, index]));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => roundedNumbers(dialect, inner, [...path, key]));
}
