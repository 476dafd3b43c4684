import type * as pulumi from "@pulumi/pulumi";
import { ServerResource } from "../../provider/dynamic/resource.ts";
import type { SecretFields } from "./arguments.ts";

/** The arguments of {@link Secret}. */
export type SecretArgs = SecretFields;

/**
 * A secret manager that plugins may refer to as `$secret://MANAGER/ID/…`. Defined by the APISIX Admin API, `secret`.
 *
 * It has no labels at the server, so nothing there says whose it is: one that exists already is taken over only if it equals
 * what is declared, or with `adopt: true`; two stacks that declare the same one are not told apart.
 *
 * @example
 * ```ts
 * new apisix.Secret("vault", { manager: "vault", uri: "https://vault.internal:8200", prefix: "kv/apisix", token: "$env://VAULT_TOKEN" });
 * ```
 */
export class Secret extends ServerResource {
  /** Secret manager. */
  declare readonly manager: pulumi.Output<string>;
  /** Id at the gateway. */
  declare readonly secretId: pulumi.Output<string>;

  constructor(name: string, args: SecretArgs, options?: pulumi.CustomResourceOptions) {
    super("apisix:Secret", name, { ...args }, options);
  }

  /** Reads a secret manager that exists at the gateway. Its id is `MANAGER/ID`. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, options?: pulumi.CustomResourceOptions): Secret {
    return new Secret(name, {} as SecretArgs, { ...options, id });
  }
}
