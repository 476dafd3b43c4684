import { base64ErrorOffset, jsonTypeName } from "./go.ts";

/** A JSON object. */
export type Fields = Record<string, unknown>;

/** Turns a JSON value into what the control plane stores; undefined means absent. Throws `DecodeError`. */
export type Decoder = (value: unknown) => unknown;

/** The value does not fit its field's type; the message is the one of Go's decoder. */
export class DecodeError extends Error {}

/** Whether a JSON value is an object. */
export const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function mismatch(value: unknown, goType: string): DecodeError {
  return new DecodeError(`json: cannot unmarshal ${jsonTypeName(value)} into Go value of type ${goType}`);
}

/** A text that stays even if it is empty (a wrapper type, or a member of a oneof). */
export const textValue: Decoder = (value) => {
  if (typeof value !== "string") throw mismatch(value, "string");
  return value;
};

/** A text; an empty one is absent. */
export const text: Decoder = (value) => textValue(value) || undefined;

/** A boolean that stays even if it is false (a wrapper type). */
export const flagValue: Decoder = (value) => {
  if (typeof value !== "boolean") throw mismatch(value, "bool");
  return value;
};

/** A boolean; false is absent. */
export const flag: Decoder = (value) => flagValue(value) || undefined;

/** An unsigned number of 32 bits, also written as a text; zero is absent. */
export const uint32: Decoder = (value) => {
  const number = typeof value === "string" && /^-?\d+$/.test(value) ? Number(value) : value;
  if (typeof number !== "number") throw mismatch(value, "uint32");
  if (!Number.isInteger(number) || number < 0 || number > 0xffffffff) {
    throw new DecodeError(`json: cannot unmarshal number ${number} into Go value of type uint32`);
  }
  return number || undefined;
};

/** Base64 text. */
export const bytes: Decoder = (value) => {
  if (typeof value !== "string") throw mismatch(value, "[]uint8");
  const offset = base64ErrorOffset(value);
  if (offset !== undefined) throw new DecodeError(`illegal base64 data at input byte ${offset}`);
  return value.replace(/[\r\n]/g, "");
};

/** One of the given names; the first is the zero value, which is absent. */
export const oneOfNames =
  (type: string, ...names: string[]): Decoder =>
  (value) => {
    if (typeof value !== "string" || !names.includes(value)) {
      throw new DecodeError(`unknown value ${JSON.stringify(value)} for enum ${type}`);
    }
    return value === names[0] ? undefined : value;
  };

/** Anything, kept as it is. */
export const open: Decoder = (value) => value;

/** A list; an empty one is absent. */
export const list =
  (item: Decoder): Decoder =>
  (value) => {
    if (!Array.isArray(value)) throw mismatch(value, "[]json.RawMessage");
    return value.length === 0 ? undefined : value.map(item);
  };

/** A map from text to values; an empty one is absent. */
export const map =
  (item: Decoder): Decoder =>
  (value) => {
    if (!isFields(value)) throw mismatch(value, "map[string]json.RawMessage");
    const entries = Object.entries(value).map(([key, entry]) => [key, item(entry)] as const);
    return entries.length === 0 ? undefined : Object.fromEntries(entries);
  };

/** An object with these fields: others are dropped in silence, and null is absent. */
export const message =
  (fields: Record<string, Decoder>): ((value: unknown) => Fields) =>
  (value) => {
    if (!isFields(value)) throw mismatch(value, "map[string]json.RawMessage");
    const result: Fields = {};
    for (const [name, decode] of Object.entries(fields)) {
      const field = value[name];
      if (field === undefined || field === null) continue;
      const decoded = decode(field);
      if (decoded !== undefined) result[name] = decoded;
    }
    return result;
  };

/** An object with at most one of these fields: of several the last one declared wins in silence. */
export const oneOf =
  (fields: Record<string, Decoder>): Decoder =>
  (value) =>
    Object.fromEntries(Object.entries(message(fields)(value)).slice(-1));

/** A certificate or key: by reference or in place. */
export const dataSource = oneOf({
  secret: textValue,
  file: textValue,
  inline: bytes,
  inlineString: textValue,
});
