import { randomBytes } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { decodeJson } from "../lua/cjson.ts";
import { LuaError } from "../lua/values.ts";
import { isReference } from "../secret-references.ts";
import { isObject, type JsonObject } from "../store.ts";
import { functionsProblem } from "./lua.ts";
import { headersProblem } from "./plugin-patterns.ts";
import { list, type PluginContext, type PluginRule } from "./plugin-rule.ts";

/** The plugins whose fields depend on each other in ways that their schemas do not say. */
export const fieldRules: Record<string, PluginRule> = {
  "ai-rate-limiting": ({ limit_strategy, cost_expr }) =>
    limit_strategy === "expression" && !cost_expr
      ? "cost_expr is required when limit_strategy is 'expression'"
      : undefined,
  "ai-proxy-multi": ({ instances }) => {
    const names = list(instances).map((instance) => (isObject(instance) ? instance.name : undefined));
    const second = names.findIndex((name, index) => names.indexOf(name) < index);
    if (second < 0) return undefined;
    const first = names.indexOf(names[second]);
    return `duplicate instance name '${names[second]}' at instances[${first + 1}] and instances[${second + 1}]`;
  },
  "cas-auth": ({ cookie }, { older }) =>
    !older && isObject(cookie) && cookie.samesite === "None" && cookie.secure === false
      ? 'cookie.secure must be true when cookie.samesite is "None"'
      : undefined,
  "graphql-limit-count": (configuration, context) => countProblem(configuration, context),
  "limit-count": (configuration, context) => countProblem(configuration, context),
  "graphql-proxy-cache": ({ cache_zone }) =>
    isZone(cache_zone) ? undefined : `cache_zone ${cache_zone} not found`,
  "jwt-auth": (configuration, { older, credentials, schemas }) =>
    credentials
      ? older
        ? oldTokenProblem(configuration)
        : tokenProblem(configuration, schemas.newest)
      : undefined,
  "ldap-auth-advanced": ({ use_ldaps, use_starttls, bind_dn, ldap_password }, { credentials }) => {
    if (credentials) return undefined;
    if (use_ldaps === true && use_starttls === true)
      return "use_ldaps and use_starttls are mutually exclusive";
    return bind_dn !== undefined && ldap_password === undefined
      ? "ldap_password is required when bind_dn is set"
      : undefined;
  },
  mocking: ({ content_type }) => {
    const [type] = String(content_type).split(";");
    const known = ["application/xml", "application/json", "text/plain", "text/html", "text/xml"];
    return known.includes(String(type)) ? undefined : "unsupported content type!";
  },
  "multi-auth": ({ auth_plugins }, context) => {
    for (const entry of list(auth_plugins)) {
      if (typeof entry !== "object" || entry === null) throw new LuaError("table expected");
      for (const [name, configuration] of named(entry)) {
        const plugin = Object.hasOwn(context.schemas.plugins, name)
          ? context.schemas.plugins[name]
          : undefined;
        // The older release loads the plugin's code, which is not there.
        if (!plugin && context.older) throw new LuaError("module not found");
        if (!plugin) return `${name} plugin did not found`;
        if (plugin.type !== "auth") return `${name} plugin is not supported`;
        const problem = context.check(name, configuration);
        if (problem !== undefined) return `plugin ${name} check schema failed: ${problem}`;
      }
    }
    return undefined;
  },
  "oas-validator": ({ spec }) => {
    if (typeof spec !== "string" || isReference(spec)) return undefined;
    try {
      decodeJson(Buffer.from(spec));
      return undefined;
    } catch (problem) {
      return `invalid JSON string provided, err: ${(problem as Error).message}`;
    }
  },
  degraphql: ({ query }) => {
    // Only the beginning is read: what follows is left to a parser of GraphQL.
    const [space = "", word] = /^\s*(\{|query|mutation|fragment)?/.exec(String(query)) ?? [];
    if (word !== undefined) return undefined;
    return `failed to parse query: Syntax error near line ${space.split("\n").length}`;
  },
  "proxy-cache": ({ cache_key, cache_zone, cache_strategy }) => {
    if (list(cache_key).includes("$request_method")) return "cache_key variable $request_method unsupported";
    if (!isZone(cache_zone)) return `cache_zone ${cache_zone} not found`;
    return zones[cache_zone] === cache_strategy
      ? undefined
      : `invalid or empty cache_zone for cache_strategy: ${cache_strategy}`;
  },
  "response-rewrite": ({ headers, body, body_base64 }, { older }) => {
    const problem = headersProblem(headers, false);
    if (problem !== undefined || body_base64 !== true || (!older && isReference(body))) return problem;
    return typeof body === "string" && body !== "" && isBase64(body) ? undefined : "invalid base64 content";
  },
  "serverless-pre-function": ({ functions }) => functionsProblem(functions),
  "serverless-post-function": ({ functions }) => functionsProblem(functions),
};

/** The entries of a table; those of a list have the numbers from 1 on as names. */
function named(table: object): [string, unknown][] {
  if (!Array.isArray(table)) return Object.entries(table);
  return table.map((item, index) => [String(index + 1), item]);
}

/** What `ai-request-rewrite` wants of its fields before its schema is looked at. */
export function endpointProblem({ provider, override }: JsonObject): string | undefined {
  if (provider !== "openai-compatible") return undefined;
  if (
    override !== undefined &&
    override !== false &&
    typeof override !== "object" &&
    typeof override !== "string"
  )
    throw new LuaError("attempt to index a value");
  const endpoint = isObject(override) ? override.endpoint : undefined;
  return endpoint === undefined || endpoint === false
    ? "override.endpoint is required for openai-compatible provider"
    : undefined;
}

/** The older `ai-proxy` looks for the code of the provider before it looks at anything else. */
export function providerProblem({ model }: JsonObject): string | undefined {
  if (!isObject(model)) throw new LuaError("attempt to index a value");
  const { provider } = model;
  if (typeof provider !== "string" && typeof provider !== "number")
    throw new LuaError("attempt to concatenate a value");
  return provider === "openai" ? undefined : `provider: ${provider} is not supported.`;
}

/** What `openid-connect` wants of its fields before its schema is looked at; the older release makes a session. */
export function openidProblem(configuration: JsonObject, older: boolean): string | undefined {
  if (configuration.ssl_verify === "no") configuration.ssl_verify = false;
  const bearer = configuration.bearer_only === true;
  if (!bearer && configuration.session === undefined) {
    if (!older) return 'property "session.secret" is required when "bearer_only" is false';
    configuration.session = { secret: randomBytes(32).toString("base64") };
  }
  if (older) return undefined;
  const { client_secret, public_key, use_jwks, use_pkce } = configuration;
  const keyless = bearer
    ? public_key || use_jwks || configuration.introspection_endpoint_auth_method === "private_key_jwt"
    : configuration.token_endpoint_auth_method === "private_key_jwt" || use_pkce;
  return keyless || client_secret ? undefined : 'property "client_secret" is required';
}

/** The cache zones of a gateway whose configuration names none, with the strategy that each is for. */
const zones: Record<string, string> = { disk_cache_one: "disk", memory_cache: "memory" };

function isZone(name: unknown): name is string {
  return typeof name === "string" && Object.hasOwn(zones, name);
}

function isBase64(text: string): boolean {
  return /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/.test(text);
}

function tokenProblem(
  { algorithm, secret, base64_secret, public_key }: JsonObject,
  newest: boolean,
): string | undefined {
  const symmetric = String(algorithm).startsWith("HS");
  if (symmetric && secret === undefined)
    return newest
      ? 'property "secret" is required when using HS based algorithms'
      : 'property "secret" is required when "algorithm" is "HS256" or "HS512"';
  if (base64_secret === true && !isReference(secret) && !isBase64(String(secret)))
    return "base64_secret required but the secret is not in base64 format";
  return symmetric || public_key !== undefined ? undefined : "missing valid public key";
}

/** The older release makes a secret where one is missing. */
function oldTokenProblem(configuration: JsonObject): string | undefined {
  const { algorithm, secret, base64_secret } = configuration;
  if (algorithm !== "RS256" && algorithm !== "ES256" && secret === undefined) {
    configuration.secret = randomBytes(32).toString("base64");
    return undefined;
  }
  return base64_secret === true && !isBase64(String(secret))
    ? "base64_secret required but the secret is not in base64 format"
    : undefined;
}

function countProblem(configuration: JsonObject, { older, groups }: PluginContext): string | undefined {
  const { count, time_window, rules, group, policy, sync_interval } = configuration;
  const both = "count/time_window and rules cannot be specified at the same time";
  if (rules !== undefined && (count !== undefined || time_window !== undefined)) return both;
  if (group !== undefined && rules !== undefined)
    return "group and rules cannot be specified at the same time";
  if (group !== undefined) {
    if (configuration._vid !== undefined) return "group is not supported";
    const { _meta: _, ...own } = configuration;
    const before = groups.get(String(group)) ?? structuredClone(own);
    groups.set(String(group), before);
    if (!isDeepStrictEqual(before, own)) return "group conf mismatched";
  }
  if (older) return undefined;
  if (String(policy).startsWith("redis") && typeof sync_interval === "number" && sync_interval !== -1) {
    if (sync_interval < 0.1) return "sync_interval should not be smaller than 0.1";
    if (typeof time_window === "number" && sync_interval >= time_window)
      return "sync_interval should be smaller than time_window";
  }
  const keys = list(rules).map((rule) => (isObject(rule) ? rule.key : undefined));
  const twice = keys.find((key, index) => keys.indexOf(key) < index);
  return twice === undefined ? undefined : `duplicate key '${twice}' in rules`;
}
