import type * as pulumi from "@pulumi/pulumi";
import { ServerResource } from "../../provider/dynamic/resource.ts";
import type { GlobalRuleFields } from "./arguments.ts";

/** The arguments of {@link GlobalRule}. */
export type GlobalRuleArgs = GlobalRuleFields;

/**
 * Plugins that run on every request; a plugin may stand in one global rule only. Defined by the APISIX Admin API,
 * `global_rule`.
 *
 * It has no labels at the server, so nothing there says whose it is: one that exists already is taken over only if it equals
 * what is declared, or with `adopt: true`; two stacks that declare the same one are not told apart.
 *
 * A new id deletes the old rule before the new one is made, since the gateway does not take both.
 *
 * @example
 * ```ts
 * new apisix.GlobalRule("request-id", { plugins: { "request-id": {} } });
 * ```
 */
export class GlobalRule extends ServerResource {
  /** Id at the gateway. */
  declare readonly globalRuleId: pulumi.Output<string>;

  constructor(name: string, args: GlobalRuleArgs, options?: pulumi.CustomResourceOptions) {
    super("apisix:GlobalRule", name, { ...args }, options);
  }

  /** Reads a global rule that exists at the gateway. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, options?: pulumi.CustomResourceOptions): GlobalRule {
    return new GlobalRule(name, {} as GlobalRuleArgs, { ...options, id });
  }
}
