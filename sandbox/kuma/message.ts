import { base64ErrorOffset, normalBase64 } from "./go/base64.ts";
import { DecodeError } from "./go/decode-error.ts";
import { formatSeconds, parseDuration } from "./go/duration.ts";
import { jsonSyntaxError, jsonTypeName } from "./go/json.ts";
import { quote } from "./go/quote.ts";

/** A JSON object. */
export type Fields = Record<string, unknown>;

/**
 * Reads the JSON of a protobuf message's field; gives what the control plane writes again, where undefined is
 * absent. Throws `DecodeError`.
 */
export type FieldDecoder = (value: unknown) => unknown;

/** Whether a JSON value is an object. */
export const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function mismatch(value: unknown, goType: string): DecodeError {
  return new DecodeError(`json: cannot unmarshal ${jsonTypeName(value)} into Go value of type ${goType}`);
}

/** A text that stays even if it is empty (a wrapper type, or a member of a oneof). */
export const textValue: FieldDecoder = (value) => {
  if (value === null) return "";
  if (typeof value !== "string") throw mismatch(value, "string");
  return value;
};

/** A text; an empty one is absent. */
export const text: FieldDecoder = (value) => textValue(value) || undefined;

/** A boolean that stays even if it is false (a wrapper type). */
export const flagValue: FieldDecoder = (value) => {
  if (value === null) return false;
  if (typeof value !== "boolean") throw mismatch(value, "bool");
  return value;
};

/** A boolean; false is absent. */
export const flag: FieldDecoder = (value) => flagValue(value) || undefined;

/** A number, also written as a text, that stays even if it is zero. */
const numberValue =
  (goType: string, low: number, high: number): FieldDecoder =>
  (value) => {
    if (value === null) return 0;
    const number = typeof value === "string" ? numberOfText(value, goType) : value;
    if (typeof number !== "number") throw mismatch(number, goType);
    const isWhole = goType.startsWith("float") || Number.isInteger(number);
    if (!isWhole || number < low || number > high) {
      throw new DecodeError(`json: cannot unmarshal number ${number} into Go value of type ${goType}`);
    }
    return number;
  };

/** Go takes the quotation marks off and reads what is left as JSON. */
function numberOfText(text: string, goType: string): unknown {
  if (goType.startsWith("float") && ["NaN", "Infinity", "-Infinity"].includes(text)) return Number(text);
  const problem = jsonSyntaxError(text);
  if (problem) throw new DecodeError(problem);
  const value: unknown = JSON.parse(text);
  return value === null ? 0 : value;
}

const orAbsent =
  (decode: FieldDecoder): FieldDecoder =>
  (value) =>
    decode(value) || undefined;

/** An unsigned number of 32 bits that stays even if it is zero. */
export const uint32Value = numberValue("uint32", 0, 0xffffffff);

/** An unsigned number of 32 bits, also written as a text; zero is absent. */
export const uint32 = orAbsent(uint32Value);

/** A number of 32 bits; zero is absent. */
export const int32 = orAbsent(numberValue("int32", -(2 ** 31), 2 ** 31 - 1));

/** A floating point number that stays even if it is zero. */
export const doubleValue = numberValue("float64", -Number.MAX_VALUE, Number.MAX_VALUE);

/** A floating point number of 32 bits that stays even if it is zero. */
export const floatValue = numberValue("float32", -3.4028235677973366e38, 3.4028235677973366e38);

/** A floating point number; zero is absent. */
export const double = orAbsent(doubleValue);

/** An unsigned number of 64 bits that stays even if it is zero; it is written as a text. */
const uint64Value: FieldDecoder = (value) => String(numberValue("uint64", 0, 2 ** 64)(value));

/** An unsigned number of 64 bits; zero is absent. */
export const uint64: FieldDecoder = (value) => {
  const decoded = uint64Value(value);
  return decoded === "0" ? undefined : decoded;
};

/** Base64 text that stays even if it is empty. */
export const bytesValue: FieldDecoder = (value) => {
  if (value === null) return "";
  if (Array.isArray(value)) return Buffer.from(value.map(byteOf)).toString("base64");
  if (typeof value !== "string") throw mismatch(value, "[]uint8");
  const offset = base64ErrorOffset(value);
  if (offset !== undefined) throw new DecodeError(`illegal base64 data at input byte ${offset}`);
  return normalBase64(value);
};

