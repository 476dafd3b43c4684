import type * as pulumi from "@pulumi/pulumi";
import { ServerResource } from "../../provider/dynamic/resource.ts";
import type { ZoneEgressFields } from "./arguments.ts";

/** The arguments of {@link ZoneEgress}. */
export type ZoneEgressArgs = ZoneEgressFields;

/**
 * The proxy through which a zone's traffic to the outside leaves. Defined by Kuma's resource ZoneEgress (2.x); written
 * at the zone's control plane.
 *
 * @example
 * ```ts
 * new kuma.ZoneEgress("egress", { zone: "zone-1", networking: { address: "10.0.0.7", port: 10002 } });
 * ```
 */
export class ZoneEgress extends ServerResource {
  /** Name at the control plane. */
  declare readonly name: pulumi.Output<string>;

  constructor(name: string, args: ZoneEgressArgs, options?: pulumi.CustomResourceOptions) {
    super("kuma:ZoneEgress", name, { ...args }, options);
  }

  /** Reads a zone egress that exists at the control plane. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, options?: pulumi.CustomResourceOptions): ZoneEgress {
    return new ZoneEgress(name, {} as ZoneEgressArgs, { ...options, id });
  }
}
