export type * from "./arguments.ts";
export { Provider, type ProviderArgs } from "./provider.ts";
export { Route, type RouteArgs } from "./route.ts";
export { type InlineUpstream, Upstream, type UpstreamArgs } from "./upstream.ts";