/** Go reads a list of numbers as bytes, too. */
function byteOf(value: unknown): number {
  const number = value ?? 0;
  if (typeof number !== "number") throw mismatch(number, "uint8");
  if (Number.isInteger(number) && number >= 0 && number < 256) return number;
  throw new DecodeError(`json: cannot unmarshal number ${number} into Go value of type uint8`);
}

/** A duration; it is written in seconds. */
export const duration: FieldDecoder = (value) => {
  if (typeof value !== "string") throw mismatch(value, "string");
  try {
    return formatSeconds(parseDuration(value));
  } catch (error) {
    throw error instanceof DecodeError ? new DecodeError(`bad Duration: ${error.message}`) : error;
  }
};

/** One of the given names, or its number; the first is the zero value, which is absent. */
export const oneOfNames =
  (type: string, ...names: string[]): FieldDecoder =>
  (value) => {
    const decoded = oneOfNamesValue(type, ...names)(value);
    return decoded === names[0] ? undefined : decoded;
  };

/** One of the given names, or its number. */
export const oneOfNamesValue =
  (type: string, ...names: string[]): FieldDecoder =>
  (value) => {
    if (value === null) return names[0];
    if (typeof value === "string") {
      // A number without a name has an empty one here.
      if (value !== "" && names.includes(value)) return value;
      throw new DecodeError(`unknown value ${quote(JSON.stringify(value))} for enum ${type}`);
    }
    const number = numberValue("protoreflect.EnumNumber", -(2 ** 31), 2 ** 31 - 1)(value);
    return names[Number(number)] ?? number;
  };

/** Anything, kept as it is. */
export const open: FieldDecoder = (value) => value;

/** An object with any content. */
export const struct: FieldDecoder = (value) => {
  if (!isFields(value)) {
    const problem = mismatch(value, "map[string]json.RawMessage");
    throw new DecodeError(`bad StructValue: ${problem.message}`);
  }
  return value;
};

/** A list; an empty one is absent. */
export const list =
  (item: FieldDecoder): FieldDecoder =>
  (value) => {
    if (!Array.isArray(value)) throw mismatch(value, "[]json.RawMessage");
    return value.length === 0 ? undefined : value.map(item);
  };

/** A map from text to values; an empty one is absent. */
export const map =
  (item: FieldDecoder): FieldDecoder =>
  (value) => {
    if (!isFields(value)) throw mismatch(value, "map[string]json.RawMessage");
    const entries = Object.entries(value).map(([key, entry]) => [key, item(entry)] as const);
    return entries.length === 0 ? undefined : Object.fromEntries(entries);
  };

/**
 * An object with these fields: others are dropped in silence, and null is absent. The fields have the names that
 * they have in the protobuf file; one that is written with underscores there is read with and without them.
 */
export const message =
  (fields: Record<string, FieldDecoder>): ((value: unknown) => Fields) =>
  (value) => {
    if (value === null) return {};
    if (!isFields(value)) throw mismatch(value, "map[string]json.RawMessage");
    const result: Fields = {};
    for (const [name, decode] of Object.entries(fields)) {
      const jsonName = withoutUnderscores(name);
      const field = value[jsonName] ?? value[name];
      if (field === undefined || field === null) continue;
      const decoded = decode(field);
      if (decoded !== undefined) result[jsonName] = decoded;
    }
    return result;
  };

const withoutUnderscores = (name: string): string =>
  name.replaceAll(/_([a-z0-9])/g, (_all, letter: string) => letter.toUpperCase());

/** An object with at most one of these fields: of several the last one declared wins in silence. */
export const oneOf =
  (fields: Record<string, FieldDecoder>): FieldDecoder =>
  (value) =>
    Object.fromEntries(Object.entries(message(fields)(value)).slice(-1));

/** An object with the fields of all these. */
export const merged =
  (...parts: FieldDecoder[]): FieldDecoder =>
  (value) =>
    Object.assign({}, ...parts.map((part) => part(value)));

/** A certificate or key: by reference or in place. */
export const dataSource = oneOf({
  secret: textValue,
  file: textValue,
  inline: bytesValue,
  inlineString: textValue,
});
