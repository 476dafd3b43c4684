import type { JsonObject } from "./store.ts";

/** What sets one kind of object of the Admin API apart from the others. */
export interface Kind {
  /** Its name in messages. */
  name: string;
  /** Its name among the schemas, where it has one there. */
  schema?: string;
  /** Whether its id may be made by the server, with POST. */
  post?: boolean;
  /** Whether its `plugins` hold a consumer's credentials instead of a route's configuration. */
  credentials?: boolean;
}

/** The kinds of the Admin API by the segment of their path. */
export const kinds: Record<string, Kind> = {
  routes: { name: "route", schema: "route", post: true },
  upstreams: { name: "upstream", schema: "upstream", post: true },
  services: { name: "service", schema: "service", post: true },
  stream_routes: { name: "stream route", schema: "stream_route", post: true },
  protos: { name: "proto", schema: "proto", post: true },
  ssls: { name: "ssl", schema: "ssl", post: true },
  global_rules: { name: "global rule", schema: "global_rule" },
  plugin_configs: { name: "plugin config", schema: "plugin_config" },
  consumer_groups: { name: "consumer group", schema: "consumer_group" },
  consumers: { name: "consumer", schema: "consumer", credentials: true },
  credentials: { name: "credential", credentials: true },
  plugin_metadata: { name: "plugin_metadata" },
  secrets: { name: "secret" },
};

const text = { type: "string" };
const time = { type: "integer" };
const id = {
  anyOf: [
    { type: "string", minLength: 1, maxLength: 64, pattern: "^[a-zA-Z0-9-_.]+$" },
    { type: "integer", minimum: 1 },
  ],
};

/** The schemas that the recorded list of APISIX's schemas does not have. */
export const moreSchemas: { credential: JsonObject; secrets: Record<string, JsonObject> } = {
  credential: {
    type: "object",
    properties: {
      id,
      plugins: { type: "object", maxProperties: 1 },
      name: text,
      desc: { type: "string", maxLength: 256 },
      labels: { type: "object" },
      create_time: time,
      update_time: time,
    },
    additionalProperties: false,
  },
  secrets: {
    vault: {
      type: "object",
      properties: { uri: text, prefix: text, token: text, namespace: text },
      required: ["uri", "prefix", "token"],
    },
    aws: {
      type: "object",
      properties: { access_key_id: text, secret_access_key: text, session_token: text, region: text },
      required: ["access_key_id", "secret_access_key"],
    },
    gcp: { type: "object", anyOf: [{ required: ["auth_config"] }, { required: ["auth_file"] }] },
  },
};
