import { type Expression, evaluate, readExpression } from "./expression.ts";
import { inNetwork } from "./networks.ts";
import { RadixRouter } from "./radix-router.ts";
import type { GatewayRequest } from "./request.ts";
import type { JsonObject, Store } from "./store.ts";

type Routes = RadixRouter<GatewayRequest, JsonObject>;

/**
 * Finds the route for a request as APISIX's router `radixtree_host_uri` does: the most exact host that has a route for
 * the request wins, then the routes without a host.
 */
export class Router {
  readonly #store: Store;
  #routers: { hosts: RadixRouter<GatewayRequest, JsonObject>; others: Routes } | undefined;

  constructor(store: Store) {
    this.#store = store;
    store.onChange((kind) => {
      if (kind === "routes" || kind === "services") this.#routers = undefined;
    });
  }

  /** The route that serves the request. */
  find(request: GatewayRequest): JsonObject | undefined {
    this.#routers ??= this.#build();
    const { hosts, others } = this.#routers;
    return hosts.find(reversed(request.host), request) ?? others.find(request.path, request);
  }

  #build() {
    const others: Routes = new RadixRouter();
    const byHost = new Map<string, Routes>();
    const routes = this.#store
      .entries("routes")
      .sort((left, right) => left.createdIndex - right.createdIndex);
    for (const { value: route } of routes) {
      if (Number(route.status ?? 1) !== 1) continue;
      const hosts = this.#hostsOf(route);
      if (hosts === undefined) add(others, route);
      for (const host of hosts ?? []) {
        const router: Routes = byHost.get(host) ?? new RadixRouter();
        byHost.set(host, router);
        add(router, route);
      }
    }
    const hosts: Routes = new RadixRouter();
    for (const [host, router] of byHost) {
      // From its end, a name with a `*` at its beginning is open as a path is.
      const match = (request: GatewayRequest) => router.find(request.path, request);
      hosts.add({ path: reversed(host), priority: 0, match });
    }
    return { hosts, others };
  }

  /** A route's own hosts; only if it has none, its service's. */
  #hostsOf(route: JsonObject): string[] | undefined {
    const service =
      route.service_id === undefined ? undefined : this.#store.find("services", String(route.service_id));
    const hosts = route.hosts ?? route.host ?? service?.value.hosts;
    return hosts === undefined ? undefined : texts(hosts).map((host) => host.toLowerCase());
  }
}

function reversed(text: string): string {
  return [...text].reverse().join("");
}

/** A field that is a text or a list of texts, as a list. */
function texts(value: unknown): string[] {
  return [value].flat().filter((item) => typeof item === "string");
}

function add(router: Routes, route: JsonObject): void {
  const methods = texts(route.methods);
  const addresses = texts(route.remote_addrs ?? route.remote_addr);
  const vars: Expression | undefined = route.vars === undefined ? undefined : readExpression(route.vars);
  const match = (request: GatewayRequest) => {
    if (methods.length > 0 && !methods.includes(request.method)) return undefined;
    if (addresses.length > 0 && !addresses.some((range) => inNetwork(range, request.address)))
      return undefined;
    return evaluate(vars, request.variables) ? route : undefined;
  };
  for (const path of texts(route.uris ?? route.uri)) {
    router.add({ path, priority: Number(route.priority ?? 0), match });
  }
}
