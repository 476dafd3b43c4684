import { sslProblem } from "./checks/certificates.ts";
import { duplicateKeyProblem } from "./checks/consumer-keys.ts";
import { luaProblem } from "./checks/lua.ts";
import { isAddressOrNetwork } from "./checks/plugin-patterns.ts";
import { pluginsProblem } from "./checks/plugins.ts";
import { protoProblem } from "./checks/protos.ts";
import { Refusal, refuse } from "./checks/refusal.ts";
import { upstreamProblem } from "./checks/upstreams.ts";
import { checkSecrets } from "./encryption.ts";
import { expressionError } from "./expression.ts";
import { kinds } from "./kinds.ts";
import { validate } from "./schema/validator.ts";
import type { Schemas } from "./schemas.ts";
import { credentialSchema, secretManagers } from "./schemas-unlisted.ts";
import { isObject, type JsonObject, type Store } from "./store.ts";

/** The checks of one kind, after its schema, in APISIX's order. */
type KindCheck = (value: JsonObject, id: string, owner: string) => void;

/** Decides whether an object may be written. */
export class Checks {
  readonly #store: Store;
  readonly #schemas: Schemas;
  /** Whether the release is one that stores defaults (3.11). */
  readonly #older: boolean;
  readonly #groups = new Map<string, JsonObject>();
  /** What a stream route may name as its protocol. */
  readonly #protocols: readonly unknown[];

  constructor(store: Store, schemas: Schemas, storesDefaults: boolean, protocols: readonly string[] = []) {
    this.#protocols = protocols;
    this.#store = store;
    this.#schemas = schemas;
    this.#older = storesDefaults;
  }

