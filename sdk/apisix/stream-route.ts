import type * as pulumi from "@pulumi/pulumi";
import { ServerResource } from "../../provider/dynamic/resource.ts";
import type { AtMostOneOf } from "../types.ts";
import type { StreamRouteFields } from "./arguments.ts";
import type { InlineUpstream } from "./upstream.ts";

/** The arguments of {@link StreamRoute}. */
export type StreamRouteArgs = StreamRouteFields &
  AtMostOneOf<StreamRouteFields, "upstream" | "upstreamId"> & {
    upstream?: pulumi.Input<InlineUpstream> | undefined;
  };

/**
 * Which TCP or UDP connections go where. Defined by the APISIX Admin API, `stream_route`.
 *
 * @example
 * ```ts
 * new apisix.StreamRoute("redis", { serverPort: 9100, upstream: { nodes: { "redis.example.com:6379": 1 } } });
 * ```
 */
export class StreamRoute extends ServerResource {
  /** Id at the gateway. */
  declare readonly streamRouteId: pulumi.Output<string>;

  constructor(name: string, args: StreamRouteArgs, options?: pulumi.CustomResourceOptions) {
    super("apisix:StreamRoute", name, { ...args }, options);
  }

  /** Reads a stream route that exists at the gateway. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, options?: pulumi.CustomResourceOptions): StreamRoute {
    return new StreamRoute(name, {} as StreamRouteArgs, { ...options, id });
  }
}
