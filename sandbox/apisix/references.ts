import { isObject, type JsonObject, type Store } from "./store.ts";

/** That one object uses another, and the words with which the other's DELETE is refused. */
interface Reference {
  kind: string;
  id: string;
  message: string;
}

/** What one kind of object refers to, of what APISIX asks about before a DELETE. */
type Referring = (value: JsonObject, user: string) => (Omit<Reference, "id"> & { id: unknown })[];

const used = (name: string, user: string) => `can not delete this ${name}, ${user} is still using it now`;

/** The kinds in the order in which APISIX looks through them. Stream routes may lose their upstream. */
const referring: Record<string, Referring> = {
  routes: (value, user) => [
    ...upstreamsOfPlugins(value, `route ${user}`),
    { kind: "upstreams", id: value.upstream_id, message: used("upstream", `route ${user}`) },
    { kind: "services", id: value.service_id, message: used("service directly", `route ${user}`) },
    { kind: "plugin_configs", id: value.plugin_config_id, message: used("plugin config", `route ${user}`) },
    ...protosOfPlugins(value, `route ${user}`),
  ],
  services: (value, user) => [
    ...upstreamsOfPlugins(value, `service ${user}`),
    { kind: "upstreams", id: value.upstream_id, message: used("upstream", `service ${user}`) },
    ...protosOfPlugins(value, `service ${user}`),
  ],
  plugin_configs: (value, user) => upstreamsOfPlugins(value, `plugin_config ${user}`),
  consumers: (value, user) => [
    ...upstreamsOfPlugins(value, `consumer ${user}`),
    { kind: "consumer_groups", id: value.group_id, message: used("consumer group", `consumer ${user}`) },
  ],
  consumer_groups: (value, user) => upstreamsOfPlugins(value, `consumer_group ${user}`),
  global_rules: (value, user) => upstreamsOfPlugins(value, `global_rules ${user}`),
  stream_routes: (value, user) => [
    { kind: "services", id: value.service_id, message: used("service directly", `stream_route ${user}`) },
    {
      kind: "stream_routes",
      id: isObject(value.protocol) ? value.protocol.superior_id : undefined,
      message: `can not delete this stream route directly, stream route ${user} is still using it as superior_id`,
    },
  ],
};
const kindsInOrder = Object.keys(referring);

/** Knows what refers to an object that is to be deleted; the knowledge may lag behind. */
export class References {
  readonly #lag: number;
  /** For each object, by kind and id, the messages of what refers to it. */
  readonly #messages = new Map<string, Map<string, { rank: number; ended: number | undefined }>>();

  /** @param lag How long, in milliseconds, a reference that has gone still counts. */
  constructor(store: Store, lag: number) {
    this.#lag = lag;
    store.onChange((kind, id, before, after) => {
      for (const reference of before ? referencesOf(kind, id, before) : []) this.#end(reference);
      for (const reference of after ? referencesOf(kind, id, after) : [])
        this.#begin(reference, kindsInOrder.indexOf(kind));
    });
  }

  /** The server's words of refusal while something uses the object, else undefined. */
  refusal(kind: string, id: string): string | undefined {
    const now = performance.now();
    const messages = [...(this.#messages.get(`${kind}/${id}`) ?? [])]
      .filter(([, { ended }]) => ended === undefined || now - ended < this.#lag)
      .sort(([, left], [, right]) => left.rank - right.rank);
    return messages[0]?.[0];
  }

  #begin({ kind, id, message }: Reference, rank: number): void {
    const messages = this.#messages.get(`${kind}/${id}`) ?? new Map();
    this.#messages.set(`${kind}/${id}`, messages.set(message, { rank, ended: undefined }));
  }

  #end({ kind, id, message }: Reference): void {
    const messages = this.#messages.get(`${kind}/${id}`);
    const reference = messages?.get(message);
    if (reference && this.#lag > 0) reference.ended = performance.now();
    else messages?.delete(message);
  }
}

function referencesOf(kind: string, id: string, value: JsonObject): Reference[] {
  const references = referring[kind]?.(value, `[${id}]`) ?? [];
  return references
    .filter((reference) => reference.id !== undefined)
    .map((reference) => ({ ...reference, id: String(reference.id) }));
}

function upstreamsOfPlugins({ plugins }: JsonObject, user: string) {
  const split = isObject(plugins) ? plugins["traffic-split"] : undefined;
  const rules = isObject(split) && Array.isArray(split.rules) ? split.rules.filter(isObject) : [];
  return rules
    .flatMap(({ weighted_upstreams: weighted }) => (Array.isArray(weighted) ? weighted.filter(isObject) : []))
    .map(({ upstream_id: id }) => ({
      kind: "upstreams",
      id,
      message: used("upstream", `plugin in ${user}`),
    }));
}

function protosOfPlugins({ plugins }: JsonObject, user: string) {
  const transcode = isObject(plugins) ? plugins["grpc-transcode"] : undefined;
  const id = isObject(transcode) ? transcode.proto_id : undefined;
  return [{ kind: "protos", id, message: used("proto", user) }];
}
