import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { shapeOf } from "../../provider/model/fields.ts";
import { KINDS } from "../../provider/model/kinds.ts";
import { formatPath } from "../../provider/model/paths.ts";
import { validate } from "../../provider/model/validate.ts";
import { described } from "../../provider/model/walk.ts";
import { anyArgs, SEED, validArgs } from "../support/arbitraries.ts";

const RUNS = { seed: SEED, numRuns: 400 };

describe.each(KINDS)("arguments that tests make of the schema of $type", { timeout: 60_000 }, (kind) => {
  test("are refused in a third of all cases or so", () => {
    const refused = fc.sample(anyArgs(kind), RUNS).filter((args) => validate(kind, args).length > 0);
    expect(refused.length).toBeGreaterThan(RUNS.numRuns / 5);
    expect(refused.length).toBeLessThan(RUNS.numRuns / 2);
  });

  test("have every field in some right ones", () => {
    const met = new Set(
      fc
        .sample(validArgs(kind), RUNS)
        .flatMap((args) => [...described(kind.schema, args)].map(({ path }) => formatPath(path))),
    );
    expect(Object.keys(shapeOf(kind.schema) ?? {}).filter((field) => !met.has(field))).toEqual([]);
  });
});
