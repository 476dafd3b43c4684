import { isObject, type JsonObject, type Store } from "./store.ts";

/** The object that an id field refers to, if the field is set and the object there. */
export function find(store: Store, kind: string, id: unknown): JsonObject | undefined {
  return id === undefined ? undefined : store.find(kind, String(id))?.value;
}

/** What a route does, after its plugin configuration and its service have been merged into it. */
export interface Merged {
  plugins: JsonObject;
  /** The upstream, or the id of it, which counts first. */
  upstream: unknown;
  upstreamId: unknown;
}

/** Merges a route with its service and its plugin configuration; a plugin is taken whole, the route's own first. */
export function merge(
  route: JsonObject,
  service: JsonObject | undefined,
  pluginConfig: JsonObject | undefined,
): Merged {
  const plugins = Object.assign(
    {},
    ...[service?.plugins, pluginConfig?.plugins, route.plugins].filter(isObject),
  );
  const own = route.upstream !== undefined || route.upstream_id !== undefined;
  return {
    plugins,
    upstream: route.upstream ?? service?.upstream,
    upstreamId: own ? route.upstream_id : service?.upstream_id,
  };
}
