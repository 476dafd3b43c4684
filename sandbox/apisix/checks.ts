import { createPrivateKey, X509Certificate } from "node:crypto";
import { clearKey } from "./encryption.ts";
import { expressionError } from "./expression.ts";
import { kinds, moreSchemas } from "./kinds.ts";
import { type Schemas, validator } from "./schemas.ts";
import { isObject, type JsonObject, type Store } from "./store.ts";

/** A body that the Admin API refuses; `crash` is what it answers with its page for a Lua error. */
export class Refusal extends Error {
  readonly crash: boolean;
  constructor(message: string, crash = false) {
    super(message);
    this.crash = crash;
  }
}

/** Decides whether an object may be written. */
export class Checks {
  readonly #store: Store;
  readonly #schemas: Schemas;
  readonly #storesDefaults: boolean;

  constructor(store: Store, schemas: Schemas, storesDefaults: boolean) {
    this.#store = store;
    this.#schemas = schemas;
    this.#storesDefaults = storesDefaults;
  }

  /** Returns what is to be stored, or throws a {@link Refusal}. */
  check(kind: string, id: string, body: JsonObject): JsonObject {
    const nodes = body.nodes;
    if (kind === "upstreams" && typeof nodes === "string" && !this.#storesDefaults)
      throw new Refusal("", true);
    if (body.host !== undefined && body.hosts !== undefined && kind === "routes") {
      throw new Refusal("only one of host or hosts is allowed");
    }
    if (body.remote_addr !== undefined && body.remote_addrs !== undefined && kind === "routes") {
      throw new Refusal("only one of remote_addr or remote_addrs is allowed");
    }
    const value = this.#validated(this.#schema(kind, id), body, "invalid configuration: ");
    if (kind === "upstreams") checkUpstream(value);
    if (isObject(value.upstream)) checkUpstream(value.upstream);
    this.#checkReferences(value);
    if (isObject(value.plugins)) value.plugins = this.#checkPlugins(kind, value.plugins);
    if (kind === "global_rules") this.#checkGlobalRule(id, value);
    if (kind === "protos") checkProto(String(value.content));
    if (kind === "ssls") checkCertificate(value.cert, value.key);
    if (value.vars !== undefined) {
      const error = expressionError(value.vars);
      if (error) throw new Refusal(`failed to validate the 'vars' expression: ${error}`);
    }
    return value;
  }

  #validated(schema: JsonObject, body: JsonObject, prefix: string): JsonObject {
    const validation = validator.validate(schema, body);
    if ("error" in validation) throw new Refusal(prefix + validation.error);
    return this.#storesDefaults ? validation.value : body;
  }

  #schema(kind: string, id: string): JsonObject {
    if (kind === "plugin_metadata") {
      const plugin = this.#schemas.plugins[id];
      if (!plugin) throw new Refusal("invalid plugin name");
      return plugin.metadata_schema ?? { type: "object" };
    }
    if (kind === "secrets") {
      const manager = id.split("/")[0] ?? "";
      const schema = moreSchemas.secrets[manager];
      if (!schema) throw new Refusal(`invalid secret manager: ${manager}`);
      return schema;
    }
    const name = kinds[kind]?.schema;
    return (name ? this.#schemas.main[name] : undefined) ?? moreSchemas.credential;
  }

  #checkReferences(value: JsonObject): void {
    const fields = [
      ["upstream_id", "upstreams", "upstream"],
      ["service_id", "services", "service"],
      ["plugin_config_id", "plugin_configs", "plugin config"],
      ["group_id", "consumer_groups", "consumer group"],
    ] as const;
    for (const [field, kind, name] of fields) {
      const id = value[field];
      if (id !== undefined && !this.#store.find(kind, String(id))) {
        throw new Refusal(`failed to fetch ${name} info by ${name} id [${id}], response code: 404`);
      }
    }
  }

  #checkPlugins(kind: string, plugins: JsonObject): JsonObject {
    const checked: JsonObject = {};
    for (const [name, configuration] of Object.entries(plugins)) {
      const plugin = this.#schemas.plugins[name];
      if (!plugin) throw new Refusal(`unknown plugin [${name}]`);
      const prefix = `failed to check the configuration of plugin ${name} err: `;
      if (!isObject(configuration)) throw new Refusal(`${prefix}invalid plugin conf`);
      const credentials = kinds[kind]?.credentials && plugin.type === "auth";
      const schema = credentials ? (plugin.consumer_schema ?? plugin.schema) : plugin.schema;
      checked[name] = this.#validated(schema, configuration, prefix);
    }
    return checked;
  }

  #checkGlobalRule(id: string, value: JsonObject): void {
    if (this.#storesDefaults) return;
    for (const rule of this.#store.entries("global_rules")) {
      for (const name of Object.keys(isObject(value.plugins) ? value.plugins : {})) {
        if (rule.id !== id && isObject(rule.value.plugins) && name in rule.value.plugins) {
          throw new Refusal(`plugin '${name}' already exists in global rule with id '${rule.id}'`);
        }
      }
    }
  }
}

const hashedVariable =
  /^((uri|server_name|server_addr|request_uri|remote_port|remote_addr|query_string|host|hostname|mqtt_client_id)|arg_[0-9a-zA-z_-]+)$/;
const hashedHeader = /^[a-zA-Z0-9-_]+$/;

function checkUpstream(upstream: JsonObject): void {
  if (upstream.pass_host === "rewrite" && !upstream.upstream_host) {
    throw new Refusal("`upstream_host` can't be empty when `pass_host` is `rewrite`");
  }
  if (isObject(upstream.tls)) checkCertificate(upstream.tls.client_cert, upstream.tls.client_key);
  if (upstream.type !== "chash") return;
  const on = upstream.hash_on ?? "vars";
  if (on === "consumer") return;
  if (upstream.key === undefined) throw new Refusal("missing key");
  const pattern = { vars: hashedVariable, header: hashedHeader, cookie: hashedHeader }[String(on)];
  const key = String(upstream.key);
  if (pattern && !pattern.test(key)) {
    throw new Refusal(
      `invalid configuration: failed to match pattern ${JSON.stringify(pattern.source)} with "${key}"`,
    );
  }
}

function checkCertificate(cert: unknown, key: unknown): void {
  if (typeof cert !== "string" || typeof key !== "string") return;
  if (/^\$(secret|env):\/\//i.test(cert) || /^\$(secret|env):\/\//i.test(key)) return;
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(cert);
  } catch {
    throw new Refusal("failed to parse cert: PEM_read_bio_X509_AUX() failed");
  }
  let matching: boolean;
  try {
    matching = certificate.checkPrivateKey(createPrivateKey(clearKey(key) ?? ""));
  } catch {
    throw new Refusal("failed to parse key: PEM_read_bio_PrivateKey() failed");
  }
  if (!matching) throw new Refusal("failed to parse key: key and cert doesn't match");
}

function checkProto(content: string): void {
  const [, keyword] = /^\s*([A-Za-z]\w*)/.exec(content) ?? [];
  if (keyword && /^(syntax|edition|package|import|option|message|enum|service|extend)$/.test(keyword)) return;
  throw new Refusal(`invalid content: unknown keyword '${keyword ?? ""}'`);
}
