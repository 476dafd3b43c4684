import type { EnforcementLevel } from "@pulumi/policy";

/** What every policy of this package can be told. */
export interface PolicyOptions {
  /** Its name, where a pack has it twice, for other stacks. Default: that of the lint or rule. */
  name?: string;
  /** What a violation does. The configuration of a policy pack goes before it. */
  enforcementLevel?: Exclude<EnforcementLevel, "remediate">;
  /** Stacks for which it is, as PROJECT/STACK with `*` for any characters. Default: all. */
  stacks?: readonly string[];
  /** Stacks for which it is not, written in the same way. */
  exceptStacks?: readonly string[];
}
