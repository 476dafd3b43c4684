import type { IncomingHttpHeaders } from "node:http";
import { evaluate, type Variables } from "./expression.ts";
import type { Incoming } from "./routing.ts";
import { isObject, type JsonObject } from "./store.ts";

/** What a plugin may still change of a request before it is sent on. */
export interface Outgoing {
  method: string;
  /** Path and query. */
  url: string;
  /** The `Host` header, where the upstream passes on the client's. */
  host: string;
  headers: IncomingHttpHeaders;
}

/** Applies `proxy-rewrite`. */
export function proxyRewrite(plugin: JsonObject, incoming: Incoming, outgoing: Outgoing): void {
  const captures = rewriteUrl(plugin, incoming, outgoing);
  if (typeof plugin.method === "string") outgoing.method = plugin.method;
  if (typeof plugin.host === "string") outgoing.host = plugin.host;
  if (!isObject(plugin.headers)) return;
  const { set, add, remove } = plugin.headers;
  const structured = isObject(set) || isObject(add) || Array.isArray(remove);
  const resolve = (value: unknown) => interpolate(String(value), incoming.variables, captures);
  for (const [name, value] of Object.entries(structured && isObject(add) ? add : {})) {
    const before = outgoing.headers[name.toLowerCase()];
    outgoing.headers[name.toLowerCase()] = [before ?? [], value].flat().map(resolve);
  }
  for (const [name, value] of Object.entries(structured ? (isObject(set) ? set : {}) : plugin.headers)) {
    if (value === "") delete outgoing.headers[name.toLowerCase()];
    else outgoing.headers[name.toLowerCase()] = Array.isArray(value) ? value.map(resolve) : resolve(value);
  }
  for (const name of Array.isArray(remove) ? remove : []) delete outgoing.headers[String(name).toLowerCase()];
}

function rewriteUrl(plugin: JsonObject, incoming: Incoming, outgoing: Outgoing): string[] {
  let path = incoming.path;
  let captures: string[] = [];
  if (typeof plugin.uri === "string") path = interpolate(plugin.uri, incoming.variables, []);
  else if (Array.isArray(plugin.regex_uri)) {
    for (let index = 0; index + 1 < plugin.regex_uri.length; index += 2) {
      const found = new RegExp(String(plugin.regex_uri[index])).exec(incoming.path);
      if (!found) continue;
      captures = [...found];
      path =
        incoming.path.slice(0, found.index) +
        interpolate(String(plugin.regex_uri[index + 1]), incoming.variables, captures) +
        incoming.path.slice(found.index + found[0].length);
      break;
    }
  }
  if (path !== incoming.path) {
    const joint = path.includes("?") ? "&" : "?";
    outgoing.url = incoming.query === "" ? path : path + joint + incoming.query;
  }
  return captures;
}

/** Replaces `$1`, `${1}`, `$arg_x` and `${arg_x}` by what they stand for. */
function interpolate(template: string, variables: Variables, captures: string[]): string {
  return template.replace(/\$(?:\{(\w+)\}|(\w+))/g, (_, braced?: string, bare?: string) => {
    const name = braced ?? bare ?? "";
    return (/^\d+$/.test(name) ? captures[Number(name)] : variables(name)) ?? "";
  });
}

/** The entry of `weighted_upstreams` that `traffic-split` chooses; undefined is the route's own upstream. */
export function trafficSplit(
  plugin: JsonObject,
  variables: Variables,
  choose: (key: string, weights: number[]) => number | undefined,
): JsonObject | undefined {
  for (const rule of Array.isArray(plugin.rules) ? plugin.rules : []) {
    if (!isObject(rule) || !matches(rule.match, variables)) continue;
    const entries = Array.isArray(rule.weighted_upstreams) ? rule.weighted_upstreams.filter(isObject) : [];
    const chosen = choose(
      JSON.stringify(rule),
      entries.map(({ weight }) => (typeof weight === "number" ? weight : 1)),
    );
    return chosen === undefined ? undefined : entries[chosen];
  }
  return undefined;
}

function matches(match: unknown, variables: Variables): boolean {
  if (!Array.isArray(match) || match.length === 0) return true;
  return match.some((item) => isObject(item) && (item.vars === undefined || evaluate(item.vars, variables)));
}
