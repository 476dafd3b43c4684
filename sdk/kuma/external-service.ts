import type * as pulumi from "@pulumi/pulumi";
import { ServerResource } from "../../provider/dynamic/resource.ts";
import type { ExternalServiceFields } from "./arguments.ts";

/** The arguments of {@link ExternalService}. */
export type ExternalServiceArgs = ExternalServiceFields;

/**
 * A service outside the mesh that services inside may use, as `TAG.mesh` on port 80 (TAG: the tag `kuma.io/service`).
 * Defined by Kuma's resource ExternalService (2.x); written at the global control plane.
 *
 * @example
 * ```ts
 * new kuma.ExternalService("httpbin", {
 *   tags: { "kuma.io/service": "httpbin", "kuma.io/protocol": "http" },
 *   networking: { address: "httpbin.org:443", tls: { enabled: true } },
 * });
 * ```
 */
export class ExternalService extends ServerResource {
  /** Mesh in which the service can be reached. */
  declare readonly mesh: pulumi.Output<string>;
  /** Name at the control plane. */
  declare readonly name: pulumi.Output<string>;

  constructor(name: string, args: ExternalServiceArgs, options?: pulumi.CustomResourceOptions) {
    super("kuma:ExternalService", name, { ...args }, options);
  }

  /** Reads an external service that exists at the control plane. Its id is `MESH/NAME`. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    options?: pulumi.CustomResourceOptions,
  ): ExternalService {
    return new ExternalService(name, {} as ExternalServiceArgs, { ...options, id });
  }
}
