import type * as pulumi from "@pulumi/pulumi";
import { ServerResource } from "../../provider/dynamic/resource.ts";
import type { AtLeastOneOf, AtMostOneOf, ExactlyOneOf } from "../types.ts";
import type { RouteFields } from "./arguments.ts";
import type { InlineUpstream } from "./upstream.ts";

/** The arguments of {@link Route}. */
export type RouteArgs = RouteFields &
  ExactlyOneOf<RouteFields, "uri" | "uris"> &
  AtMostOneOf<RouteFields, "host" | "hosts"> &
  AtMostOneOf<RouteFields, "remoteAddr" | "remoteAddrs"> &
  AtMostOneOf<RouteFields, "upstream" | "upstreamId"> &
  ({ script?: undefined } | { plugins?: undefined; pluginConfigId?: undefined }) &
  AtLeastOneOf<RouteFields, "plugins" | "script" | "upstream" | "upstreamId" | "serviceId"> & {
    upstream?: pulumi.Input<InlineUpstream> | undefined;
  };

/**
 * Which requests go where. Defined by the APISIX Admin API, `route`.
 *
 * @example
 * ```ts
 * new apisix.Route("payments", { host: "payments.example.org", uri: "/*", upstreamId: payments.upstreamId });
 * ```
 */
export class Route extends ServerResource {
  /** Id at the gateway. */
  declare readonly routeId: pulumi.Output<string>;

  constructor(name: string, args: RouteArgs, options?: pulumi.CustomResourceOptions) {
    super("apisix:Route", name, { ...args }, options);
  }

  /** Reads a route that exists at the gateway. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, options?: pulumi.CustomResourceOptions): Route {
    return new Route(name, {} as RouteArgs, { ...options, id });
  }
}
