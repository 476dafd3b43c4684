import type { Json, JsonObject } from "../model/fields.ts";
import { BYTES, FIXED64, Reader, VARINT, WireError, Writer } from "./wire.ts";

/**
 * `google.protobuf.Struct`, in which Pulumi's protocol carries all properties: a JSON object as protobuf. google-protobuf
 * makes an object of every value on the way, which takes six times as long.
 *
 * Pulumi's special forms (secrets, unknown values, assets) stay what they are in JSON: objects with a key of their own, and
 * texts.
 */

/** Lists and objects inside one another deeper than this are refused, before the stack of calls is used up. */
const DEEPEST = 1000;

// The one of these fields of a Value that is there says what it is.
const NULL = 1 * 8 + VARINT;
const NUMBER = 2 * 8 + FIXED64;
const TEXT = 3 * 8 + BYTES;
const BOOLEAN = 4 * 8 + VARINT;
const OBJECT = 5 * 8 + BYTES;
const LIST = 6 * 8 + BYTES;

// A Struct is a list of entries, and a ListValue a list of Values, both under the number 1.
const ELEMENT = 1 * 8 + BYTES;
const KEY = 1 * 8 + BYTES;
const VALUE = 2 * 8 + BYTES;

/** Reads the bytes of a Struct. */
export function decodeStruct(bytes: Uint8Array): JsonObject {
  return readStruct(new Reader(bytes));
}

/** Writes the bytes of a Struct. */
export function encodeStruct(value: JsonObject): Buffer {
  const writer = new Writer();
  writeStruct(writer, value);
  return writer.finish();
}

/** Reads a Struct up to the end of the message that the reader is in. */
export function readStruct(reader: Reader): JsonObject {
  const object: JsonObject = {};
  while (reader.more) {
    const tag = reader.tag();
    if (tag === ELEMENT) readEntry(reader, object);
    else reader.skip(tag);
  }
  return object;
}

function readEntry(reader: Reader, object: JsonObject): void {
  const outer = reader.enter();
  let key = "";
  let value: Json | undefined;
  while (reader.more) {
    const tag = reader.tag();
    if (tag === KEY) key = reader.text();
    else if (tag === VALUE) value = readValue(reader);
    else reader.skip(tag);
  }
  reader.leave(outer);
  if (value === undefined) throw new WireError(`${JSON.stringify(key)} has no value`);
  setOwn(object, key, value);
}

/** Sets a property under any name. Assigned to `__proto__`, a value would become the object's prototype. */
export function setOwn<Value>(object: Record<string, Value>, key: string, value: Value): void {
  if (key !== "__proto__") object[key] = value;
  else Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
}

function readValue(reader: Reader): Json {
  const outer = reader.enter();
  let value: Json | undefined;
  while (reader.more) {
    const tag = reader.tag();
    if (tag === TEXT) value = reader.text();
    else if (tag === NUMBER) value = reader.double();
    else if (tag === BOOLEAN) value = reader.integer() !== 0;
    else if (tag === OBJECT) {
      const behind = reader.enter();
      value = readStruct(reader);
      reader.leave(behind);
    } else if (tag === LIST) value = readList(reader);
    else if (tag === NULL) {
      reader.integer();
      value = null;
    } else reader.skip(tag);
  }
  reader.leave(outer);
  if (value === undefined) throw new WireError("a value is of no kind");
  return value;
}

function readList(reader: Reader): Json[] {
  const outer = reader.enter();
  const list: Json[] = [];
  while (reader.more) {
    const tag = reader.tag();
    if (tag === ELEMENT) list.push(readValue(reader));
    else reader.skip(tag);
  }
  reader.leave(outer);
  return list;
}

/**
 * Writes a Struct without a length before it. What is no JSON is written as JSON.stringify does: what is undefined is left
 * out of objects and null in lists, NaN is null, a Date is its text.
 */
export function writeStruct(writer: Writer, value: JsonObject, depth = 0): void {
  const keys = Object.keys(value);
  for (let index = keys.length - 1; index >= 0; index -= 1) {
    const key = keys[index] as string;
    const inner = jsonOf(value[key]);
    if (inner === undefined) continue;
    const end = writer.length;
    writeValue(writer, inner, depth);
    writer.integer(VALUE);
    writer.text(key);
    writer.integer(KEY);
    writer.integer(writer.length - end);
    writer.integer(ELEMENT);
  }
}

/** Writes a Value with its length before it. */
function writeValue(writer: Writer, value: Json, depth: number): void {
  const end = writer.length;
  if (typeof value === "string") {
    writer.text(value);
    writer.integer(TEXT);
  } else if (typeof value === "number") {
    writer.double(value);
    writer.integer(NUMBER);
  } else if (typeof value === "boolean") {
    writer.integer(value ? 1 : 0);
    writer.integer(BOOLEAN);
  } else if (value === null) {
    writer.integer(0);
    writer.integer(NULL);
  } else {
    if (depth >= DEEPEST) throw new WireError(`values are nested more than ${DEEPEST} deep`);
    if (Array.isArray(value)) writeList(writer, value, depth + 1);
    else writeStruct(writer, value, depth + 1);
    writer.integer(writer.length - end);
    writer.integer(Array.isArray(value) ? LIST : OBJECT);
  }
  writer.integer(writer.length - end);
}

function writeList(writer: Writer, list: Json[], depth: number): void {
  for (let index = list.length - 1; index >= 0; index -= 1) {
    writeValue(writer, jsonOf(list[index]) ?? null, depth);
    writer.integer(ELEMENT);
  }
}

/** The JSON that stands for any value, without what is inside it; undefined for what JSON leaves out. */
function jsonOf(value: unknown): Json | undefined {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      return Number.isFinite(value) ? value : null;
    case "object":
      if (value === null) return null;
      return "toJSON" in value && typeof value.toJSON === "function"
        ? jsonOf(value.toJSON())
        : (value as Json);
    case "bigint":
      throw new WireError("a number is too large for JSON");
    default:
      return undefined;
  }
}
