import type { Policies } from "@pulumi/policy";
import { bundleOf } from "../provider/model/bundle/types.ts";
import { isObject } from "../provider/model/fields.ts";
import { tablesIn, typeOf } from "../provider/model/inventory/pulumi.ts";
import { labelOf, urnOf } from "./names.ts";
import { readable } from "./resources.ts";

/** Why resources could not be judged, by their URNs. @internal */
export type Unclear = Map<string, Set<string>>;

const UNCLEAR = new WeakMap<object, Unclear>();

/** Remembers where a policy writes down what it cannot judge. @internal */
export function keepUnclear(policy: object, unclear: Unclear): void {
  UNCLEAR.set(policy, unclear);
}

/**
 * The policies, and after them one called `not-judged`. It says of which resources the others could not judge something, and
 * because of which field: an unknown value keeps no more than one policy from judging one resource. Its level is advisory;
 * raised to mandatory, nothing passes that could not be judged.
 */
export function withNotJudged(policies: Policies): Policies {
  return [
    ...policies,
    {
      name: "not-judged",
      description: "Every value that a policy asks for is known.",
      enforcementLevel: "advisory",
      validateStack({ resources }, report) {
        const names = new Map(resources.map((one) => [one.urn, one.name]));
        for (const { type, name, urn, props } of resources)
          if (bundleOf(typeOf(type) ?? "") && !isReadable(props))
            report(`What bundle "${name}" holds could not be judged: it is not known yet.`, urn);
        for (const policy of policies) {
          const unclear = UNCLEAR.get(policy) ?? (new Map() satisfies Unclear);
          for (const [urn, why] of unclear) {
            const at = urnOf(urn);
            if (at !== undefined && names.has(at))
              report(`${policy.name} could not judge all of ${labelOf(urn)}: ${[...why].join("; ")}.`, at);
          }
          unclear.clear();
        }
      },
    },
  ];
}

function isReadable(props: object): boolean {
  const values = readable(props);
  return isObject(values) && tablesIn(values) !== undefined;
}
