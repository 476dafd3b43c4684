import { isObject, type JsonObject, type Store } from "./store.ts";

/** That one object uses another, and the words with which the other's DELETE is refused. */
interface Reference {
  kind: string;
  id: string;
  message: string;
}

const singular: Record<string, string> = {
  routes: "route",
  services: "service",
  stream_routes: "stream_route",
  plugin_configs: "plugin_config",
  consumers: "consumer",
  consumer_groups: "consumer_group",
  global_rules: "global_rule",
};

/** Knows what refers to an object that is to be deleted; the knowledge may lag behind. */
export class References {
  readonly #lag: number;
  /** For each object, by kind and id, the messages of what refers to it, with the time when that ended. */
  readonly #messages = new Map<string, Map<string, number | undefined>>();

  /** @param lag How long, in milliseconds, a reference that has gone still counts. */
  constructor(store: Store, lag: number) {
    this.#lag = lag;
    store.onChange((kind, id, before, after) => {
      for (const reference of before ? referencesOf(kind, id, before) : []) this.#end(reference);
      for (const reference of after ? referencesOf(kind, id, after) : []) this.#begin(reference);
    });
  }

  /** The server's words of refusal while something uses the object, else undefined. */
  refusal(kind: string, id: string): string | undefined {
    const now = performance.now();
    for (const [message, ended] of this.#messages.get(`${kind}/${id}`) ?? []) {
      if (ended === undefined || now - ended < this.#lag) return message;
    }
    return undefined;
  }

  #begin({ kind, id, message }: Reference): void {
    const messages = this.#messages.get(`${kind}/${id}`) ?? new Map<string, number | undefined>();
    this.#messages.set(`${kind}/${id}`, messages.set(message, undefined));
  }

  #end({ kind, id, message }: Reference): void {
    const messages = this.#messages.get(`${kind}/${id}`);
    if (this.#lag > 0) messages?.set(message, performance.now());
    else messages?.delete(message);
  }
}

function referencesOf(kind: string, id: string, value: JsonObject): Reference[] {
  const name = singular[kind];
  if (!name) return [];
  const user = `${name} [${id}] is still using it now`;
  const references: Reference[] = [];
  const add = (target: string, targetId: unknown, message: string) => {
    if (targetId !== undefined) references.push({ kind: target, id: String(targetId), message });
  };
  add("upstreams", value.upstream_id, `can not delete this upstream, ${user}`);
  add("services", value.service_id, `can not delete this service directly, ${user}`);
  add("plugin_configs", value.plugin_config_id, `can not delete this plugin config, ${user}`);
  add("consumer_groups", value.group_id, `can not delete this consumer group, ${user}`);
  for (const upstreamId of trafficSplitUpstreams(value.plugins)) {
    add("upstreams", upstreamId, `can not delete this upstream, plugin in ${user}`);
  }
  const transcode = isObject(value.plugins) ? value.plugins["grpc-transcode"] : undefined;
  if (isObject(transcode)) add("protos", transcode.proto_id, `can not delete this proto, ${user}`);
  return references;
}

function trafficSplitUpstreams(plugins: unknown): unknown[] {
  const split = isObject(plugins) ? plugins["traffic-split"] : undefined;
  const rules = isObject(split) && Array.isArray(split.rules) ? split.rules : [];
  return rules
    .flatMap((rule) =>
      isObject(rule) && Array.isArray(rule.weighted_upstreams) ? rule.weighted_upstreams : [],
    )
    .map((weighted) => (isObject(weighted) ? weighted.upstream_id : undefined));
}
