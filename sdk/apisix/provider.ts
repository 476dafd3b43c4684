import * as pulumi from "@pulumi/pulumi";
import { type ConnectionArgs, type Credential, ServerProvider } from "../../provider/dynamic/provider.ts";

/** The arguments of {@link Provider}. */
export interface ProviderArgs extends ConnectionArgs {
  /** URL of the Admin API, with or without `/apisix/admin`; a path before it is kept. Default: `APISIX_ADMIN_URL`. */
  adminUrl?: pulumi.Input<string> | undefined;
  /** Admin key. Secret. Default: `APISIX_ADMIN_KEY`. */
  adminKey?: Credential | undefined;
  /** What tells this gateway from others when its URL changes. Default: origin and path of `adminUrl`. */
  gatewayId?: pulumi.Input<string> | undefined;
  /**
   * Names of plugins whose configurations are passed on as they are, without a check or a warning: the gateway's own
   * plugins, or those that a newer APISIX has changed. Default: none.
   */
  customPlugins?: pulumi.Input<pulumi.Input<string>[]> | undefined;
}

const KNOWN = [
  "adminUrl",
  "adminKey",
  "gatewayId",
  "tls",
  "headers",
  "requestTimeout",
  "maxConcurrency",
  "deleteUnreachable",
  "idPrefix",
  "validation",
  "customPlugins",
];

/**
 * An APISIX gateway. Without one, resources use the stack's configuration (`apisix:adminUrl`, `apisix:adminKey`).
 *
 * @example
 * ```ts
 * const edge = new apisix.Provider("edge", { adminUrl: "https://apisix.internal:9180", adminKey: { env: "EDGE_KEY" } });
 * new apisix.Upstream("payments", { nodes: { "api.example.com:443": 1 }, scheme: "https" }, { provider: edge });
 * ```
 */
export class Provider extends ServerProvider {
  constructor(name: string, args: ProviderArgs = {}, options?: pulumi.ResourceOptions) {
    const { customPlugins, ...others } = args;
    const names = customPlugins && { customPlugins: pulumi.jsonStringify(customPlugins) };
    super("apisix", name, KNOWN, "adminKey", { ...others, ...names }, options);
  }

  override getPackage(): "apisix" {
    return "apisix";
  }
}