  /**
   * Returns what is to be stored, or throws a {@link Refusal}.
   * @param owner The consumer, of a credential.
   */
  check(kind: string, id: string, body: JsonObject, owner = ""): JsonObject {
    if (kind === "routes") refuse(alternativesProblem(body));
    const value = structuredClone(body);
    // Releases between 3.11 and 3.18 encrypt what they have not checked yet.
    if (!this.#older && !this.#schemas.newest && kind !== "stream_routes")
      checkSecrets(kind, value, this.#schemas);
    if (kind === "upstreams") refuse(upstreamProblem(value, this.#context()));
    else this.#applySchema(this.#schemaOf(kind, id), value);
    this.#kinds[kind]?.(value, id, owner);
    return this.#older ? value : body;
  }

  readonly #kinds: Record<string, KindCheck> = {
    routes: (value) => {
      this.#upstream(value);
      this.#references(value, "upstream_id", "service_id", "plugin_config_id");
      this.#plugins(value);
      if (value.vars !== undefined)
        refuse(expressionError(value.vars), "failed to validate the 'vars' expression: ");
      refuse(luaProblem(value));
    },
    services: (value) => {
      this.#upstream(value);
      this.#references(value, "upstream_id");
      this.#plugins(value);
      refuse(luaProblem({ script: value.script }));
    },
    stream_routes: (value, id) => {
      this.#references(value, "upstream_id", "service_id");
      if (this.#schemas.newest) refuse(superiorProblem(value, id, this.#store));
      if (isObject(value.plugins)) refuse(pluginsProblem(value.plugins, "stream", this.#context()));
      for (const field of ["remote_addr", "server_addr"]) {
        const address = value[field];
        if (typeof address === "string" && !isAddressOrNetwork(address))
          throw new Refusal(`invalid ${field}: ${address}`);
      }
      // A gateway whose configuration names no protocols has none.
      if (isObject(value.protocol) && !this.#protocols.includes(value.protocol.name))
        throw new Refusal(`unknown protocol [${value.protocol.name}]`);
    },
    plugin_configs: (value) => this.#plugins(value),
    consumer_groups: (value) => this.#plugins(value),
    global_rules: (value, id) => {
      this.#plugins(value);
      if (this.#schemas.newest) refuse(this.#globalConflict(value, id));
    },
    consumers: (value, id) => {
      if (id !== "" && value.username !== id) throw new Refusal("wrong username");
      this.#credentials(value, { consumer: String(value.username) });
      this.#references(value, "group_id");
    },
    credentials: (value, id, consumer) => {
      this.#credentials(value, { consumer, credential: id });
      const names = Object.keys(isObject(value.plugins) ? value.plugins : {});
      if (names.some((name) => this.#schemas.plugins[name]?.type !== "auth"))
        throw new Refusal("only supports auth type plugins in consumer credential");
    },
    protos: (value) => refuse(protoProblem(String(value.content)), "invalid content: "),
    ssls: (value) => refuse(sslProblem(value, this.#older)),
  };

  #context() {
    return { older: this.#older, store: this.#store, schemas: this.#schemas, groups: this.#groups };
  }

  #applySchema(schema: JsonObject, value: JsonObject): void {
    const validation = validate(schema, value, this.#schemas.dialect);
    if ("error" in validation) throw new Refusal(`invalid configuration: ${validation.error}`);
    Object.assign(value, validation.value);
  }

  #schemaOf(kind: string, id: string): JsonObject {
    if (kind === "plugin_metadata") {
      const plugin = this.#schemas.plugins[id] ?? this.#schemas.streamPlugins[id];
      if (!plugin) throw new Refusal("invalid plugin name");
      return plugin.metadata_schema ?? { type: "object" };
    }
    if (kind === "secrets") {
      const manager = id.split("/")[0] ?? "";
      const schema = Object.hasOwn(secretManagers, manager) ? secretManagers[manager] : undefined;
      if (!schema) throw new Refusal(`invalid secret manager: ${manager}`);
      return schema;
    }
    const { main } = this.#schemas;
    if (kind === "credentials") return credentialSchema(main.consumer ?? {}, this.#older);
    return main[kinds[kind]?.schema ?? ""] ?? {};
  }

  #upstream({ upstream }: JsonObject): void {
    if (isObject(upstream)) refuse(upstreamProblem(upstream, this.#context()));
  }

  #plugins({ plugins }: JsonObject): void {
    if (isObject(plugins)) refuse(pluginsProblem(plugins, "http", this.#context()));
  }

  #credentials({ plugins }: JsonObject, writer: { consumer: string; credential?: string }): void {
    if (!isObject(plugins)) return;
    refuse(pluginsProblem(plugins, "consumer", this.#context()), "invalid plugins configuration: ");
    if (this.#schemas.newest) refuse(duplicateKeyProblem(plugins, writer, this.#store));
  }

  #references(value: JsonObject, ...fields: (keyof typeof referred)[]): void {
    for (const field of fields) {
      const { kind, name } = referred[field];
      const id = value[field];
      if (id !== undefined && !this.#store.find(kind, String(id)))
        throw new Refusal(`failed to fetch ${name} info by ${name} id [${id}], response code: 404`);
    }
  }

  #globalConflict({ plugins }: JsonObject, id: string): string | undefined {
    for (const rule of this.#store.entries("global_rules")) {
      for (const name of Object.keys(isObject(plugins) ? plugins : {})) {
        if (rule.id !== id && isObject(rule.value.plugins) && name in rule.value.plugins)
          return `plugin '${name}' already exists in global rule with id '${rule.id}'`;
      }
    }
    return undefined;
  }
}

/** The fields that refer to other objects, and what those are called in messages. */
const referred = {
  upstream_id: { kind: "upstreams", name: "upstream" },
  service_id: { kind: "services", name: "service" },
  plugin_config_id: { kind: "plugin_configs", name: "plugin config" },
  group_id: { kind: "consumer_groups", name: "consumer group" },
} as const;

function alternativesProblem(route: JsonObject): string | undefined {
  if (route.host !== undefined && route.hosts !== undefined) return "only one of host or hosts is allowed";
  return route.remote_addr !== undefined && route.remote_addrs !== undefined
    ? "only one of remote_addr or remote_addrs is allowed"
    : undefined;
}

/** What is wrong with the stream route that another one says is above it. */
function superiorProblem({ protocol }: JsonObject, id: string, store: Store): string | undefined {
  const superior = isObject(protocol) ? protocol.superior_id : undefined;
  if (!isObject(protocol) || superior === undefined) return undefined;
  if (String(superior) === id) return "stream route can not set itself as superior_id";
  const found = store.find("stream_routes", String(superior))?.value.protocol;
  if (!store.find("stream_routes", String(superior)))
    return `failed to fetch stream routes[${superior}], response code: 404`;
  return isObject(found) && found.name !== protocol.name
    ? `protocol mismatch: subordinate protocol [${protocol.name}] does not match superior protocol [${found.name}]`
    : undefined;
}
