import type { Policies } from "@pulumi/policy";
import { bundleOf } from "../provider/model/bundle/types.ts";
import { partsOfUrn, typeOf } from "../provider/model/inventory/pulumi.ts";

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
          if (bundleOf(typeOf(type) ?? "") && !("entries" in props))
            report(
              `What "${name}" holds is not judged: Pulumi shows policies no entries of bundles that are dynamic resources.`,
              urn,
            );
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

/** The resource's URN; that of its bundle, for an entry. @internal */
export function urnOf(urn: string | undefined): string | undefined {
  return urn?.split("#")[0];
}

function labelOf(urn: string): string {
  const { name } = partsOfUrn(urn);
  const [bundle, entry] = name.split("#");
  return entry === undefined ? `"${name}"` : `${entry} in "${bundle}"`;
}
