import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonical, without, withoutNothing } from "../../provider/model/canonical.ts";
import { bare, isObject, type Json, type JsonObject, sameJson } from "../../provider/model/fields.ts";
import type { Kind } from "../../provider/model/kind.ts";
import { KINDS } from "../../provider/model/kinds.ts";
import { isServerLabel } from "../../provider/model/kuma/labels.ts";
import { withoutOwnership } from "../../provider/model/owner.ts";
import { validate } from "../../provider/model/validate.ts";
import { spellingsOf } from "../../provider/model/walk.ts";
import { fromServer, toServer } from "../../provider/model/wire.ts";
import { inWordsOf } from "../../provider/model/words.ts";
import { SEED, validArgs } from "../support/arbitraries.ts";
import { choices, respelled } from "../support/respelling.ts";

const RUNS = { seed: SEED, numRuns: 100 };

/** Legal values of what names an object. */
const IDENTITY: JsonObject = { type: "MeshTimeout", manager: "vault" };

function identityOf(kind: Kind): JsonObject {
  return Object.fromEntries(kind.identity.map((name) => [name, IDENTITY[name] ?? "x"]));
}

function isValid(kind: Kind, args: JsonObject): boolean {
  return validate(kind, withoutNothing(args) as JsonObject).length === 0;
}

/** Fields of one and of the other, at any depth. */
function mixed(one: JsonObject, other: JsonObject, choose: (bound: number) => number): JsonObject {
  const mix = (a: Json | undefined, b: Json | undefined): Json | undefined => {
    const choice = choose(3);
    if (choice === 0) return a;
    return choice === 1 || !isObject(a) || !isObject(b) ? b : mixed(a, b, choose);
  };
  const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  const fields = keys.map((key) => [key, mix(one[key], other[key])] as const);
  return Object.fromEntries(fields.filter(([, value]) => value !== undefined)) as JsonObject;
}

describe.each(KINDS)("of $type", (kind) => {
  const identity = identityOf(kind);
  const args = validArgs(kind)
    .map((some): JsonObject => ({ ...some, ...identity }))
    .filter((some) => isValid(kind, some));
  const seeds = fc.nat({ max: 2 ** 30 });
  const words = fc
    .tuple(args, seeds)
    .map(([some, seed]) => respelled(kind, some, choices(seed)))
    .filter((some) => isValid(kind, some));
  const pairs = fc
    .tuple(words, args, seeds)
    .map(([some, other, seed]) => ({ words: some, other: mixed(some, other, choices(seed)) }))
    .filter(({ other }) => isValid(kind, other));

  test("arguments in other words have the same canonical form, which is its own", () => {
    fc.assert(
      fc.property(args, seeds, (some, seed) => {
        const form = canonical(kind, some);
        expect(canonical(kind, respelled(kind, some, choices(seed)))).toEqual(form);
        expect(canonical(kind, form)).toEqual(form);
      }),
      RUNS,
    );
  });

  // What is not sent does not come back.
  const local = Object.keys(kind.schema.shape).filter(
    (key) => bare(kind.schema.shape[key] as never).meta.local,
  );

  test("what a server has comes back as it went there", () => {
    fc.assert(
      fc.property(words, (some) => {
        const sent = without(canonical(kind, some), local);
        const there = JSON.parse(JSON.stringify(toServer(kind, sent))) as JsonObject;
        const labels = isObject(sent.labels) ? sent.labels : {};
        const seen = withoutOwnership(there, (key) => isServerLabel(there, key) && !(key in labels));
        expect(fromServer(kind, seen, identity)).toEqual(sent);
      }),
      RUNS,
    );
  });

  // The fields of a patch are said one by one, since a written default says something there.
  describe.skipIf(kind.patch)("what a server has, in the user's words,", () => {
    test("is what the user wrote where nothing differs", () => {
      fc.assert(
        fc.property(words, (some) => {
          const filled = kind.fill?.(some) ?? some;
          const said = inWordsOf(kind.schema, filled, canonical(kind, some));
          expect(said).toEqual(filled);
          // The very object, unless what several fields say together had to be compared.
          if (kind.canonical === undefined) expect(said).toBe(filled);
        }),
        RUNS,
      );
    });

    test("means exactly that, and could be written so", () => {
      fc.assert(
        fc.property(pairs, ({ words: some, other }) => {
          const found = canonical(kind, other);
          const said = inWordsOf(kind.schema, some, found) as JsonObject;
          expect(canonical(kind, said)).toEqual(found);
          expect(validate(kind, withoutNothing(said) as JsonObject)).toEqual([]);
        }),
        RUNS,
      );
    });

    test("keeps every field that means the same as it was written", () => {
      fc.assert(
        fc.property(pairs, ({ words: some, other }) => {
          const [before, found] = [canonical(kind, some), canonical(kind, other)];
          const said = inWordsOf(kind.schema, some, found) as JsonObject;
          for (const [key, value] of Object.entries(some)) {
            const [name = key] = spellingsOf(kind.schema, some, key) ?? [];
            const isSame = sameJson(before[name], found[name]);
            if (isSame && value !== null && name !== "upstream") expect(said[key], key).toEqual(value);
          }
        }),
        RUNS,
      );
    });
  });
});
