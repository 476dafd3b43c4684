import type * as pulumi from "@pulumi/pulumi";
import type { JsonObject } from "../../provider/model/fields.ts";
import { externalServiceObject } from "../../provider/model/kubernetes/kuma.ts";
import type { ExternalServiceFields } from "../kuma/arguments.ts";
import { mapField } from "./inputs.ts";
import { KubernetesObject, type ObjectArgs } from "./object.ts";

/** What an {@link ExternalService} says: the same fields as that of Kuma's API. */
export type ExternalServiceSpec = Omit<ExternalServiceFields, "mesh" | "name" | "labels" | "adopt">;

/** The arguments of {@link ExternalService}. */
export interface ExternalServiceArgs extends ObjectArgs {
  /** Mesh in which the service can be reached. Kuma's default: `default`. */
  mesh?: pulumi.Input<string> | undefined;
  /** What the service is and how the mesh talks to it. */
  spec: pulumi.Input<ExternalServiceSpec>;
}

/**
 * A service outside the mesh that services inside may use, as `TAG.mesh` on port 80 (TAG: the tag `kuma.io/service`).
 * Defined by the Kubernetes CRD ExternalService (`kuma.io/v1alpha1`, Kuma 2.x); cluster-scoped, on the global cluster of
 * a federation.
 *
 * @example
 * ```ts
 * new kubernetes.ExternalService("httpbin", {
 *   mesh: "default",
 *   spec: { tags: { "kuma.io/service": "httpbin" }, networking: { address: "httpbin.org:80" } },
 * });
 * ```
 */
export class ExternalService extends KubernetesObject {
  /** Mesh in which the service can be reached. */
  declare readonly mesh: pulumi.Output<string>;
  /** What was declared. */
  declare readonly spec: pulumi.Output<pulumi.Unwrap<ExternalServiceSpec>>;

  constructor(name: string, args: ExternalServiceArgs, options?: pulumi.CustomResourceOptions) {
    super(externalServiceObject, name, { mesh: "default", ...args }, options, {
      change: (spec) => mapField(spec, ["networking", "tls"], withServerName),
    });
  }
}

/** `sni` of Kuma's documentation is a field that Kuma does not know. */
function withServerName({ sni, ...tls }: JsonObject): JsonObject {
  return sni === undefined || tls.serverName !== undefined ? tls : { ...tls, serverName: sni };
}
