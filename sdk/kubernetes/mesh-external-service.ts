import type { input } from "@pulumi/kubernetes/types/index.js";
import type * as pulumi from "@pulumi/pulumi";
import { meshExternalServiceObject } from "../../provider/model/kubernetes/kuma.ts";
import type { MeshExternalServiceFields } from "../kuma/arguments.ts";
import { mapInput } from "./inputs.ts";
import { KubernetesObject, type ObjectArgs } from "./object.ts";

/** What a {@link MeshExternalService} says: the same fields as that of Kuma's API. */
export type MeshExternalServiceSpec = Omit<
  MeshExternalServiceFields,
  "mesh" | "name" | "labels" | "origin" | "waitForHostname" | "adopt"
>;

/** The arguments of {@link MeshExternalService}. */
export interface MeshExternalServiceArgs extends ObjectArgs {
  /** Mesh in which the service can be reached: the label `kuma.io/mesh`, since the CRD has no such field. Kuma's default: `default`. */
  mesh?: pulumi.Input<string> | undefined;
  /** What the service is and how the mesh talks to it. */
  spec: pulumi.Input<MeshExternalServiceSpec>;
}

/**
 * A service outside the mesh, the newer way. Defined by the Kubernetes CRD MeshExternalService (`kuma.io/v1alpha1`);
 * namespaced, in Kuma's own namespace.
 *
 * @example
 * ```ts
 * new kubernetes.MeshExternalService("httpbin", {
 *   metadata: { namespace: "kuma-system" },
 *   spec: { match: { port: 80, protocol: "http" }, endpoints: [{ address: "httpbin.org", port: 80 }] },
 * });
 * ```
 */
export class MeshExternalService extends KubernetesObject {
  /** What was declared. */
  declare readonly spec: pulumi.Output<pulumi.Unwrap<MeshExternalServiceSpec>>;

  constructor(
    name: string,
    { mesh, ...args }: MeshExternalServiceArgs,
    options?: pulumi.CustomResourceOptions,
  ) {
    const metadata =
      mesh === undefined
        ? args.metadata
        : mapInput(args.metadata ?? {}, (given: input.meta.v1.ObjectMeta) => ({
            ...given,
            labels: mapInput(given.labels ?? {}, (own: { [name: string]: pulumi.Input<string> }) => ({
              "kuma.io/mesh": mesh,
              ...own,
            })),
          }));
    super(meshExternalServiceObject, name, { ...args, metadata }, options);
  }
}
