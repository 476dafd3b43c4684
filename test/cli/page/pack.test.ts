import fc from "fast-check";
import { expect, test } from "vitest";
import { pack, unpack } from "../../../cli/page/pack.ts";

test("what is packed comes out as it was", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const table = JSON.parse(JSON.stringify(pack(value)));
      // As JSON has it: without the sign of a zero.
      expect(unpack(table)).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test("a key of an object is only a key", () => {
  const value: unknown = JSON.parse('{"__proto__": {"a": 1}, "constructor": "b"}');
  const found = unpack(pack(value)) as object;
  expect(JSON.stringify(found)).toBe(JSON.stringify(value));
  expect(Object.getPrototypeOf(found)).toBe(Object.prototype);
});

test("what is equal stands once, and is one object when it comes out", () => {
  const owner = { type: "apisix:Route", name: "httpbin" };
  const table = pack([{ owner }, { owner: { ...owner } }]);
  expect(JSON.stringify(table).match(/httpbin/g)).toHaveLength(1);
  const [first, second] = unpack(table) as { owner: object }[];
  expect(first?.owner).toBe(second?.owner);
});

test("every text goes through the function that is given, keys too", () => {
  const table = pack({ a: ["b"], c: { d: "b" } }, (text) => text.toUpperCase());
  expect(unpack(table)).toEqual({ A: ["B"], C: { D: "B" } });
});
