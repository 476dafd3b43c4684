import type { DialectName } from "../dialect.ts";

/** A resource that holds many objects of one server, by kind and key. */
export interface BundleType {
  /** Module and type, as in `apisix:Bundle`; stands in the state for ever. */
  type: string;
  dialect: DialectName;
  /** The kind of each of its tables, as in `routes: "apisix:Route"`. */
  tables: Readonly<Record<string, string>>;
}

/** Every bundle, by its type: its tables are the kinds of which the server gives lists. */
const BUNDLES: Readonly<Record<string, BundleType>> = {
  "apisix:Bundle": {
    type: "apisix:Bundle",
    dialect: "apisix",
    tables: {
      routes: "apisix:Route",
      upstreams: "apisix:Upstream",
      services: "apisix:Service",
      pluginConfigs: "apisix:PluginConfig",
      consumers: "apisix:Consumer",
      consumerGroups: "apisix:ConsumerGroup",
      ssls: "apisix:Ssl",
      streamRoutes: "apisix:StreamRoute",
      protos: "apisix:Proto",
    },
  },
  "kuma:Bundle": {
    type: "kuma:Bundle",
    dialect: "kuma",
    tables: {
      externalServices: "kuma:ExternalService",
      meshExternalServices: "kuma:MeshExternalService",
      zoneEgresses: "kuma:ZoneEgress",
      secrets: "kuma:Secret",
      policies: "kuma:Policy",
    },
  },
};

/** The bundle of a type such as `apisix:Bundle`, if the type is one of a bundle. */
export function bundleOf(type: string): BundleType | undefined {
  return Object.hasOwn(BUNDLES, type) ? BUNDLES[type] : undefined;
}
