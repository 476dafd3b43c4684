import type * as pulumi from "@pulumi/pulumi";
import { ServerResource } from "../../provider/dynamic/resource.ts";
import type { SslFields } from "./arguments.ts";

/** The arguments of {@link Ssl}. */
export type SslArgs = SslFields;

/**
 * A certificate with its key: of the gateway (`type: "server"`), or for an upstream that asks for one (`"client"`).
 * Defined by the APISIX Admin API, `ssl`.
 *
 * @example
 * ```ts
 * const partner = new apisix.Ssl("partner", { type: "client", cert: config.require("cert"), key: config.requireSecret("key") });
 * new apisix.Upstream("partner", { scheme: "https", nodes: { "api.partner.example:443": 1 }, tls: { clientCertId: partner.sslId } });
 * ```
 */
export class Ssl extends ServerResource {
  /** Id at the gateway. */
  declare readonly sslId: pulumi.Output<string>;
  /** When the certificate expires, as in `2027-01-31T12:00:00.000Z`. */
  declare readonly expires: pulumi.Output<string>;

  constructor(name: string, args: SslArgs, options?: pulumi.CustomResourceOptions) {
    super("apisix:Ssl", name, { ...args, expires: undefined }, options);
  }

  /** Reads an SSL object that exists at the gateway. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, options?: pulumi.CustomResourceOptions): Ssl {
    return new Ssl(name, {} as SslArgs, { ...options, id });
  }
}
