import type { IncomingMessage } from "node:http";
import { evaluate, inNetwork, type Variables } from "./expression.ts";
import { isObject, type JsonObject, type Store } from "./store.ts";

/** A request as routes, expressions and plugins see it. */
export interface Incoming {
  method: string;
  /** The `Host` header's name, in lower case, without a port. */
  host: string;
  /** The path, without the query. */
  path: string;
  /** The query, without its question mark. */
  query: string;
  /** The client's address. */
  address: string;
  variables: Variables;
}

/** Reads what matters for matching from a request. */
export function incomingOf(request: IncomingMessage): Incoming {
  const url = request.url ?? "/";
  const mark = url.indexOf("?");
  const incoming = {
    method: request.method ?? "GET",
    host: (request.headers.host ?? "").replace(/:\d+$/, "").toLowerCase(),
    path: mark < 0 ? url : url.slice(0, mark),
    query: mark < 0 ? "" : url.slice(mark + 1),
    address: (request.socket.remoteAddress ?? "").replace(/^::ffff:/, ""),
  };
  return { ...incoming, variables: variablesOf(request, incoming) };
}

function variablesOf(request: IncomingMessage, incoming: Omit<Incoming, "variables">): Variables {
  const plain: Record<string, string | undefined> = {
    request_method: incoming.method,
    host: incoming.host,
    uri: incoming.path,
    request_uri: request.url,
    args: incoming.query,
    query_string: incoming.query,
    remote_addr: incoming.address,
    scheme: "http",
    server_port: String(request.socket.localPort),
  };
  return (name) => {
    const [, kind, rest = ""] = /^(arg|http|cookie)_(.*)$/.exec(name) ?? [];
    if (kind === "arg") return new URLSearchParams(incoming.query).get(rest) ?? undefined;
    if (kind === "cookie") return cookie(request.headers.cookie ?? "", rest);
    if (kind !== "http") return plain[name];
    const header = request.headers[rest.replaceAll("_", "-").toLowerCase()];
    return Array.isArray(header) ? header.join(", ") : header;
  };
}

function cookie(header: string, name: string): string | undefined {
  const pair = header.split(/;\s*/).find((part) => part.startsWith(`${name}=`));
  return pair?.slice(name.length + 1);
}

/**
 * The route for a request: the most exact host wins, then the most exact path, then the highest priority.
 * A route's `filter_func` is Lua and counts as true here.
 */
export function findRoute(store: Store, incoming: Incoming): JsonObject | undefined {
  let best: { route: JsonObject; rank: [number, number, number] } | undefined;
  for (const { value: route } of store.entries("routes")) {
    if (route.status === 0) continue;
    const host = rankOf(hostsOf(store, route), (pattern) => hostRank(pattern, incoming.host));
    const path = rankOf(texts(route.uris ?? route.uri), (pattern) => pathRank(pattern, incoming.path));
    if (host < 0 || path < 0 || !allows(route, incoming)) continue;
    const rank: [number, number, number] = [host, path, Number(route.priority ?? 0)];
    if (!best || higher(rank, best.rank)) best = { route, rank };
  }
  return best?.route;
}

function hostsOf(store: Store, route: JsonObject): string[] {
  const own = texts(route.hosts ?? route.host);
  if (own.length > 0 || route.service_id === undefined) return own.length > 0 ? own : ["*"];
  const service = texts(store.find("services", String(route.service_id))?.value.hosts);
  return service.length > 0 ? service : ["*"];
}

/** A field that is a text or a list of texts, as a list. */
function texts(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).filter((item) => typeof item === "string");
}

function rankOf(patterns: string[], rank: (pattern: string) => number): number {
  return Math.max(-1, ...patterns.map(rank));
}

function hostRank(pattern: string, host: string): number {
  const wanted = pattern.toLowerCase();
  if (wanted === "*") return 0;
  if (wanted === host) return Number.POSITIVE_INFINITY;
  return wanted.startsWith("*") && host.endsWith(wanted.slice(1)) ? wanted.length : -1;
}

function pathRank(pattern: string, path: string): number {
  if (pattern === path) return Number.POSITIVE_INFINITY;
  return pattern.endsWith("*") && path.startsWith(pattern.slice(0, -1)) ? pattern.length : -1;
}

function higher(left: readonly number[], right: readonly number[]): boolean {
  const differing = left.findIndex((value, index) => value !== right[index]);
  return differing >= 0 && (left[differing] ?? 0) > (right[differing] ?? 0);
}

function allows(route: JsonObject, incoming: Incoming): boolean {
  const methods = texts(route.methods);
  if (methods.length > 0 && !methods.includes(incoming.method)) return false;
  const addresses = texts(route.remote_addrs ?? route.remote_addr);
  if (addresses.length > 0 && !addresses.some((range) => inNetwork(range, incoming.address))) return false;
  return route.vars === undefined || evaluate(route.vars, incoming.variables);
}

/** The plugins that run for a route, its own before those of its plugin config and its service. */
export function pluginsOf(store: Store, route: JsonObject): JsonObject {
  const sources = [
    find(store, "services", route.service_id)?.plugins,
    find(store, "plugin_configs", route.plugin_config_id)?.plugins,
    route.plugins,
  ];
  const merged: JsonObject = Object.assign({}, ...sources.filter(isObject));
  for (const [name, plugin] of Object.entries(merged)) {
    if (isObject(plugin) && isObject(plugin._meta) && plugin._meta.disable === true) delete merged[name];
  }
  return merged;
}

/** The object that an id field refers to, if the field is set and the object there. */
export function find(store: Store, kind: string, id: unknown): JsonObject | undefined {
  return id === undefined ? undefined : store.find(kind, String(id))?.value;
}
