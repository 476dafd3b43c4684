import type * as pulumi from "@pulumi/pulumi";
import { ServerResource } from "../../provider/dynamic/resource.ts";
import type { MeshExternalServiceFields } from "./arguments.ts";

/** The arguments of {@link MeshExternalService}. */
export type MeshExternalServiceArgs = MeshExternalServiceFields;

/**
 * A service outside the mesh, the newer way, and the only one in Kuma 3. Defined by Kuma's resource
 * MeshExternalService; written at the global control plane or, with `origin: "zone"`, at a zone's.
 *
 * @example
 * ```ts
 * new kuma.MeshExternalService("httpbin", {
 *   match: { port: 80, protocol: "http" },
 *   endpoints: [{ address: "httpbin.org", port: 443 }],
 *   tls: { enabled: true, verification: { serverName: "httpbin.org" } },
 * });
 * ```
 */
export class MeshExternalService extends ServerResource {
  /** Mesh in which the service can be reached. */
  declare readonly mesh: pulumi.Output<string>;
  /** Name at the control plane. */
  declare readonly name: pulumi.Output<string>;

  constructor(name: string, args: MeshExternalServiceArgs, options?: pulumi.CustomResourceOptions) {
    super("kuma:MeshExternalService", name, { ...args }, options);
  }

  /** Reads a service that exists at the control plane. Its id is `MESH/NAME`. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    options?: pulumi.CustomResourceOptions,
  ): MeshExternalService {
    return new MeshExternalService(name, {} as MeshExternalServiceArgs, { ...options, id });
  }
}
