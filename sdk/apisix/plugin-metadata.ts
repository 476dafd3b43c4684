import type * as pulumi from "@pulumi/pulumi";
import { ServerResource } from "../../provider/dynamic/resource.ts";
import type { PluginMetadataFields } from "./arguments.ts";

/** The arguments of {@link PluginMetadata}. */
export type PluginMetadataArgs = PluginMetadataFields;

/**
 * Settings of a plugin for the whole gateway. Defined by the APISIX Admin API, `plugin_metadata`.
 *
 * It has no labels at the server, so nothing there says whose it is: one that exists already is taken over only if it equals
 * what is declared, or with `adopt: true`; two stacks that declare the same one are not told apart.
 *
 * @example
 * ```ts
 * new apisix.PluginMetadata("http-logger", { metadata: { log_format: { host: "$host" } } });
 * ```
 */
export class PluginMetadata extends ServerResource {
  /** Name of the plugin. */
  declare readonly plugin: pulumi.Output<string>;

  constructor(name: string, args: PluginMetadataArgs, options?: pulumi.CustomResourceOptions) {
    super("apisix:PluginMetadata", name, { ...args }, options);
  }

  /** Reads a plugin's metadata that exists at the gateway. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    options?: pulumi.CustomResourceOptions,
  ): PluginMetadata {
    return new PluginMetadata(name, {} as PluginMetadataArgs, { ...options, id });
  }
}
