import type * as pulumi from "@pulumi/pulumi";
import { ServerResource } from "../../provider/dynamic/resource.ts";
import type { MeshFields, MeshPatchFields, MeshRouting } from "./arguments.ts";

/** The arguments of {@link Mesh}. */
export type MeshArgs = MeshFields;

/** The arguments of {@link MeshPatch}. */
export type MeshPatchArgs = MeshPatchFields;

/**
 * A mesh, with all that it says about itself. Defined by Kuma's resource Mesh; written at the global control plane.
 * To change some fields of a mesh that somebody else made (such as `default`), use {@link MeshPatch}.
 *
 * @example
 * ```ts
 * new kuma.Mesh("payments", {
 *   mtls: { enabledBackend: "ca-1", backends: [{ name: "ca-1", type: "builtin" }] },
 *   networking: { outbound: { passthrough: false } },
 *   routing: { zoneEgress: true },
 * });
 * ```
 */
export class Mesh extends ServerResource {
  /** Name at the control plane. */
  declare readonly name: pulumi.Output<string>;
  /** How traffic is routed, as declared. */
  declare readonly routing: pulumi.Output<pulumi.Unwrap<MeshRouting> | undefined>;

  constructor(name: string, args: MeshArgs = {}, options?: pulumi.CustomResourceOptions) {
    super("kuma:Mesh", name, { ...args }, options);
  }

  /** Reads a mesh that exists at the control plane. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, options?: pulumi.CustomResourceOptions): Mesh {
    return new Mesh(name, {}, { ...options, id });
  }
}

/**
 * Some fields of a mesh that exists already. Deleting it puts the former values back, unless somebody changed them
 * since. Two patches of one field in a stack are an error.
 *
 * @example
 * ```ts
 * new kuma.MeshPatch("locality", { mesh: "default", routing: { localityAwareLoadBalancing: true } });
 * ```
 */
export class MeshPatch extends ServerResource {
  /** Mesh that is changed. */
  declare readonly mesh: pulumi.Output<string>;

  constructor(name: string, args: MeshPatchArgs, options?: pulumi.CustomResourceOptions) {
    super("kuma:MeshPatch", name, { ...args }, options);
  }
}
