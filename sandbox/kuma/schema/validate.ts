import type { Violation } from "../errors.ts";
import { isFields } from "../message.ts";
import type { Schema } from "./schema.ts";

/**
 * What the control plane's schema validator says about a body, in its words. A message about a place below
 * `spec` names the field; in all others the place is only in the message.
 */
export function schemaViolations(schema: Schema, body: unknown): Violation[] {
  return [...new Set(messages(schema, body, ""))].map((message) => {
    const space = message.indexOf(" ");
    const field = message.slice(0, space);
    return field.startsWith("spec.")
      ? { field, reason: message.slice(space + 1) }
      : { field: "", reason: message };
  });
}

function messages(schema: Schema, value: unknown, path: string): string[] {
  if (value === null) return [...typeMessages(schema, value, path), ...enumMessages(schema, value, path)];
  return [
    ...typeMessages(schema, value, path),
    ...alternativeMessages(schema, value, path),
    ...(typeof value === "string" ? textMessages(schema, value, path) : []),
    ...(typeof value === "number" ? numberMessages(schema, value, path) : []),
    ...(Array.isArray(value) ? listMessages(schema, value, path) : []),
    ...enumMessages(schema, value, path),
    ...(isFields(value) ? objectMessages(schema, value, path) : []),
  ];
}

/** The name that the validator has for the type of a JSON value. */
function typeName(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

function typeMessages({ type, format }: Schema, value: unknown, path: string): string[] {
  if (type === undefined) return [];
  const found = typeName(value);
  const isWhole = typeof value === "number" && type === "integer" && isWholeEnough(value);
  if (found === type || isWhole) return [];
  const says = (wanted: string, what: string) => [`${path} in body must be of type ${wanted}: "${what}"`];
  // A format is named instead of the type, but not to a text or a list; numbers have a format of their own.
  const isScalar = value !== null && found !== "string" && found !== "array";
  if (format !== undefined && isScalar) return says(format, found === "number" ? "float64" : "");
  return says(type, found);
}

/** To the validator a number is whole when it nearly is, and not beyond those that floating point can tell apart. */
function isWholeEnough(number: number): boolean {
  const size = Math.abs(number);
  const whole = Math.trunc(size);
  return size <= Number.MAX_SAFE_INTEGER && (size === whole || (size - whole) / (size + whole) < 1e-9);
}

function alternativeMessages({ anyOf = [] }: Schema, value: unknown, path: string): string[] {
  const failures = anyOf.map((each) => messages(each, value, path));
  if (failures.length === 0 || failures.some((failure) => failure.length === 0)) return [];
  return [`"${path}" must validate at least one schema (anyOf)`, ...(failures[0] ?? [])];
}

const formats: Record<string, RegExp> = {
  byte: /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$/,
  "date-time": /^\d{4}-\d\d-\d\dt\d\d:\d\d:\d\d(\.\d+)?(z|[+-]\d\d:\d\d)$/i,
};

function textMessages(
  { minLength, maxLength, pattern, format = "" }: Schema,
  text: string,
  path: string,
): string[] {
  const length = [...text].length;
  const says: string[] = [];
  // The validator stops at the first of these three.
  if (maxLength !== undefined && length > maxLength) {
    says.push(`${path} in body should be at most ${maxLength} chars long`);
  } else if (minLength !== undefined && length < minLength) {
    says.push(`${path} in body should be at least ${minLength} chars long`);
  } else if (pattern !== undefined && !new RegExp(pattern, "u").test(text)) {
    says.push(`${path} in body should match '${pattern}'`);
  }
  if (formats[format]?.test(text) === false) {
    says.push(`${path} in body must be of type ${format}: ${JSON.stringify(text)}`);
  }
  return says;
}

const ranges: Record<string, [low: number, high: number]> = {
  int32: [-(2 ** 31), 2 ** 31 - 1],
  int64: [-(2 ** 63), 2 ** 63],
};

function numberMessages({ type, format, minimum, maximum }: Schema, number: number, path: string): string[] {
  const says: string[] = [];
  if (type === "integer") {
    const [low, high] = ranges[format ?? "int64"] ?? [0, 0];
    if (!Number.isInteger(number) || number < low || number > high) {
      const name = format === undefined ? "(default format)" : `with format ${format}`;
      says.push(`Checked value must be of type integer ${name} in ${path}`);
    }
  }
  if (minimum !== undefined && number < minimum) {
    says.push(`${path} in body should be greater than or equal to ${goNumber(minimum)}`);
  }
  if (maximum !== undefined && number > maximum) {
    says.push(`${path} in body should be less than or equal to ${goNumber(maximum)}`);
  }
  return says;
}

/** As Go prints a floating point number: large ones with an exponent of at least two digits. */
function goNumber(number: number): string {
  const digits = number.toExponential();
  const exponent = Number(digits.slice(digits.indexOf("e") + 1));
  if (exponent < 6 || (Number.isInteger(number) && exponent < 6)) return String(number);
  return digits.replace(/e\+(\d)$/, "e+0$1");
}

function listMessages({ items, minItems, maxItems }: Schema, list: unknown[], path: string): string[] {
  const says = items ? list.flatMap((item, index) => messages(items, item, `${path}[${index}]`)) : [];
  if (minItems !== undefined && list.length < minItems) {
    says.push(`${path} in body should have at least ${minItems} items`);
  }
  if (maxItems !== undefined && list.length > maxItems) {
    says.push(`${path} in body should have at most ${maxItems} items`);
  }
  return says;
}

function enumMessages({ enum: allowed, type }: Schema, value: unknown, path: string): string[] {
  if (!allowed) return [];
  const compared = type === "integer" && typeof value === "number" ? Math.trunc(value) : value;
  return allowed.includes(compared) ? [] : [`${path} in body should be one of [${allowed.join(" ")}]`];
}

function objectMessages(schema: Schema, value: Record<string, unknown>, path: string): string[] {
  const { properties = {}, required = [], additionalProperties } = schema;
  const says = Object.entries(value).flatMap(([name, inside]) => {
    const property = Object.hasOwn(properties, name) ? properties[name] : additionalProperties;
    if (!property) return [];
    const isRoot = path === "" && Object.hasOwn(properties, name);
    return messages(property, inside, isRoot ? name : `${path}.${name}`);
  });
  for (const name of required) {
    if (!Object.hasOwn(value, name)) says.push(`${path}.${name} in body is required`);
  }
  return says;
}
