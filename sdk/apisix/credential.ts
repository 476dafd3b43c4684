import type * as pulumi from "@pulumi/pulumi";
import { ServerResource } from "../../provider/dynamic/resource.ts";
import type { CredentialFields } from "./arguments.ts";

/** The arguments of {@link Credential}. */
export type CredentialArgs = CredentialFields;

/**
 * A credential of a consumer, one of several. Defined by the APISIX Admin API, `credential` (3.11 and later).
 *
 * @example
 * ```ts
 * new apisix.Credential("jack-key", { username: jack.username, plugins: { "key-auth": { key: config.requireSecret("jackKey") } } });
 * ```
 */
export class Credential extends ServerResource {
  /** The consumer's name. */
  declare readonly username: pulumi.Output<string>;
  /** Id at the gateway. */
  declare readonly credentialId: pulumi.Output<string>;

  constructor(name: string, args: CredentialArgs, options?: pulumi.CustomResourceOptions) {
    super("apisix:Credential", name, { ...args }, options);
  }

  /** Reads a credential that exists at the gateway. Its id is `USERNAME/ID`. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, options?: pulumi.CustomResourceOptions): Credential {
    return new Credential(name, {} as CredentialArgs, { ...options, id });
  }
}
