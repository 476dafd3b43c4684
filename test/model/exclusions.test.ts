import { describe, expect, test } from "vitest";
import * as z from "zod";
import {
  allOrNone,
  atLeastOneOf,
  atMostOneOf,
  type Exclusion,
  exactlyOneOf,
  excluding,
} from "../../provider/model/exclusions.ts";
import { type JsonObject, UNKNOWN } from "../../provider/model/fields.ts";
import { validate } from "../../provider/model/validate.ts";

const field = z.string().optional();
const one = z.strictObject({ a: field, b: field, c: field, d: field });

/** What is wrong with an object that stands at different depths: in a field, a list, a map, a union. */
function problems(exclusion: Exclusion, value: JsonObject): string[] {
  const inner = excluding(one, exclusion);
  const schema = z.strictObject({
    field: inner.optional(),
    list: z.array(inner).optional(),
    map: z.record(z.string(), inner).optional(),
    union: z.union([z.string(), inner]).optional(),
  });
  const read = (args: JsonObject) =>
    validate({ schema }, args).map(({ path, reason }) => `${path}: ${reason}`);
  const found = read({ field: value });
  const elsewhere = { "list[1]": { list: [{ a: "", b: "" }, value] }, "map.x": { map: { x: value } } };
  for (const [at, args] of Object.entries({ ...elsewhere, union: { union: value } })) {
    const here = read(args as JsonObject).filter((text) => text.startsWith(at));
    expect(here).toEqual(found.map((text) => text.replace("field", at)));
  }
  return found;
}

describe("which fields go together is judged wherever the object stands:", () => {
  test("exactly one of two", () => {
    const rule = exactlyOneOf(["a", "b"], { missing: "it needs a or b" });
    expect(problems(rule, { a: "" })).toEqual([]);
    expect(problems(rule, {})).toEqual(["field.a: is missing; it needs a or b"]);
    expect(problems(rule, { a: "x", b: "y" })).toEqual([
      'field.a: "x" does not go with b; keep one of the two',
    ]);
  });

  test("exactly one of several, of which none is wrong by itself", () => {
    const rule = exactlyOneOf(["a", "b", "c"], { several: "the server would take one" });
    expect(problems(rule, { c: "" })).toEqual([]);
    expect(problems(rule, {})).toEqual(["field: is empty; give exactly one of a, b, c"]);
    expect(problems(rule, { a: "", c: "" })).toEqual([
      "field: has a and c, of which the server would take one; give exactly one of a, b, c",
    ]);
  });

  test("one field, or several that go together", () => {
    const rule = exactlyOneOf(["a", ["b", "c"]]);
    expect(problems(rule, { b: "", c: "" })).toEqual([]);
    expect(problems(rule, { b: "" })).toEqual(["field.c: is missing; b and c go together"]);
    expect(problems(rule, { a: "x", c: "" })).toEqual([
      'field.a: "x" does not go with b and c; keep one of the two',
    ]);
  });

  test("at most one", () => {
    expect(problems(atMostOneOf(["a", "b"]), {})).toEqual([]);
    expect(problems(atMostOneOf(["a", "b"]), { a: "x", b: "" })).toEqual([
      'field.a: "x" does not go with b; keep one of the two',
    ]);
  });

  test("at least one, and what looks like one and is none", () => {
    const notEnough = { field: "d", reason: "is not enough", hint: "add a" };
    const rule = atLeastOneOf(["a", "b", "c"], { at: "b", missing: "it needs one", notEnough });
    expect(problems(rule, { a: "", b: "", c: "" })).toEqual([]);
    expect(problems(rule, {})).toEqual(["field.b: is missing; it needs one"]);
    expect(problems(rule, { d: "x" })).toEqual(['field.d: "x" is not enough; add a']);
  });

  test("all or none", () => {
    expect(problems(allOrNone("a", "b"), {})).toEqual([]);
    expect(problems(allOrNone("a", "b"), { b: "" })).toEqual(["field.a: is missing; a and b go together"]);
  });

  test("what is not known yet is given", () => {
    expect(problems(atMostOneOf(["a", "b"]), { a: UNKNOWN, b: UNKNOWN })).toHaveLength(1);
    expect(problems(exactlyOneOf(["a", "b"]), { b: UNKNOWN })).toEqual([]);
  });
});
