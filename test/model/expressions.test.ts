import * as fc from "fast-check";
import { expect, test } from "vitest";
import { varsProblem } from "../../provider/model/apisix/vars.ts";
import type { JsonObject } from "../../provider/model/fields.ts";
import { kindOf } from "../../provider/model/kinds.ts";
import { validate } from "../../provider/model/validate.ts";
import { expressionError } from "../../sandbox/apisix/expression.ts";
import { SEED } from "../support/arbitraries.ts";

const words = fc.constantFrom(
  "arg_a",
  "==",
  "=",
  "~=",
  "~~",
  "in",
  "IN",
  "has",
  "ipmatch",
  "!",
  "AND",
  "or",
  "!OR",
  "",
);
const values = fc.oneof(
  words,
  fc.constantFrom<unknown>(1, "1", "10.0.0.0/8", "10.0.0.1", "::1", "x/8", true, {}, ["a"], ["10.0.0.1"], []),
);
const conditions = fc.oneof(
  fc.tuple(fc.constant("arg_a"), words, values),
  fc.tuple(fc.constant("arg_a"), fc.constantFrom("!", "?"), words, values),
  fc.array(fc.oneof({ weight: 3, arbitrary: words }, values), { maxLength: 5 }),
);
const { expression } = fc.letrec<{ expression: unknown[] }>((tie) => ({
  expression: fc.oneof(
    { depthSize: "small" },
    conditions,
    fc.array(tie("expression"), { maxLength: 3 }),
    fc
      .tuple(fc.constantFrom("AND", "OR", "!and", "!OR"), fc.array(tie("expression"), { maxLength: 3 }))
      .map(([junction, parts]) => [junction, ...parts]),
  ),
}));

/** Whether the server takes an expression; over some it breaks. */
function isTaken(rule: unknown): boolean {
  try {
    return expressionError(rule) === undefined;
  } catch {
    return false;
  }
}

test("an expression is refused where the server refuses it or breaks over it, and nowhere else", () => {
  const verdicts = { taken: 0, refused: 0 };
  fc.assert(
    fc.property(expression, (rule) => {
      verdicts[isTaken(rule) ? "taken" : "refused"]++;
      const problem = varsProblem(rule);
      expect(problem === undefined, JSON.stringify([rule, problem])).toBe(isTaken(rule));
    }),
    { seed: SEED, numRuns: 20_000 },
  );
  expect(Math.min(verdicts.taken, verdicts.refused)).toBeGreaterThan(1500);
});

const wrong = [["arg_x", "=", "1"]];
const right = [["arg_x", "==", "1"]];
const limit = (vars: unknown) => ({ "limit-count": { count: 1, time_window: 1, _meta: { filter: vars } } });
const split = (vars: unknown) => ({
  "traffic-split": { rules: [{ match: [{ vars }], weighted_upstreams: [{ weight: 1 }] }] },
});
const abort = (vars: unknown) => ({ "fault-injection": { abort: { http_status: 403, vars: [vars] } } });

test.each<[string, (vars: unknown) => object]>([
  ["limit-count._meta.filter[0][1]", limit],
  ["traffic-split.rules[0].match[0].vars[0][1]", split],
  ["fault-injection.abort.vars[0][0][1]", abort],
  [
    "fault-injection.delay.vars[0][0][1]",
    (vars) => ({ "fault-injection": { delay: { duration: 1, vars: [vars] } } }),
  ],
  ["response-rewrite.vars[0][1]", (vars) => ({ "response-rewrite": { vars, body: "x" } })],
  [
    "traffic-label.rules[0].match[0][1]",
    (match) => ({ "traffic-label": { rules: [{ match, actions: [{ weight: 1 }] }] } }),
  ],
  [
    "http-logger.include_req_body_expr[0][1]",
    (vars) => ({ "http-logger": { uri: "http://a", include_req_body_expr: vars } }),
  ],
])("an expression in plugins.%s is judged before it is written", (path, plugins) => {
  const problems = (vars: unknown) =>
    validate(kindOf("apisix:Route"), {
      uri: "/",
      upstream: { nodes: { "a.example:80": 1 } },
      plugins: plugins(vars) as JsonObject,
    });
  expect(problems(right)).toEqual([]);
  expect(problems(wrong)).toEqual([
    { path: `plugins.${path}`, reason: expect.stringMatching(/is no operator; allowed: ==/) },
  ]);
});
