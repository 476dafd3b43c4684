import * as fc from "fast-check";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import { describe, expect, it } from "vitest";
import type { Json, JsonObject } from "../../provider/model/fields.ts";
import { decodeStruct, encodeStruct } from "../../provider/plugin/struct.ts";
import { Reader, WireError, Writer } from "../../provider/plugin/wire.ts";

const marked = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };

const key = fc
  .oneof(fc.string({ unit: "binary" }), fc.constantFrom("toString", "a.b", ""))
  // google-protobuf takes this key for the object's prototype.
  .filter((text) => text !== "__proto__");

/** Properties as they travel: JSON with Pulumi's special forms in any place. */
const properties = fc.letrec<{ value: Json; object: JsonObject }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.string({ unit: "binary" }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer(),
    fc.boolean(),
    fc.constantFrom(null, "", 0, -0, "04da6b54-80e4-46f7-96ec-b56ff0331ba9", [], {}),
    fc.array(tie("value"), { maxLength: 5 }),
    tie("object"),
    tie("value").map((value) => ({ ...marked, value }) as JsonObject),
  ),
  object: fc.dictionary(key, tie("value"), { maxKeys: 5, noNullPrototype: true }),
})).object;

/** The value inside as many lists. */
function inLists(depth: number): JsonObject {
  let value: Json = 1;
  for (let level = 0; level < depth; level += 1) value = [value];
  return { value };
}

/** The bytes of a Struct as many objects deep, made from the inside. */
function nestedBytes(depth: number): Buffer {
  const writer = new Writer();
  for (let level = 0; level < depth; level += 1) {
    // Around a Struct: Value.struct_value, Entry.value, Struct.fields.
    for (const tag of [5 * 8 + 2, 2 * 8 + 2, 1 * 8 + 2]) {
      writer.integer(writer.length);
      writer.integer(tag);
    }
  }
  return writer.finish();
}

describe("Struct", () => {
  it("is read as google-protobuf has written it", () => {
    fc.assert(
      fc.property(properties, (given) => {
        const bytes = struct.Struct.fromJavaScript(given).serializeBinary();
        expect(decodeStruct(bytes)).toStrictEqual(given);
      }),
    );
  });

  it("is written so that google-protobuf reads it, in as many bytes as it writes", () => {
    fc.assert(
      fc.property(properties, (given) => {
        const bytes = encodeStruct(given);
        expect(struct.Struct.deserializeBinary(bytes).toJavaScript()).toStrictEqual(given);
        expect(bytes.length).toBe(struct.Struct.fromJavaScript(given).serializeBinary().length);
      }),
    );
  });

  it("keeps keys that mean something to JavaScript, in objects of the usual kind", () => {
    const given = JSON.parse(
      '{"__proto__":{"polluted":true},"constructor":{"prototype":1},"list":[{"__proto__":null}]}',
    );
    const read = decodeStruct(encodeStruct(given));
    expect(JSON.stringify(read)).toBe(JSON.stringify(given));
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
    expect(({} as JsonObject).polluted).toBeUndefined();
  });

  it("writes what is no JSON as JSON.stringify does", () => {
    const given = {
      gone: undefined,
      call: () => 1,
      list: [undefined, Number.NaN, Number.POSITIVE_INFINITY, Symbol("x")],
      when: new Date(0),
      half: "\ud800",
    } as unknown as JsonObject;
    expect(decodeStruct(encodeStruct(given))).toStrictEqual({
      list: [null, null, null, null],
      when: "1970-01-01T00:00:00.000Z",
      half: "\ufffd",
    });
    expect(() => encodeStruct({ large: 1n } as unknown as JsonObject)).toThrow(WireError);
  });

  it("passes over fields that it does not know, and takes the last of repeated ones", () => {
    const varint = [15 * 8 + 0, 200, 1];
    const fixed64 = [14 * 8 + 1, 1, 2, 3, 4, 5, 6, 7, 8];
    const bytes = [13 * 8 + 2, 2, 255, 255];
    const fixed32 = [12 * 8 + 5, 1, 2, 3, 4];
    const unknown = Buffer.from([...varint, ...fixed64, ...bytes, ...fixed32]);
    const all = Buffer.concat([encodeStruct({ a: 1, b: 1 }), unknown, encodeStruct({ a: 2 })]);
    expect(decodeStruct(all)).toEqual({ a: 2, b: 1 });
  });

  it("is as deep as 1,000 lists or objects; what is deeper is an error, however deep", () => {
    const deep = inLists(999);
    expect(decodeStruct(encodeStruct(deep))).toStrictEqual(deep);
    expect(Object.keys(decodeStruct(nestedBytes(1000)))).toEqual([""]);
    expect(() => encodeStruct(inLists(1001))).toThrow(WireError);
    expect(() => decodeStruct(nestedBytes(2000))).toThrow(WireError);
    expect(() => decodeStruct(nestedBytes(200_000))).toThrow(WireError);
    const circle: JsonObject = {};
    circle.circle = circle;
    expect(() => encodeStruct(circle)).toThrow(WireError);
  });

  it("of bytes that end too early is an error, wherever they end inside a field", () => {
    const given = {
      text: "hällo",
      number: 1.5,
      flag: true,
      none: null,
      object: { list: [1, "two", { three: 3 }] },
    };
    const bytes = encodeStruct(given);
    const ends = new Set([0]);
    for (let keys = 1; keys <= 5; keys += 1)
      ends.add(encodeStruct(Object.fromEntries(Object.entries(given).slice(0, keys))).length);
    for (let length = 0; length <= bytes.length; length += 1) {
      const part = bytes.subarray(0, length);
      if (ends.has(length)) expect(Object.keys(decodeStruct(part)).length).toBeLessThanOrEqual(5);
      else expect(() => decodeStruct(part)).toThrow(WireError);
    }
  });

  it("of any bytes is an object or an error, soon", () => {
    const damaged = fc
      .tuple(properties, fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 5 }))
      .map(([given, changes]) => {
        const bytes = encodeStruct(given);
        if (bytes.length > 0) for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
        return bytes;
      });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), damaged), (bytes) => {
        try {
          expect(typeof decodeStruct(bytes)).toBe("object");
        } catch (error) {
          expect(error).toBeInstanceOf(WireError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe("An integer", () => {
  it("of any size and sign is read as it was written", () => {
    const any = fc.oneof(
      fc.maxSafeInteger(),
      fc.integer(),
      fc.nat(300),
      fc.constantFrom(2 ** 31, 2 ** 32, -(2 ** 31)),
    );
    fc.assert(
      fc.property(any, (given) => {
        const writer = new Writer();
        writer.integer(given);
        expect(new Reader(writer.finish()).integer()).toBe(given);
      }),
    );
  });
});
