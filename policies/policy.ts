import type {
  EnforcementLevel,
  PolicyConfigSchema,
  ReportViolation,
  ResourceValidationPolicy,
  StackValidationPolicy,
} from "@pulumi/policy";
import { partsOfUrn } from "../provider/model/inventory/pulumi.ts";
import type { Resource } from "../provider/model/inventory/resource.ts";
import { markersIn } from "../provider/model/inventory/values.ts";
import { kindOf } from "../provider/model/kinds.ts";
import type { Finding } from "../provider/model/lints/finding.ts";
import { declaredOf } from "../provider/model/lints/inventory.ts";
import { watched } from "../provider/model/lints/watched.ts";
import { formatPath } from "../provider/model/paths.ts";
import { isAmong, type Judged } from "../provider/model/rules/index.ts";
import { secretPathsOf } from "../provider/model/secret-fields.ts";
import { foundNames, urnOf } from "./names.ts";
import { keepUnclear, type Unclear } from "./not-judged.ts";
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
    const hidden = new Set(resources.filter(isSecretOnly).map(({ urn }) => urn));
    const notKnown = (urn: string | undefined, field: string) =>
      met(urn, `${field} is ${hidden.has(urn) ? "secret" : "not known yet"}`);
    const declared = resources.map(declaredOf).map((one) => {
      // Keys and passwords nobody judges, whatever a search through all of a plugin's texts meets.
      const credentials = new Set(secretPathsOf(kindOf(one.type).schema, one.args).map(formatPath));
      return watched(one, (path) => {
        if (!credentials.has(path)) notKnown(one.urn, path);
      });
    });
    const judged: Judged = {
      stack,
      resources,
      declared,
      unclear: ({ urn }, why) => met(urn, why),
      notKnown: ({ urn }, field) => notKnown(urn, field),
    };
    for (const { resources: found, reason } of judging.find(judged, settings))
      report(`${foundNames(found)}: ${reason}`, urnOf(found[0]?.urn));
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

/** All that is not known of its arguments is secret, as in entries of bundles, from which secrets are taken out. */
function isSecretOnly({ args }: Resource): boolean {
  return markersIn(args, "secret").length > 0 && markersIn(args, "unknown").length === 0;
}
