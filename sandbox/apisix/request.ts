import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { Value, Variables } from "./expression.ts";
import { normalizedPath } from "./request-path.ts";

/**
 * A request on its way through the gateway, as routes, expressions and plugins see it.
 * Texts are strings of bytes, one character for each, as Node.js gives them and Lua sees them.
 */
export interface GatewayRequest {
  /** The method that the client sent. */
  readonly method: string;
  /** The name in the header `Host`, in lower case, without a port. */
  readonly host: string;
  /** The path after normalisation, without the query. */
  readonly path: string;
  /** The client's address. */
  readonly address: string;
  readonly variables: Variables;
  /** The query, without its question mark. Plugins may change it. */
  query: string;
  /** Path and query for the upstream; undefined sends them as the client wrote them. */
  upstreamUrl: string | undefined;
  /** The method for the upstream. */
  upstreamMethod: string;
  /** The `Host` header, where the upstream passes on the client's. */
  upstreamHost: string;
  /** The headers, which plugins may change. */
  headers: IncomingHttpHeaders;
  /** The name of the consumer who has been recognised. */
  consumer: string | undefined;
}

/**
 * Reads a request; undefined where nginx answers 400 to its first line.
 * A path with letters outside of ASCII that are not written as `%XX` never comes here: Node.js refuses it, nginx does not.
 */
export function readRequest(request: IncomingMessage): GatewayRequest | undefined {
  // A client has no business to send a fragment; nginx drops it.
  const [target = ""] = (request.url ?? "/").replace(/^https?:\/\/[^/?#]*/i, "").split("#");
  const [, raw = "", query = ""] = /^([^?]*)\??(.*)$/s.exec(target) ?? [];
  const path = normalizedPath(raw === "" ? "/" : raw);
  if (path === undefined) return undefined;
  const method = request.method ?? "GET";
  const address = (request.socket.remoteAddress ?? "").replace(/^::ffff:/, "");
  const host = request.headers.host ?? "";
  const read: GatewayRequest = {
    method,
    host: host.replace(/:\d*$/, "").replace(/\.$/, "").toLowerCase(),
    path,
    address,
    variables: (name) => variable(name, read, request),
    query,
    upstreamUrl: undefined,
    upstreamMethod: method,
    upstreamHost: host,
    headers: { ...request.headers },
    consumer: undefined,
  };
  return read;
}

/** A URL with a query, which goes on with `&` where the URL has one already. */
export function withQuery(url: string, query: string): string {
  if (query === "") return url;
  return `${url}${url.includes("?") ? "&" : "?"}${query}`;
}

function variable(name: string, read: GatewayRequest, request: IncomingMessage): Value {
  const [, kind, rest = ""] = /^(arg|http|cookie)_(.*)$/s.exec(name) ?? [];
  if (kind === "arg") return parameters(read.query).find(([key]) => key === rest)?.[1];
  if (kind === "cookie") return cookie(String(read.headers.cookie ?? ""), rest);
  if (kind === "http") {
    const header = read.headers[rest.replaceAll("_", "-").toLowerCase()];
    return Array.isArray(header) ? header.join(", ") : header;
  }
  const { socket } = request;
  const plain: Record<string, Value> = {
    method: read.method,
    request_method: read.method,
    host: read.host,
    uri: read.path,
    document_uri: read.path,
    request_uri: read.query === "" ? read.path : `${read.path}?${read.query}`,
    real_request_uri: request.url,
    request: `${read.method} ${request.url} HTTP/${request.httpVersion}`,
    args: read.query,
    query_string: read.query,
    is_args: read.query === "" ? "" : "?",
    remote_addr: read.address,
    realip_remote_addr: read.address,
    remote_port: String(socket.remotePort),
    server_addr: socket.localAddress?.replace(/^::ffff:/, ""),
    server_port: String(socket.localPort),
    server_name: "_",
    server_protocol: `HTTP/${request.httpVersion}`,
    scheme: "http",
    content_type: read.headers["content-type"],
    content_length: read.headers["content-length"],
    consumer_name: read.consumer,
  };
  return Object.hasOwn(plain, name) ? plain[name] : undefined;
}

/** The parameters of a query in their order; one without `=` is `true`. */
export function parameters(query: string): [string, string | true][] {
  return query
    .split("&")
    .map((part): [string, string | true] => {
      const equals = part.indexOf("=");
      if (equals < 0) return [unescaped(part), true];
      return [unescaped(part.slice(0, equals)), unescaped(part.slice(equals + 1))];
    })
    .filter(([name]) => name !== "");
}

function unescaped(text: string): string {
  return text
    .replaceAll("+", " ")
    .replace(/%([\da-fA-F]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
}

function cookie(header: string, name: string): string | undefined {
  const pairs = header.split(/;\s*/).filter((part) => part.startsWith(`${name}=`));
  return pairs.at(-1)?.slice(name.length + 1);
}
