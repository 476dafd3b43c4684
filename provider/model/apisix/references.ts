import { without } from "../canonical.ts";
import { isObject, type Json, type JsonObject, UNKNOWN } from "../fields.ts";
import type { Kind } from "../kind.ts";

/** What a field refers to by id, in the arguments and inside plugins. */
const FIELDS: Record<string, string> = {
  upstreamId: "apisix:Upstream",
  upstream_id: "apisix:Upstream",
  serviceId: "apisix:Service",
  pluginConfigId: "apisix:PluginConfig",
  groupId: "apisix:ConsumerGroup",
  clientCertId: "apisix:Ssl",
  proto_id: "apisix:Proto",
  superiorId: "apisix:StreamRoute",
};

/** One object named by another. */
export interface Reference {
  /** As in `["plugins", "traffic-split", "rules", 0, "weighted_upstreams", 1, "upstream_id"]`. */
  path: readonly (string | number)[];
  /** The id as it is written: a number is one, too. */
  value: string | number;
  /** As in `apisix:Upstream`. */
  type: string;
}

/** Everything that the arguments of a resource of this kind refer to, as far as it is known. */
export function referencesOf({ type, identity }: Kind, args: JsonObject): Reference[] {
  // A credential is named by its consumer; what else names an object is no reference.
  const own = type === "apisix:Credential" ? { username: args.username ?? null } : {};
  return [
    ...within(own, { username: "apisix:Consumer" }),
    ...within(without(args, [...identity, "labels"]), FIELDS),
  ];
}

function within(value: Json, fields: Record<string, string>, at: Reference["path"] = []): Reference[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => within(item, fields, [...at, index]));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const path = [...at, key];
    const type = Object.hasOwn(fields, key) ? fields[key] : undefined;
    if (type === undefined) return within(inner, fields, path);
    const isId = (typeof inner === "string" && inner !== UNKNOWN) || typeof inner === "number";
    return isId ? [{ path, value: inner, type }] : [];
  });
}
