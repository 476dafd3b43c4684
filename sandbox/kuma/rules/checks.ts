import type { Violation } from "../errors.ts";
import { parseDuration } from "../go/duration.ts";
import { quote } from "../go/quote.ts";
import { type Fields, isFields } from "../message.ts";

/** A complaint about one field, as a list, so that checks can be put together. */
export const complaint = (field: string, reason: string): Violation[] => [{ field, reason }];

/** Only if the condition holds. */
export const complainIf = (condition: boolean, field: string, reason: string): Violation[] =>
  condition ? complaint(field, reason) : [];

/** The value if it is an object, else one without fields. */
export const fields = (value: unknown): Fields => (isFields(value) ? value : {});

/** The value if it is a list, else an empty one. */
export const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** The value if it is a text, else an empty one. */
export const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** Whether the field was sent. */
export const isSet = (value: unknown): boolean => value !== undefined;

/** Checks each item of a list, which may be absent. */
export function each(
  items: unknown,
  field: string,
  check: (item: Fields, field: string, index: number) => Violation[],
): Violation[] {
  return list(items).flatMap((item, index) => check(fields(item), `${field}[${index}]`, index));
}

/** A path with a key, as the control plane writes it. */
export const at = (field: string, key: string): string => `${field}[${quote(key)}]`;

/** At least one of these fields is set. */
export function atLeastOne(value: Fields, field: string, ...names: string[]): Violation[] {
  const reason = `must have at least one defined: ${names.join(", ")}`;
  return complainIf(!names.some((name) => isSet(value[name])), field, reason);
}

/** A duration, if it is set, is more than zero. */
export function positiveDuration(value: unknown, field: string): Violation[] {
  const isWrong = isSet(value) && parseDuration(text(value)) <= 0n;
  return complainIf(isWrong, field, "must be greater than zero when defined");
}

/** A duration, if it is set, is zero or more. */
export function noNegativeDuration(value: unknown, field: string): Violation[] {
  const isWrong = isSet(value) && parseDuration(text(value)) < 0n;
  return complainIf(isWrong, field, "must not be negative when defined");
}

/** A number, if it is set, is more than zero. */
export const positive = (value: unknown, field: string): Violation[] =>
  complainIf(isSet(value) && Number(value) <= 0, field, "must be greater than 0");

/** A whole number, if it is set, is a percentage. */
export const percentage = (value: unknown, field: string): Violation[] =>
  complainIf(
    isSet(value) && (Number(value) < 0 || Number(value) > 100),
    field,
    "must be in inclusive range [0, 100]",
  );

/** A number or the text of one, if it is set, is a percentage. */
export function decimalPercentage(value: unknown, field: string): Violation[] {
  if (!isSet(value)) return [];
  const number = decimalOf(value);
  if (number === undefined) return complaint(field, "string must be a valid number");
  return complainIf(number < 0 || number > 100, field, "must be in inclusive range [0.0, 100.0]");
}

/** The number that a number-or-text stands for; undefined for a text that is none. */
export function decimalOf(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  const isDecimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text(value));
  return isDecimal ? Number(value) : undefined;
}

/** A status code of HTTP. */
export const statusCode = (value: unknown, field: string): Violation[] =>
  complainIf(Number(value) < 100 || Number(value) >= 600, field, "must be in inclusive range [100, 599]");

/** A port. */
export const port = (value: unknown, field: string): Violation[] =>
  complainIf(!(Number(value) > 0 && Number(value) <= 65535), field, "port must be a valid (1-65535)");

/** None of these fields is set. */
export function notSet(value: Fields, field: string, reason: string, ...names: string[]): Violation[] {
  return names.flatMap((name) => complainIf(isSet(value[name]), `${field}.${name}`, reason));
}
