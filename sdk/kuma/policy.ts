import type * as pulumi from "@pulumi/pulumi";
import { ServerResource } from "../../provider/dynamic/resource.ts";
import type { PolicyFields } from "./arguments.ts";

/** The arguments of {@link Policy}. */
export type PolicyArgs = PolicyFields;

/**
 * Any policy of Kuma: `MeshTrafficPermission`, `MeshAccessLog`, `MeshTimeout` and the others. What stands in `spec` is
 * checked by the server only.
 *
 * @example
 * ```ts
 * new kuma.Policy("allow-all", { type: "MeshTrafficPermission", spec: { from: [{ targetRef: { kind: "Mesh" }, default: { action: "Allow" } }] } });
 * ```
 */
export class Policy extends ServerResource {
  /** Mesh of the policy. */
  declare readonly mesh: pulumi.Output<string>;
  /** Kind of policy. */
  declare readonly type: pulumi.Output<string>;
  /** Name at the control plane. */
  declare readonly name: pulumi.Output<string>;

  constructor(name: string, args: PolicyArgs, options?: pulumi.CustomResourceOptions) {
    super("kuma:Policy", name, { ...args }, options);
  }

  /** Reads a policy that exists at the control plane. Its id is `MESH/TYPE/NAME`. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, options?: pulumi.CustomResourceOptions): Policy {
    return new Policy(name, {} as PolicyArgs, { ...options, id });
  }
}
