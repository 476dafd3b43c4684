import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../provider/model/fields.ts";
import type { Kind } from "../../provider/model/kind.ts";
import { validate } from "../../provider/model/validate.ts";

/** A rule with arguments that keep it, and arguments that break it, each with the path and the words of the problem. */
export interface Rule {
  rule: string;
  kept: JsonObject[];
  broken: [args: JsonObject, path: string, words: string][];
}

/** Tests that each rule lets through what keeps it, and names what breaks it. */
export function describeRules(title: string, kind: Kind, rules: Rule[]): void {
  describe(title, () => {
    test.each(rules)("$rule", ({ kept, broken }) => {
      for (const args of kept) expect(validate(kind, args), JSON.stringify(args)).toEqual([]);
      for (const [args, path, words] of broken) {
        const reason = expect.stringContaining(words) as unknown as string;
        expect(validate(kind, args), JSON.stringify(args)).toContainEqual({ path, reason });
      }
    });
  });
}
