import type { IncomingMessage, ServerResponse } from "node:http";
import { type Listener, listen, sendJson, sendText } from "../http.ts";
import { page } from "./answers.ts";
import { Balancer, balancers } from "./balancer.ts";
import { cors, keyAuth } from "./callers.ts";
import { type Outgoing, proxyRewrite, trafficSplit } from "./plugins.ts";
import { clientCertificate, ProxyError, send } from "./proxy.ts";
import { find, findRoute, type Incoming, incomingOf, pluginsOf } from "./routing.ts";
import { isObject, type JsonObject, type Store } from "./store.ts";
import { addressed, type Hosts } from "./targets.ts";

/** What a gateway works with. */
export interface GatewayOptions {
  port: number;
  store: Store;
  hosts: Hosts;
  /** The header `Server` of every answer. */
  server: string;
}

/** Starts the data plane: it serves the routes that are in the store at the time of each request. */
export function startGateway(options: GatewayOptions): Promise<Listener> {
  const balancer = new Balancer();
  return listen(
    async (request, response) => {
      response.setHeader("server", options.server);
      try {
        await serve(options, balancer, request, response);
      } catch (problem) {
        if (response.headersSent || response.destroyed) return void response.destroy();
        const title = problem instanceof ProxyError ? problem.message : "500 Internal Server Error";
        if (!(problem instanceof ProxyError)) console.error(problem);
        const { status, text, contentType } = page(title);
        sendText(response, status, text, { "content-type": contentType });
      }
    },
    { port: options.port },
  );
}

async function serve(
  { store, hosts }: GatewayOptions,
  balancer: Balancer,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const incoming = incomingOf(request);
  const route = findRoute(store, incoming);
  if (!route) return sendJson(response, 404, { error_msg: "404 Route Not Found" });
  const plugins = pluginsOf(store, route);
  const outgoing: Outgoing = {
    method: incoming.method,
    url: request.url ?? "/",
    host: request.headers.host ?? "",
    headers: { ...request.headers, ...forwarded(request, incoming) },
  };
  if (isObject(plugins.cors) && cors(plugins.cors, request, response)) return;
  const key = plugins["key-auth"];
  if (isObject(key) && keyAuth(store, key, incoming, outgoing, response)) return;
  if (isObject(plugins["proxy-rewrite"])) proxyRewrite(plugins["proxy-rewrite"], incoming, outgoing);
  const split = plugins["traffic-split"];
  const chosen = isObject(split) ? trafficSplit(split, incoming.variables, balancer.choose) : undefined;
  const service = find(store, "services", route.service_id);
  const upstream = [chosen, route, service].map((owner) => owner && upstreamOf(store, owner)).find(Boolean);
  if (!upstream?.nodes) throw new ProxyError("503 Service Temporarily Unavailable");
  if (!balancers.has(String(upstream.type ?? "roundrobin")))
    throw new ProxyError("500 Internal Server Error");

  const nodes = balancer
    .order(upstream, incoming.variables)
    .flatMap((node) => addressed(node, upstream, hosts));
  if (nodes.length === 0) throw new ProxyError("503 Service Temporarily Unavailable");
  const tries = nodes.slice(0, 1 + Number(upstream.retries ?? nodes.length - 1));
  const timeout = isObject(route.timeout) ? route.timeout : upstream.timeout;
  await send(request, response, outgoing, tries, {
    https: upstream.scheme === "https",
    readTimeout: 1000 * Number(isObject(timeout) ? timeout.read : 60),
    ...clientCertificate(store, upstream),
  });
}

function upstreamOf(store: Store, owner: JsonObject): JsonObject | undefined {
  if (isObject(owner.upstream)) return owner.upstream;
  if (owner.upstream_id === undefined) return undefined;
  const upstream = find(store, "upstreams", owner.upstream_id);
  if (!upstream) throw new ProxyError("502 Bad Gateway");
  return upstream;
}

function forwarded(request: IncomingMessage, incoming: Incoming): Record<string, string> {
  const before = request.headers["x-forwarded-for"];
  return {
    "x-forwarded-for": before ? `${before}, ${incoming.address}` : incoming.address,
    "x-forwarded-host": incoming.host,
    "x-forwarded-proto": "http",
    "x-forwarded-port": String(request.socket.localPort),
    "x-real-ip": incoming.address,
  };
}
