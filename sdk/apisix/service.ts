import type * as pulumi from "@pulumi/pulumi";
import { ServerResource } from "../../provider/dynamic/resource.ts";
import type { AtMostOneOf } from "../types.ts";
import type { ServiceFields } from "./arguments.ts";
import type { InlineUpstream } from "./upstream.ts";

/** The arguments of {@link Service}. */
export type ServiceArgs = ServiceFields &
  AtMostOneOf<ServiceFields, "upstream" | "upstreamId"> & {
    upstream?: pulumi.Input<InlineUpstream> | undefined;
  };

/**
 * What several routes share: an upstream, hosts and plugins. Defined by the APISIX Admin API, `service`.
 *
 * @example
 * ```ts
 * const api = new apisix.Service("api", { upstreamId: upstream.upstreamId, plugins: { cors: {} } });
 * new apisix.Route("api", { uri: "/v1/*", serviceId: api.serviceId });
 * ```
 */
export class Service extends ServerResource {
  /** Id at the gateway. */
  declare readonly serviceId: pulumi.Output<string>;

  constructor(name: string, args: ServiceArgs, options?: pulumi.CustomResourceOptions) {
    super("apisix:Service", name, { ...args }, options);
  }

  /** Reads a service that exists at the gateway. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, options?: pulumi.CustomResourceOptions): Service {
    return new Service(name, {} as ServiceArgs, { ...options, id });
  }
}
