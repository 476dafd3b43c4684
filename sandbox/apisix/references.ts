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

/** Checks that nothing refers to an object that is to be deleted, over a view that may lag behind. */
export class References {
  readonly #store: Store;
  readonly #lag: number;
  #ended: { reference: Reference; at: number }[] = [];

  /** @param lag How long, in milliseconds, a reference that has gone still counts. */
  constructor(store: Store, lag: number) {
    this.#store = store;
    this.#lag = lag;
    store.onChange((kind, id, before, after) => {
      if (!before || this.#lag === 0) return;
      const kept = new Set(
        (after ? referencesOf(kind, id, after) : []).map((reference) => reference.message),
      );
      const at = performance.now();
      this.#ended = this.#ended.filter((ended) => at - ended.at < this.#lag);
      for (const reference of referencesOf(kind, id, before)) {
        if (!kept.has(reference.message)) this.#ended.push({ reference, at });
      }
    });
  }

  /** The server's words of refusal while something uses the object, else undefined. */
  refusal(kind: string, id: string): string | undefined {
    const now = performance.now();
    const lagging = this.#ended.filter(({ at }) => now - at < this.#lag).map(({ reference }) => reference);
    const live = this.#store.all().flatMap((stored) => referencesOf(stored.kind, stored.id, stored.value));
    return [...live, ...lagging].find((reference) => reference.kind === kind && reference.id === id)?.message;
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
