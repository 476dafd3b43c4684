import type * as pulumi from "@pulumi/pulumi";
import { meshObject } from "../../provider/model/kubernetes/kuma.ts";
import type { MeshFields } from "../kuma/arguments.ts";
import { KubernetesObject, type ObjectArgs } from "./object.ts";

/** What a {@link Mesh} says: the same fields as that of Kuma's API. */
export type MeshSpec = Omit<MeshFields, "name" | "labels" | "deleteContents" | "adopt">;

/** The arguments of {@link Mesh}. */
export interface MeshArgs extends ObjectArgs {
  /** In the CRD, but without effect: the mesh's name is `metadata.name`. */
  mesh?: pulumi.Input<string> | undefined;
  /** What the mesh is like. Default: Kuma's defaults throughout. */
  spec?: pulumi.Input<MeshSpec> | undefined;
}

/**
 * A mesh. Defined by the Kubernetes CRD Mesh (`kuma.io/v1alpha1`); cluster-scoped, on the global cluster of a
 * federation. Deleting it deletes what is in it.
 *
 * @example
 * ```ts
 * new kubernetes.Mesh("default", { spec: { networking: { outbound: { passthrough: false } } } });
 * ```
 */
export class Mesh extends KubernetesObject {
  /** What was declared. */
  declare readonly spec: pulumi.Output<pulumi.Unwrap<MeshSpec>>;

  constructor(name: string, args: MeshArgs = {}, options?: pulumi.CustomResourceOptions) {
    super(meshObject, name, { spec: {}, ...args }, options);
  }
}
