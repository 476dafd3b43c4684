import { isObject } from "../fields.ts";
import { type PluginUrl, urlsOfPlugin } from "../inventory/plugin-urls.ts";
import type { Declared } from "../lints/facts.ts";

/** A plugin's configuration in a resource. */
export interface Configured {
  resource: Declared;
  name: string;
  configuration: unknown;
  urls: PluginUrl[];
}

/** The plugins that resources have, each for itself: what of them counts for a route is not asked here. */
export function pluginsOf(declared: readonly Declared[]): Configured[] {
  return declared
    .filter(({ type }) => type.startsWith("apisix:"))
    .flatMap((resource) => {
      const { plugins } = resource.args;
      return isObject(plugins)
        ? Object.entries(plugins).map(([name, configuration]) => ({
            resource,
            name,
            configuration,
            urls: urlsOfPlugin(name, configuration),
          }))
        : [];
    });
}
