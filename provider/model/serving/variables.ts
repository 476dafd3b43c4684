import { decodePercent } from "./bytes.ts";
import type { Seen } from "./request.ts";

/** The value of a variable: bytes, `true` for a query argument without a value, undefined for nothing. */
export type Variable = string | boolean | undefined;

/** Looks a variable up. The answer "request" means that the given request does not tell it. */
export type Variables = (name: string) => { value: Variable } | "request";

/**
 * The variables of a request as `vars`, filters and templates see them.
 *
 * @param known what is known beside the request, such as `consumer_name` once a plugin has found it
 */
export function variablesOf(request: Seen, known: Readonly<Record<string, Variable>> = {}): Variables {
  const plain: Readonly<Record<string, Variable>> = { ...plainVariables(request), ...known };
  const untold = new Set([
    ...(request.address === undefined ? ["remote_addr"] : []),
    ...(request.port === undefined ? ["server_port"] : []),
  ]);
  return (name) => {
    if (untold.has(name)) return "request";
    if (Object.hasOwn(plain, name)) return { value: plain[name] };
    return prefixed(request, name) ?? "request";
  };
}

function plainVariables(request: Seen): Record<string, Variable> {
  const { query } = request;
  const isArgs = query === undefined ? "" : "?";
  return {
    request_method: request.method,
    method: request.method,
    host: request.host,
    uri: request.uri,
    document_uri: request.uri,
    // What APISIX has put in the place of nginx's own: the normal form of the path.
    request_uri: `${request.uri}${isArgs}${query ?? ""}`,
    real_request_uri: `${request.sent}${isArgs}${query ?? ""}`,
    args: query,
    query_string: query,
    is_args: isArgs,
    scheme: request.scheme,
    https: request.scheme === "https" ? "on" : "",
    remote_addr: request.address,
    server_port: request.port === undefined ? undefined : String(request.port),
    content_type: request.headers.get("content-type"),
    content_length: request.headers.get("content-length"),
    // Set by plugins and by later phases, so nothing at the time when a route is chosen.
    route_id: undefined,
    route_name: undefined,
    service_id: undefined,
    service_name: undefined,
    consumer_name: undefined,
    consumer_group_id: undefined,
    balancer_ip: undefined,
    balancer_port: undefined,
  };
}

function prefixed(request: Seen, name: string): { value: Variable } | undefined {
  const [, prefix, rest = ""] = /^(arg|http|cookie|uri_param)_(.*)$/s.exec(name) ?? [];
  if (prefix === "arg") return { value: queryArguments(request.query ?? "").get(rest) };
  if (prefix === "cookie") return { value: cookies(request.headers.get("cookie") ?? "").get(rest) };
  if (prefix === "http") return { value: header(request, rest) };
  return prefix === "uri_param" ? { value: undefined } : undefined;
}

function header(request: Seen, name: string): string | undefined {
  return request.headers.get(name.toLowerCase().replaceAll("_", "-"));
}

/** The first value of each argument of a query. APISIX reads a hundred of them. */
export function queryArguments(query: string): Map<string, string | true> {
  const found = new Map<string, string | true>();
  for (const pair of query.split("&").filter(Boolean).slice(0, 100)) {
    const at = pair.indexOf("=");
    const name = decodePercent(at < 0 ? pair : pair.slice(0, at), true);
    if (name !== "" && !found.has(name))
      found.set(name, at < 0 ? true : decodePercent(pair.slice(at + 1), true));
  }
  return found;
}

/** The cookies of a header; of two with one name the last counts, and a value ends at a space. */
function cookies(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const [, name = "", value = ""] of text.matchAll(/[ \t]*([^=]*)=([^; \t]*)[; \t]?/g))
    found.set(name, value);
  return found;
}
