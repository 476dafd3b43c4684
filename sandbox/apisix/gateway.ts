import type { IncomingMessage, ServerResponse } from "node:http";
import { type Listener, listen, sendText } from "../http.ts";
import { page } from "./answers.ts";
import { Balancer, balancers } from "./balancer.ts";
import { find, merge } from "./merge.ts";
import { chainOf, type Link, run, runnable } from "./plugins/chain.ts";
import { ConsumerPlugins } from "./plugins/consumer-plugins.ts";
import type { Passage, Reply } from "./plugins/plugin.ts";
import { clientCertificate, ProxyError, send } from "./proxy.ts";
import { type GatewayRequest, readRequest } from "./request.ts";
import { Router } from "./router.ts";
import type { Schemas } from "./schemas.ts";
import { isObject, type JsonObject, type Store } from "./store.ts";
import { addressed, type Hosts } from "./targets.ts";

/** What a gateway works with. */
export interface GatewayOptions {
  port: number;
  store: Store;
  schemas: Schemas;
  hosts: Hosts;
  /** The header `Server` of every answer. */
  server: string;
}

/**
 * The header of an answer that names what of the configuration the sandbox has not run: plugins that it does not have,
 * and Lua. The route may serve otherwise in APISIX.
 */
const notRunHeader = "x-sandbox-not-run";

/** Starts the data plane: it serves the routes that are in the store at the time of each request. */
export function startGateway(options: GatewayOptions): Promise<Listener> {
  const gateway = {
    ...options,
    balancer: new Balancer(),
    router: new Router(options.store),
    consumerPlugins: new ConsumerPlugins(options.schemas),
  };
  return listen(
    async (request, response) => {
      response.setHeader("server", options.server);
      try {
        await serve(gateway, request, response);
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

interface Gateway extends GatewayOptions {
  balancer: Balancer;
  router: Router;
  consumerPlugins: ConsumerPlugins;
}

async function serve(gateway: Gateway, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const { store, schemas, balancer, router } = gateway;
  const request = readRequest(incoming);
  if (!request) throw new ProxyError("400 Bad Request");
  const passage: Passage = {
    request,
    response,
    store,
    choose: balancer.choose,
    consumer: undefined,
    upstream: undefined,
  };
  const global = chainOf(globalPlugins(store), schemas);
  const route = router.find(request);
  if (!route) {
    tellNotRun(response, global);
    const reply = run("rewrite", global, passage) ?? run("access", global, passage);
    return answer(response, reply ?? { status: 404, body: { error_msg: "404 Route Not Found" } });
  }
  const service = referred(store, "services", route.service_id, "404 Not Found");
  const config = referred(
    store,
    "plugin_configs",
    route.plugin_config_id,
    "503 Service Temporarily Unavailable",
  );
  const merged = merge(route, service, config);
  const { reply, chain } = runPlugins(gateway, merged.plugins, global, passage);
  tellNotRun(response, [...global, ...chain], route);
  if (reply) return answer(response, reply);
  const upstream = upstreamOf(
    store,
    passage.upstream ?? { upstream: merged.upstream, upstream_id: merged.upstreamId },
  );
  await proxy(gateway, incoming, response, request, upstream, route.timeout);
}

/** The plugins of all global rules; one that stands in two of them is run for neither. */
function globalPlugins(store: Store): JsonObject {
  const rules = store.entries("global_rules").flatMap(({ value }) => Object.entries(value.plugins ?? {}));
  const names = rules.map(([name]) => name);
  return Object.fromEntries(rules.filter(([name]) => names.indexOf(name) === names.lastIndexOf(name)));
}

function referred(store: Store, kind: string, id: unknown, missing: string): JsonObject | undefined {
  const found = find(store, kind, id);
  if (id !== undefined && !found) throw new ProxyError(missing);
  return found;
}

/** Runs the phases of the global rules', the route's and the consumer's plugins in APISIX's order. */
function runPlugins(
  { store, schemas, consumerPlugins }: Gateway,
  plugins: JsonObject,
  global: Link[],
  passage: Passage,
): { reply: Reply | undefined; chain: Link[] } {
  let chain = chainOf(plugins, schemas);
  let reply = run("rewrite", global, passage) ?? run("rewrite", chain, passage);
  if (!reply && passage.consumer) {
    const group = referred(
      store,
      "consumer_groups",
      passage.consumer.group_id,
      "503 Service Temporarily Unavailable",
    );
    const merged = consumerPlugins.merge(plugins, group, passage.consumer);
    chain = merged.chain;
    reply = run("rewrite", merged.rewriting, passage);
  }
  reply ??= run("access", global, passage) ?? run("access", chain, passage);
  return { reply, chain };
}

function tellNotRun(response: ServerResponse, chain: Link[], route: JsonObject = {}): void {
  const plugins = chain.map(({ name }) => name).filter((name) => !runnable[name]);
  const lua = ["filter_func", "script"].filter((field) => route[field] !== undefined);
  const all = [...new Set([...lua, ...plugins])];
  if (all.length > 0) response.setHeader(notRunHeader, all.join(", "));
}

function answer(response: ServerResponse, { status, body }: Reply): void {
  const contentType = {
    "content-type": typeof body === "string" ? "text/plain; charset=utf-8" : "application/json",
  };
  const text = body === undefined || typeof body === "string" ? body : `${JSON.stringify(body)}\n`;
  sendText(response, status, text ?? "", contentType);
}

function upstreamOf(store: Store, owner: JsonObject): JsonObject | undefined {
  if (owner.upstream_id === undefined) return isObject(owner.upstream) ? owner.upstream : undefined;
  return referred(store, "upstreams", owner.upstream_id, "502 Bad Gateway");
}

async function proxy(
  { store, hosts, balancer }: Gateway,
  incoming: IncomingMessage,
  response: ServerResponse,
  request: GatewayRequest,
  upstream: JsonObject | undefined,
  routeTimeout: unknown,
): Promise<void> {
  if (!upstream?.nodes) throw new ProxyError("503 Service Temporarily Unavailable");
  if (!balancers.has(String(upstream.type ?? "roundrobin")))
    throw new ProxyError("500 Internal Server Error");
  const nodes = balancer
    .order(upstream, request.variables)
    .flatMap((node) => addressed(node, upstream, hosts));
  if (nodes.length === 0) throw new ProxyError("503 Service Temporarily Unavailable");
  const tries = nodes.slice(0, 1 + Number(upstream.retries ?? nodes.length - 1));
  const timeout = isObject(routeTimeout) ? routeTimeout : upstream.timeout;
  const outgoing = {
    method: request.upstreamMethod,
    url: request.upstreamUrl ?? incoming.url ?? "/",
    host: request.upstreamHost,
    headers: { ...request.headers, ...forwarded(incoming, request) },
  };
  await send(incoming, response, outgoing, tries, {
    https: upstream.scheme === "https",
    readTimeout: 1000 * Number(isObject(timeout) ? timeout.read : 60),
    ...clientCertificate(store, upstream),
  });
}

function forwarded(incoming: IncomingMessage, request: GatewayRequest): Record<string, string> {
  const before = incoming.headers["x-forwarded-for"];
  return {
    "x-forwarded-for": before ? `${before}, ${request.address}` : request.address,
    "x-forwarded-host": request.host,
    "x-forwarded-proto": "http",
    "x-forwarded-port": String(incoming.socket.localPort),
    "x-real-ip": request.address,
  };
}
