import { describe, expect, it } from "vitest";
import { alreadyExists } from "../../provider/lifecycle/refusals.ts";
import { KINDS, kindOf } from "../../provider/model/kinds.ts";

const OWNER = { owner: "fedcba9876543210", mark: "abcdefgh" };
const upstream = kindOf("apisix:Upstream");

/** The refusal of an id that the stack `theirs` has; none: that no stack has. */
function refusal(id: string, stack: string, theirs: string | undefined, kind = upstream, mine = false) {
  const current = theirs === undefined ? undefined : { ...OWNER, stack: theirs };
  return alreadyExists(kind, id, "http://gateway.example", current, mine, stack).message;
}

const proposed = (message: string) => /for example \w+: "([^"]*)"/.exec(message)?.[1];

describe("the refusal of an id that is taken", () => {
  it("names the owner and proposes an id made of what tells the two stacks apart", () => {
    const message = refusal("payments", "shop.dev", "shop.prod");
    expect(message).toContain("belongs to the stack shop.prod (owner fedcba9876543210)");
    expect(message).toContain(
      `or choose another upstreamId, for example upstreamId: "payments-dev", or set the provider's idPrefix`,
    );
    expect(proposed(refusal("payments", "shop.dev", "billing.dev"))).toBe("payments-shop");
    expect(proposed(refusal("payments", "shop.dev", "billing.prod"))).toBe("payments-shop-dev");
    expect(proposed(refusal("payments", "shop.dev", undefined))).toBe("payments-shop-dev");
  });

  it("proposes none to the stack that has it", () => {
    expect(refusal("payments", "shop.dev", "shop.dev")).toMatch(/or choose another upstreamId\. /);
    expect(refusal("payments", "shop.dev", "shop.dev", upstream, true)).toMatch(
      /choose another upstreamId\. /,
    );
  });

  it.each(KINDS.filter(({ schema }) => "labels" in schema.shape))(
    "proposes what is legal for $type and has at most 64 characters",
    (kind) => {
      const stacks = ["shop.dev", "Shop_1.Dev-", "s.d.e", `${"long".repeat(10)}.${"er".repeat(11)}`];
      for (const last of ["payments", "p".repeat(64)]) {
        const id = [...kind.identity.slice(1).map(() => "default"), last].join("/");
        for (const stack of stacks) {
          const legal = proposed(refusal(id, stack, "billing.prod", kind)) ?? "";
          expect(legal).toMatch(/^p+[a-z]*-/);
          expect(legal.length).toBeLessThanOrEqual(64);
          expect(kind.schema.shape[kind.identity.at(-1) ?? ""]?.safeParse(legal).success, legal).toBe(true);
        }
      }
    },
  );
});
