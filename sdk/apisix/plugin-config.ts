import type * as pulumi from "@pulumi/pulumi";
import { ServerResource } from "../../provider/dynamic/resource.ts";
import type { PluginConfigFields } from "./arguments.ts";

/** The arguments of {@link PluginConfig}. */
export type PluginConfigArgs = PluginConfigFields;

/**
 * Plugins that several routes share. Defined by the APISIX Admin API, `plugin_config`.
 *
 * @example
 * ```ts
 * const limits = new apisix.PluginConfig("limits", { plugins: { "limit-count": { count: 100, time_window: 60 } } });
 * new apisix.Route("api", { uri: "/*", pluginConfigId: limits.pluginConfigId, upstreamId: upstream.upstreamId });
 * ```
 */
export class PluginConfig extends ServerResource {
  /** Id at the gateway. */
  declare readonly pluginConfigId: pulumi.Output<string>;

  constructor(name: string, args: PluginConfigArgs, options?: pulumi.CustomResourceOptions) {
    super("apisix:PluginConfig", name, { ...args }, options);
  }

  /** Reads a plugin configuration that exists at the gateway. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    options?: pulumi.CustomResourceOptions,
  ): PluginConfig {
    return new PluginConfig(name, {} as PluginConfigArgs, { ...options, id });
  }
}
