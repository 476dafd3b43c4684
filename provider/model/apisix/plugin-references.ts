import { isObject, type Json, type NestedReference } from "../fields.ts";
import { valuesAt } from "./plugin-catalogue.ts";

/** Which fields of built-in plugins name an object of the gateway. */
const REFERENCES: Record<string, Record<string, string>> = {
  "traffic-split": {
    "rules.weighted_upstreams.upstream_id": "apisix:Upstream",
    "rules.weighted_upstreams.upstream.tls.client_cert_id": "apisix:Ssl",
  },
  "grpc-transcode": { proto_id: "apisix:Proto" },
  "basic-auth": { anonymous_consumer: "apisix:Consumer" },
  "hmac-auth": { anonymous_consumer: "apisix:Consumer" },
  "jwt-auth": { anonymous_consumer: "apisix:Consumer" },
  "key-auth": { anonymous_consumer: "apisix:Consumer" },
};

/** What configurations of plugins by name refer to. */
export function pluginReferences(plugins: Json): NestedReference[] {
  if (!isObject(plugins)) return [];
  return Object.entries(plugins).flatMap(([name, configuration]) =>
    Object.entries(Object.hasOwn(REFERENCES, name) ? (REFERENCES[name] ?? {}) : {}).flatMap(([field, type]) =>
      valuesAt(configuration, field.split("."), [name]).map(({ path, value }) => ({ path, value, type })),
    ),
  );
}
