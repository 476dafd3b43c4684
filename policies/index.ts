import type { Policies, ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import { LINTS } from "../provider/model/lints/lints.ts";
import * as rules from "../provider/model/rules/index.ts";
import type {
  GlobalRulesSettings,
  OutsideHostsSettings,
  RoutesAuthenticatedSettings,
  VerifiedTlsSettings,
} from "../provider/model/rules/settings.ts";
import { withNotJudged } from "./not-judged.ts";
import type { PolicyOptions } from "./options.ts";
import { policyOf } from "./policy.ts";

export { withNotJudged } from "./not-judged.ts";
export type { PolicyOptions } from "./options.ts";

/** A policy for `new PolicyPack(…)`. */
export type Policy = ResourceValidationPolicy | StackValidationPolicy;

/**
 * The lints, a policy each, by their names: an error is mandatory, a warning advisory. Options are for all of them.
 *
 * @see docs/lints.md of this package
 */
export function lints(options: Omit<PolicyOptions, "name"> = {}): Policy[] {
  return LINTS.map(({ name, about, severity, find }) =>
    policyOf(
      {
        name,
        about,
        alone: false,
        enforcementLevel: severity === "error" ? "mandatory" : "advisory",
        schema: {},
        settings: {},
        find: ({ declared }) => find(declared, new Date()),
      },
      options,
    ),
  );
}

/** TLS towards outside is verified. */
export function verifiedTls(options: PolicyOptions & Partial<VerifiedTlsSettings> = {}): Policy {
  return ruled(rules.verifiedTls, options);
}

/** No mesh lets out what is not declared. */
export function noPassthrough(options: PolicyOptions = {}): Policy {
  return ruled(rules.noPassthrough, options);
}

/** Hosts outside are those of a list. */
export function outsideHosts(options: PolicyOptions & OutsideHostsSettings): Policy {
  return ruled(rules.outsideHosts, options);
}

/** Every route asks who calls, or is in a list. */
export function routesAuthenticated(
  options: PolicyOptions & Partial<RoutesAuthenticatedSettings> = {},
): Policy {
  return ruled(rules.routesAuthenticated, options);
}

/** Global rules are made in the stacks that may. */
export function globalRulesOnlyIn(options: PolicyOptions & GlobalRulesSettings): Policy {
  return ruled(rules.globalRulesOnlyIn, options);
}

/** What the ready pack has: the lints, the rules, all of them switched off, and what could not be judged. */
export function policies(): Policies {
  const enforcementLevel = "disabled";
  return withNotJudged([
    ...lints(),
    verifiedTls({ enforcementLevel }),
    noPassthrough({ enforcementLevel }),
    outsideHosts({ enforcementLevel, hosts: [] }),
    routesAuthenticated({ enforcementLevel }),
    globalRulesOnlyIn({ enforcementLevel, allowedStacks: [] }),
  ]);
}

function ruled<Settings extends object>(
  rule: rules.Rule<Settings>,
  options: PolicyOptions & Partial<Settings>,
): Policy {
  const schemas = Object.entries<rules.SettingSchema>(rule.settings);
  // A configuration that leaves a setting out means the one that the pack was made with.
  const properties = schemas.map(
    ([name, { default: standard, ...schema }]) => [name, schema, standard] as const,
  );
  const given = options as Record<string, unknown>;
  const settings = properties.map(([name, , standard]) => [name, given[name] ?? standard]);
  return policyOf(
    {
      ...rule,
      enforcementLevel: "mandatory",
      schema: Object.fromEntries(properties),
      settings: Object.fromEntries(settings) as Settings,
    },
    options,
  );
}
