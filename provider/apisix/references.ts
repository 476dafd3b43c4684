import { without } from "../canonical.ts";
import { isObject, type Json, type JsonObject, UNKNOWN } from "../fields.ts";
import type { Kind } from "../kind.ts";

/** What a field refers to by id, in the arguments and inside plugins. */
export const REFERENCES: Record<string, string> = {
  upstreamId: "apisix:Upstream",
  upstream_id: "apisix:Upstream",
  serviceId: "apisix:Service",
  pluginConfigId: "apisix:PluginConfig",
  groupId: "apisix:ConsumerGroup",
  clientCertId: "apisix:Ssl",
  proto_id: "apisix:Proto",
  superiorId: "apisix:StreamRoute",
};

/** The same for a credential, which refers to its consumer by name. */
export const CREDENTIAL_REFERENCES: Record<string, string> = { username: "apisix:Consumer" };

/** One object named by another. */
export interface Reference {
  /** As in `plugins.traffic-split.rules[0].weighted_upstreams[1].upstream_id`. */
  path: string;
  /** As in `apisix:Upstream`. */
  type: string;
  id: string;
}

/** Everything that the arguments of a resource of this kind refer to, as far as it is known. */
export function referencesOf({ type, identity }: Kind, args: JsonObject): Reference[] {
  // A credential is named by its consumer; what else names an object is no reference.
  if (type === "apisix:Credential") return within(args, CREDENTIAL_REFERENCES);
  return within(without(args, identity), REFERENCES);
}

function within(value: Json, fields: Record<string, string>, path = ""): Reference[] {
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => within(item, fields, `${path}[${index}]`));
  }
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const at = path ? `${path}.${key}` : key;
    const type = Object.hasOwn(fields, key) ? fields[key] : undefined;
    if (type === undefined) return within(inner, fields, at);
    const isId = (typeof inner === "string" && inner !== UNKNOWN) || typeof inner === "number";
    return isId ? [{ path: at, type, id: String(inner) }] : [];
  });
}
