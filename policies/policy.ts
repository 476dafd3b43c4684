import type {
  EnforcementLevel,
  PolicyConfigSchema,
  ReportViolation,
  ResourceValidationPolicy,
  StackValidationPolicy,
} from "@pulumi/policy";
import { partsOfUrn } from "../provider/model/inventory/pulumi.ts";
import type { Finding } from "../provider/model/lints/finding.ts";
import { namesOf } from "../provider/model/lints/finding.ts";
import { declaredOf } from "../provider/model/lints/inventory.ts";
import { watched } from "../provider/model/lints/watched.ts";
import { isAmong, type Judged } from "../provider/model/rules/index.ts";
import { keepUnclear, type Unclear, urnOf } from "./not-judged.ts";
import type { PolicyOptions } from "./options.ts";
import { type Given, resourcesOf } from "./resources.ts";

/** What a policy is made of. */
export interface Judging<Settings extends object> {
  name: string;
  about: string;
  alone: boolean;
  enforcementLevel: EnforcementLevel;
  schema: PolicyConfigSchema["properties"];
  settings: Settings;
  find(judged: Judged, settings: Settings): Finding[];
}

const STACKS: PolicyConfigSchema["properties"] = {
  stacks: {
    type: "array",
    items: { type: "string" },
    description: "Stacks for which it is, as PROJECT/STACK, with * for any characters. Default: all.",
  },
  exceptStacks: {
    type: "array",
    items: { type: "string" },
    description: "Stacks for which it is not, written in the same way.",
  },
};

/** A policy that reports what is found in a stack, or in each resource before it is made. */
export function policyOf<Settings extends object>(
  judging: Judging<Settings>,
  options: PolicyOptions,
): ResourceValidationPolicy | StackValidationPolicy {
  const { about, schema, alone } = judging;
  const { name = judging.name, enforcementLevel = judging.enforcementLevel, stacks, exceptStacks } = options;
  const unclear: Unclear = new Map();
  const run = (given: readonly Given[], config: object, report: ReportViolation) => {
    const settings = { ...judging.settings, stacks, exceptStacks, ...config };
    const stack = partsOfUrn(given[0]?.urn ?? "").stack;
    if (settings.stacks && !isAmong(stack, settings.stacks)) return;
    if (isAmong(stack, settings.exceptStacks ?? [])) return;
    const resources = resourcesOf(given);
    const met = (urn: string | undefined, why: string) => {
      const known = unclear.get(urn ?? "") ?? new Set();
      unclear.set(urn ?? "", known.add(why));
    };
    const declared = resources.map((one) =>
      watched(declaredOf(one), (path) => met(one.urn, `${path} is not known yet`)),
    );
    const judged: Judged = { stack, resources, declared, unclear: (one, why) => met(one.urn, why) };
    for (const { resources: found, reason } of judging.find(judged, settings))
      report(`${namesOf(found)}: ${reason}`, urnOf(found[0]?.urn));
  };
  const common = {
    name,
    description: about,
    enforcementLevel,
    configSchema: { properties: { ...schema, ...STACKS } },
  };
  const policy: ResourceValidationPolicy | StackValidationPolicy = alone
    ? { ...common, validateResource: (args, report) => run([args], args.getConfig(), report) }
    : { ...common, validateStack: (args, report) => run(args.resources, args.getConfig(), report) };
  keepUnclear(policy, unclear);
  return policy;
}
