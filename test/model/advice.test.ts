import * as fc from "fast-check";
import { expect, test } from "vitest";
import { KINDS, kindOf } from "../../provider/model/kinds.ts";
import { validate } from "../../provider/model/validate.ts";
import { follow, SORTS } from "../support/advice.ts";
import { anyArgs, SEED, validArgs } from "../support/arbitraries.ts";
import { nearly } from "../support/mostly-valid.ts";

/** Advice that seldom comes up among arguments that are drawn. */
const FEW = [
  {
    kind: kindOf("apisix:Upstream"),
    advice: "leave it out",
    args: { nodes: { "a.example:443": 1 }, scheme: "https", passHost: "node", tls: { verify: true } },
  },
  {
    kind: kindOf("kuma:MeshTimeout"),
    advice: "leave it out",
    args: {
      spec: {
        targetRef: { kind: "Mesh", proxyTypes: [] },
        to: [{ targetRef: { kind: "Mesh" }, default: { idleTimeout: "5s" } }],
      },
    },
  },
];

/** How often each sort of advice was followed. */
const followed = new Map<string, number>(SORTS.map((advice) => [advice, 0]));

test.each(KINDS)("what a refusal of $type proposes helps", (kind) => {
  const property = fc.property(fc.oneof(nearly(validArgs(kind)), anyArgs(kind)), (args) => {
    for (const problem of validate(kind, args)) {
      for (const { advice, args: changed, isStill } of follow(args, problem)) {
        followed.set(advice, (followed.get(advice) ?? 0) + 1);
        const again = validate(kind, changed).filter(isStill);
        expect(again, `${problem.path}: ${problem.reason} in ${JSON.stringify(args)}`).toEqual([]);
      }
    }
  });
  fc.assert(property, { seed: SEED, numRuns: 300 });
});

test.each(FEW)("what a refusal of $kind.type proposes helps: $advice", ({ kind, advice, args }) => {
  const steps = validate(kind, args).flatMap((problem) => follow(args, problem));
  const ways = steps.filter((step) => step.advice === advice);
  expect(ways).not.toEqual([]);
  for (const { args: changed } of ways) expect(validate(kind, changed)).toEqual([]);
  followed.set(advice, (followed.get(advice) ?? 0) + ways.length);
});

test("every sort of advice was followed", () => {
  expect([...followed].filter(([, times]) => times === 0)).toEqual([]);
});
