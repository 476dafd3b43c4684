import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonical } from "../../provider/model/canonical.ts";
import { isObject, type JsonObject } from "../../provider/model/fields.ts";
import type { Kind } from "../../provider/model/kind.ts";
import { KINDS } from "../../provider/model/kinds.ts";
import { formatPath } from "../../provider/model/paths.ts";
import { spellingsOf } from "../../provider/model/walk.ts";
import { SEED, validArgs } from "../support/arbitraries.ts";
import { kept } from "../support/ignored.ts";
import { places } from "../support/paths-inside.ts";
import { choices, respelled } from "../support/respelling.ts";

/** Every place in some values, and the same with `*` for a key. */
function pathsIn(...values: JsonObject[]): string[] {
  const all = values.flatMap((value) => places(value));
  const wild = all.flatMap((path) =>
    path.map((_, index) => path.map((key, other) => (other === index && index > 0 ? "*" : key))),
  );
  return [...new Set([...all, ...wild].map(formatPath))];
}

/** Paths as they are, and an index or key for all. */
const seeds = fc.nat({ max: 2 ** 30 });
const RUNS = { seed: SEED, numRuns: 100 };

describe.each(KINDS)("of $type", (kind) => {
  const identity = Object.fromEntries(kind.identity.map((name) => [name, "x"]));
  const args = validArgs(kind).map(
    (some): JsonObject => ({
      ...some,
      ...identity,
      ...(some.type === undefined ? {} : { type: some.type }),
      ...(some.manager === undefined ? {} : { manager: some.manager }),
    }),
  );

  test.each([
    ["a state in the user's words", false],
    ["a state of version 0.2", true],
  ])("with %s, a program that means the same changes nothing, whatever is ignored", (_, isOld) => {
    fc.assert(
      fc.property(args, seeds, fc.array(fc.nat(), { minLength: 1, maxLength: 3 }), (old, seed, picks) => {
        const program = respelled(kind, old, choices(seed));
        const paths = pathsIn(old, program);
        const ignored = picks.map((pick) => paths[pick % paths.length] ?? "");
        const result = kept(kind, { old, program, ignored, isOld });
        expect(canonical(kind, result), ignored.join(" ")).toEqual(canonical(kind, old));
      }),
      RUNS,
    );
  });

  test.each([
    ["a state in the user's words", false],
    ["a state of version 0.2", true],
  ])("with %s, a field that is ignored stays as it was, and all others are the program's", (_, isOld) => {
    fc.assert(
      fc.property(args, args, seeds, fc.nat(), (one, other, seed, pick) => {
        const choose = choices(seed);
        const old = respelled(kind, one, choose);
        const program = respelled(kind, { ...one, ...other }, choose);
        const [was, now] = [canonical(kind, old), canonical(kind, program)];
        const fields = [...new Set([...Object.keys(was), ...Object.keys(now)])];
        const field = fields[pick % fields.length] ?? "";
        const result = kept(kind, { old, program, ignored: [nameOf(kind, field, program, old)], isOld });
        const { [field]: _now, ...rest } = now;
        const expected = { ...rest, ...(was[field] === undefined ? {} : { [field]: was[field] }) };
        expect(withoutFilledIn(canonical(kind, result)), field).toEqual(
          withoutFilledIn(canonical(kind, expected as JsonObject)),
        );
      }),
      RUNS,
    );
  });

  test("where a transform ignores something, a program that means the same changes nothing or is refused", () => {
    fc.assert(
      fc.property(args, seeds, fc.nat(), fc.boolean(), (old, seed, pick, isOld) => {
        const program = respelled(kind, old, choices(seed));
        const paths = pathsIn(old, program);
        const ignored = [paths[pick % paths.length] ?? ""];
        const result = orRefused(() => kept(kind, { old, program, ignored, isOld, byTransform: true }));
        if (result !== undefined)
          expect(canonical(kind, result), `${ignored} ${isOld}`).toEqual(canonical(kind, old));
      }),
      RUNS,
    );
  });
});

/** What the program calls a field; else what the state does. */
function nameOf(kind: Kind, field: string, ...values: JsonObject[]): string {
  const names = [field, ...(spellingsOf(kind.schema, {}, field) ?? [])];
  const said = values.map((value) => names.find((name) => (value[name] ?? null) !== null));
  return said.find((name) => name !== undefined) ?? field;
}

/** `passHost` depends on other fields where it is left out. */
function withoutFilledIn({ passHost: _, upstream: inner, ...rest }: JsonObject): JsonObject {
  return isObject(inner) ? { ...rest, upstream: withoutFilledIn(inner) } : rest;
}

function orRefused<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    expect((error as Error).message).toMatch(/run once without ignoreChanges/i);
    return undefined;
  }
}
