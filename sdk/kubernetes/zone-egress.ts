import type * as pulumi from "@pulumi/pulumi";
import { zoneEgressObject } from "../../provider/model/kubernetes/kuma.ts";
import type { ZoneEgressFields } from "../kuma/arguments.ts";
import { KubernetesObject, type ObjectArgs } from "./object.ts";

/** What a {@link ZoneEgress} says: the same fields as that of Kuma's API. */
export type ZoneEgressSpec = Omit<ZoneEgressFields, "name" | "labels" | "adopt">;

/** The arguments of {@link ZoneEgress}. */
export interface ZoneEgressArgs extends ObjectArgs {
  /** In the CRD, but without effect: an egress belongs to a zone, not to a mesh. */
  mesh?: pulumi.Input<string> | undefined;
  /** Where the egress listens. */
  spec: pulumi.Input<ZoneEgressSpec>;
}

/**
 * The proxy through which a zone's traffic to the outside leaves. Defined by the Kubernetes CRD ZoneEgress
 * (`kuma.io/v1alpha1`, Kuma 2.x); namespaced, on the zone's cluster.
 *
 * @example
 * ```ts
 * new kubernetes.ZoneEgress("egress", {
 *   metadata: { namespace: "kuma-system" },
 *   spec: { zone: "zone-1", networking: { address: "10.0.0.7", port: 10002 } },
 * });
 * ```
 */
export class ZoneEgress extends KubernetesObject {
  /** What was declared. */
  declare readonly spec: pulumi.Output<pulumi.Unwrap<ZoneEgressSpec>>;

  constructor(name: string, args: ZoneEgressArgs, options?: pulumi.CustomResourceOptions) {
    super(zoneEgressObject, name, { ...args }, options);
  }
}
