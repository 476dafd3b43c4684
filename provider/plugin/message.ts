import type { JsonObject } from "../model/fields.ts";
import { readStruct, setOwn, writeStruct } from "./struct.ts";
import { BYTES, FIXED64, Reader, VARINT, WireError, Writer } from "./wire.ts";

/**
 * Messages of protobuf as tables: `message({ id: text(1), properties: struct(2) })` says how `{ id, properties }` stands in
 * bytes. As protobuf has it, a field that is not there reads as what means nothing (`""`, `0`, `false`, `[]`), or as undefined
 * where it is `optional`; and fields that the table has not are passed over.
 */

/** A field of a message: its number, and how its value is read and written. */
export interface Field<Value> {
  readonly number: number;
  /** Its wire type. */
  readonly type: number;
  /** What the field is where the bytes have none. */
  initial(): Value;
  /** True for a value that is not written, since nothing means the same. */
  isLeftOut(value: Value): boolean;
  /** Reads one value from behind its tag. A value that repeats joins what was read before. */
  read(reader: Reader, before: Value): Value;
  /** Writes the value with its tag. */
  write(writer: Writer, value: Value): void;
}

/** A kind of message. */
export interface Message<Value> {
  /** Reads the bytes of a message; a `WireError` where they are none. */
  decode(bytes: Uint8Array): Value;
  /** Writes the bytes of a message. Fields that are left out are as in {@link Field.initial}. */
  encode(value: Partial<Value>): Buffer;
  /** Reads up to the end of the message that the reader is in. */
  read(reader: Reader): Value;
  /** Writes the message without its length. */
  write(writer: Writer, value: Partial<Value>): void;
}

/** What a message reads and writes. */
export type MessageOf<M> = M extends Message<infer Value> ? Value : never;

/** A kind of message with these fields. */
export function message<Value extends object>(
  fields: {
    readonly [Name in keyof Value]: Field<Value[Name]>;
  },
): Message<Value> {
  const table = Object.entries(fields) as [keyof Value, Field<Value[keyof Value]>][];
  // From the last to the first, since a writer begins at the end.
  table.sort(([, a], [, b]) => b.number - a.number);
  const byTag = new Map(table.map(([name, field]) => [field.number * 8 + field.type, { name, field }]));
  function read(reader: Reader): Value {
    const value = {} as Value;
    for (const [name, field] of table) value[name] = field.initial();
    while (reader.more) {
      const tag = reader.tag();
      const known = byTag.get(tag);
      if (known) value[known.name] = known.field.read(reader, value[known.name]);
      else reader.skip(tag);
    }
    return value;
  }
  function write(writer: Writer, value: Partial<Value>): void {
    for (const [name, field] of table) {
      const given = value[name];
      if (given !== undefined && !field.isLeftOut(given)) field.write(writer, given);
    }
  }
  return {
    read,
    write,
    decode: (bytes) => read(new Reader(bytes)),
    encode(value) {
      const writer = new Writer();
      write(writer, value);
      return writer.finish();
    },
  };
}

/** A field with one value, which is left out where it is `none`. */
function scalar<Value>(
  number: number,
  type: number,
  none: Value,
  read: (reader: Reader) => Value,
  write: (writer: Writer, value: Value) => void,
): Field<Value> {
  return {
    number,
    type,
    initial: () => none,
    isLeftOut: (value) => value === none,
    read,
    write(writer, value) {
      write(writer, value);
      writer.tag(number, type);
    },
  };
}

/** A text. */
export function text(number: number): Field<string> {
  return scalar(
    number,
    BYTES,
    "",
    (reader) => reader.text(),
    (writer, value) => writer.text(value),
  );
}

/** True or false. */
export function flag(number: number): Field<boolean> {
  return scalar<boolean>(
    number,
    VARINT,
    false,
    (reader) => reader.integer() !== 0,
    (writer, value) => writer.integer(value ? 1 : 0),
  );
}

/** An integer with a sign. */
export function integer(number: number): Field<number> {
  return scalar(
    number,
    VARINT,
    0,
    (reader) => reader.integer(),
    (writer, value) => writer.integer(value),
  );
}

/** A number with a fraction. */
export function double(number: number): Field<number> {
  return scalar(
    number,
    FIXED64,
    0,
    (reader) => reader.double(),
    (writer, value) => writer.double(value),
  );
}

/** One of these names, which protobuf counts from 0; the first is what stands for none. */
export function oneOf<const Name extends string>(
  number: number,
  names: readonly [Name, ...Name[]],
): Field<Name> {
  const read = (reader: Reader) => {
    const index = reader.integer();
    const name = names[index];
    if (name === undefined) throw new WireError(`${index} stands for none of ${names.join(", ")}`);
    return name;
  };
  return scalar(number, VARINT, names[0], read, (writer, name) => writer.integer(names.indexOf(name)));
}

/** Bytes. */
export function bytes(number: number): Field<Uint8Array> {
  const none: Uint8Array = new Uint8Array();
  const field = scalar(
    number,
    BYTES,
    none,
    (reader) => reader.bytes(),
    (writer, value) => writer.bytes(value),
  );
  return { ...field, isLeftOut: (value) => value.length === 0 };
}

/** A field with a message or a Struct in it, which is always written. */
function nested<Value>(
  number: number,
  initial: () => Value,
  read: (reader: Reader) => Value,
  write: (writer: Writer, value: Value) => void,
): Field<Value> {
  return {
    number,
    type: BYTES,
    initial,
    isLeftOut: () => false,
    read(reader) {
      const outer = reader.enter();
      const value = read(reader);
      reader.leave(outer);
      return value;
    },
    write(writer, value) {
      const end = writer.length;
      write(writer, value);
      writer.integer(writer.length - end);
      writer.tag(number, BYTES);
    },
  };
}

/** Properties: a JSON object. */
export function struct(number: number): Field<JsonObject> {
  return nested(number, () => ({}), readStruct, writeStruct);
}

/** A message inside the message. */
export function embedded<Value>(number: number, kind: Message<Value>): Field<Value> {
  return nested(number, () => kind.decode(new Uint8Array()), kind.read, kind.write);
}

/** The field may not be there, which is something else than its being empty. */
export function optional<Value>(field: Field<Value>): Field<Value | undefined> {
  return {
    number: field.number,
    type: field.type,
    initial: () => undefined,
    isLeftOut: (value) => value === undefined,
    read: (reader) => field.read(reader, field.initial()),
    write(writer, value) {
      if (value !== undefined) field.write(writer, value);
    },
  };
}

/** Any number of such values. */
export function list<Value>(field: Field<Value>): Field<Value[]> {
  return {
    number: field.number,
    type: field.type,
    initial: () => [],
    isLeftOut: (values) => values.length === 0,
    read(reader, before) {
      before.push(field.read(reader, field.initial()));
      return before;
    },
    write(writer, values) {
      for (const value of values.toReversed()) field.write(writer, value);
    },
  };
}

/** Any number of messages under names. */
export function map<Value>(number: number, kind: Message<Value>): Field<Record<string, Value>> {
  const entry = embedded(number, message({ key: optional(text(1)), value: embedded(2, kind) }));
  return {
    number,
    type: BYTES,
    initial: () => ({}),
    isLeftOut: (values) => Object.keys(values).length === 0,
    read(reader, before) {
      const { key, value } = entry.read(reader, entry.initial());
      setOwn(before, key ?? "", value);
      return before;
    },
    write(writer, values) {
      for (const [key, value] of Object.entries(values).toReversed()) entry.write(writer, { key, value });
    },
  };
}
