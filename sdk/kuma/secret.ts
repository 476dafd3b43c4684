import type * as pulumi from "@pulumi/pulumi";
import { ServerResource } from "../../provider/dynamic/resource.ts";
import type { ExactlyOneOf } from "../types.ts";
import type { SecretFields } from "./arguments.ts";

/** The arguments of {@link Secret}. */
export type SecretArgs = SecretFields & ExactlyOneOf<SecretFields, "data" | "value">;

/**
 * A secret of a mesh, such as a certificate; an external service refers to it by name, so a new value changes the
 * secret only. Defined by Kuma's resource Secret.
 *
 * @example
 * ```ts
 * const ca = new kuma.Secret("httpbin-ca", { value: config.requireSecret("ca") });
 * new kuma.ExternalService("httpbin", {
 *   tags: { "kuma.io/service": "httpbin" },
 *   networking: { address: "httpbin.org:443", tls: { enabled: true, caCert: { secret: ca.name } } },
 * });
 * ```
 */
export class Secret extends ServerResource {
  /** Mesh that may use the secret. */
  declare readonly mesh: pulumi.Output<string>;
  /** Name at the control plane. */
  declare readonly name: pulumi.Output<string>;

  constructor(name: string, args: SecretArgs, options?: pulumi.CustomResourceOptions) {
    super("kuma:Secret", name, { ...args }, options);
  }

  /** Reads a secret that exists at the control plane. Its id is `MESH/NAME`. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, options?: pulumi.CustomResourceOptions): Secret {
    return new Secret(name, {} as SecretArgs, { ...options, id });
  }
}
