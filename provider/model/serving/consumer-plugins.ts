import { becauseOf, globalPlugins, referred, routePlugins, sourceOf } from "./configuration.ts";
import { fieldOf, type Gateway, idOf, isMap, type Stored, type Unclear } from "./objects.ts";
import { REWRITE_PHASE } from "./plugin-roles.ts";
import { type Catalogue, merge, type Plugins } from "./plugins.ts";

/**
 * The route by which the first request of each consumer came since the gateway read that consumer, by `username`. APISIX
 * 3.18 decides by it, for all later requests, whether a plugin of the consumer that acts early runs: never if that route
 * has the plugin itself, else always, also beside a route's own.
 */
export type FirstRoutes = ReadonlyMap<string, string>;

/** What a consumer adds to a route. */
export interface ConsumerPlugins {
  /** Those that go before the route's own. */
  instead: Plugins;
  /** Those that run after the route's in the rewrite phase. */
  after: Plugins;
  /** Those that never run, since the consumer's first request came by a route that has them itself. */
  late: Plugins;
  /** Of `after` and `late`, those of which the first request, which is not known, decides. */
  undecided: string[];
  unclear: Unclear[];
}

/** Sorts the plugins of a consumer and its group. Its credentials are no plugins of a route. */
export function consumerPlugins(
  gateway: Gateway,
  catalogue: Catalogue,
  consumer: Stored,
  first: Stored | undefined,
): ConsumerPlugins {
  const group = referred(gateway, "consumer_groups", consumer, fieldOf("consumers", consumer, "group_id"));
  const all = merge(
    ...(group.known && group.value ? [sourceOf("consumer_groups", group.value)] : []),
    sourceOf("consumers", consumer),
  );
  const named = (wanted: (name: string) => boolean): Plugins => ({
    unclear: [],
    byName: new Map([...all.byName].filter(([name]) => catalogue[name]?.type !== "auth" && wanted(name))),
  });
  const routes = first ? [first] : guardedRoutes(gateway, catalogue);
  const having = (name: string) =>
    routes.filter((route) => routePlugins(gateway, route).plugins.byName.has(name)).length;
  const late = named((name) => REWRITE_PHASE.has(name) && having(name) > 0);
  return {
    instead: named((name) => !REWRITE_PHASE.has(name)),
    after: named((name) => REWRITE_PHASE.has(name) && !late.byName.has(name)),
    late,
    undecided: [...late.byName.keys()].filter((name) => having(name) < routes.length),
    unclear: [...becauseOf(group), ...all.unclear],
  };
}

/** The routes by which a consumer can come: those that ask who it is. */
function guardedRoutes(gateway: Gateway, catalogue: Catalogue): Stored[] {
  const asks = ({ byName }: Plugins) => [...byName.keys()].some((name) => catalogue[name]?.type === "auth");
  const routes = [...(gateway.routes ?? [])];
  if (asks(globalPlugins(gateway).plugins)) return routes;
  return routes.filter((route) => asks(routePlugins(gateway, route).plugins));
}

/** The route of a consumer's first request, where it is known. */
export function firstRouteOf(
  gateway: Gateway,
  consumer: Stored,
  route: Stored | undefined,
  known: FirstRoutes | undefined,
): Stored | undefined {
  if (!known) return undefined;
  const id = known.get(idOf(consumer));
  return id === undefined ? route : gateway.routes?.find((one) => idOf(one) === id);
}

/** Whether any consumer or group would change the plugins of a route. */
export function consumersMatter(gateway: Gateway, catalogue: Catalogue): boolean {
  return [...(gateway.consumer_groups ?? []), ...(gateway.consumers ?? [])].some(({ plugins }) =>
    isMap(plugins)
      ? Object.keys(plugins).some((name) => catalogue[name]?.type !== "auth")
      : plugins !== undefined,
  );
}
