import { isObject, type Json } from "../provider/fields.ts";
import type { Declared } from "./lint-facts.ts";

/** What a field refers to by id, in the arguments and inside plugins. */
const REFERENCES: Record<string, string> = {
  upstreamId: "apisix:Upstream",
  upstream_id: "apisix:Upstream",
  serviceId: "apisix:Service",
  pluginConfigId: "apisix:PluginConfig",
  groupId: "apisix:ConsumerGroup",
  clientCertId: "apisix:Ssl",
  proto_id: "apisix:Proto",
  superiorId: "apisix:StreamRoute",
};

/** A resource that names another one of the stack in writing, so that Pulumi does not know that it needs it. */
export interface LiteralReference {
  from: Declared;
  to: Declared;
  /** As in `plugins.traffic-split.rules[0].weighted_upstreams[1].upstream_id`. */
  path: string;
}

/** All of a stack. */
export function literalReferences(stack: readonly Declared[]): LiteralReference[] {
  const gateway = stack.filter(({ type }) => type.startsWith("apisix:"));
  return gateway.flatMap((from) =>
    written(
      from.written ?? {},
      from.type === "apisix:Credential" ? { username: "apisix:Consumer" } : REFERENCES,
    ).flatMap(({ path, type, id }) => {
      const to = gateway.find(
        (other) =>
          other !== from && other.type === type && other.provider === from.provider && idOf(other) === id,
      );
      return to ? [{ from, to, path }] : [];
    }),
  );
}

/** The argument that is the id, or the resource's name in its place. */
function idOf({ type, name, args }: Declared): unknown {
  const word = type.slice("apisix:".length);
  const field = type === "apisix:Consumer" ? "username" : `${word.charAt(0).toLowerCase()}${word.slice(1)}Id`;
  return args[field] ?? name;
}

function written(
  value: Json,
  references: Record<string, string>,
  path = "",
): { path: string; type: string; id: string }[] {
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => written(item, references, `${path}[${index}]`));
  }
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const at = path ? `${path}.${key}` : key;
    const type = Object.hasOwn(references, key) ? references[key] : undefined;
    if (type === undefined) return written(inner, references, at);
    return typeof inner === "string" || typeof inner === "number"
      ? [{ path: at, type, id: String(inner) }]
      : [];
  });
}
