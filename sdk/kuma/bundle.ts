import type * as pulumi from "@pulumi/pulumi";
import { type BundleOptions, BundleResource } from "../../provider/dynamic/bundle-resource.ts";
import type {
  ExternalServiceArgs,
  MeshExternalServiceArgs,
  PolicyArgs,
  SecretArgs,
  ZoneEgressArgs,
} from "./arguments.ts";

/** Objects by their keys; the key is the name, unless the object says another. */
export type Entries<Args> = pulumi.Input<{ [key: string]: pulumi.Input<Args> }>;

/**
 * Arguments of {@link Bundle}: the objects of a control plane by kind and key, each with the arguments of its class. All are
 * at one control plane: in a federation those of the global one and those of a zone's are two bundles.
 */
export interface BundleArgs extends BundleOptions {
  /** External services, as of {@link ExternalService}. */
  externalServices?: Entries<ExternalServiceArgs> | undefined;
  /** External services of Kuma's newer kind, as of {@link MeshExternalService}. */
  meshExternalServices?: Entries<MeshExternalServiceArgs> | undefined;
  /** Zone egresses, as of {@link ZoneEgress}. */
  zoneEgresses?: Entries<ZoneEgressArgs> | undefined;
  /** Secrets, as of {@link Secret}. */
  secrets?: Entries<SecretArgs> | undefined;
  /** Policies of any type, as of {@link Policy}. */
  policies?: Entries<PolicyArgs> | undefined;
}

/**
 * Many objects of one Kuma control plane as one Pulumi resource, for stacks of hundreds or thousands of them. Each is checked,
 * compared, owned and refreshed as a resource of its own would be; a reference to a key of the same bundle is one to its name.
 *
 * @example
 * ```ts
 * new kuma.Bundle("backends", {
 *   externalServices: {
 *     billing: { tags: { "kuma.io/service": "billing" }, networking: { address: "billing.example.org:443" } },
 *   },
 * });
 * ```
 */
export class Bundle extends BundleResource {
  constructor(name: string, args: BundleArgs, options?: pulumi.CustomResourceOptions) {
    super("kuma:Bundle", name, args, options);
  }
}
