/** What sets one kind of object of the Admin API apart from the others. */
export interface Kind {
  /** Its name in messages. */
  name: string;
  /** Its name among the schemas, where it has one there. */
  schema?: string;
  /** Whether its id may be made by the server, with POST. */
  post?: boolean;
  /** Whether it can be changed in part, with PATCH. Default true. */
  patch?: false;
  /** Whether its `plugins` hold a consumer's credentials instead of a route's configuration. */
  credentials?: boolean;
}

/** The kinds of the Admin API by the segment of their path. */
export const kinds: Record<string, Kind> = {
  routes: { name: "route", schema: "route", post: true },
  upstreams: { name: "upstream", schema: "upstream", post: true },
  services: { name: "service", schema: "service", post: true },
  stream_routes: { name: "stream route", schema: "stream_route", post: true, patch: false },
  protos: { name: "proto", schema: "proto", post: true, patch: false },
  ssls: { name: "ssl", schema: "ssl", post: true },
  global_rules: { name: "global rule", schema: "global_rule" },
  plugin_configs: { name: "plugin config", schema: "plugin_config" },
  consumer_groups: { name: "consumer group", schema: "consumer_group" },
  consumers: { name: "consumer", schema: "consumer", credentials: true, patch: false },
  credentials: { name: "credential", credentials: true, patch: false },
  plugin_metadata: { name: "plugin_metadata", patch: false },
  secrets: { name: "secret" },
};
