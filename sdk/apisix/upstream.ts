import type * as pulumi from "@pulumi/pulumi";
import { ServerResource } from "../../provider/dynamic/resource.ts";
import type { UpstreamFields, UpstreamShape } from "./arguments.ts";

/** Nodes, or a service that a discovery finds; not both. */
type Target =
  | { nodes: Exclude<UpstreamShape["nodes"], undefined>; serviceName?: undefined; discoveryType?: undefined }
  | {
      nodes?: undefined;
      serviceName: Exclude<UpstreamShape["serviceName"], undefined>;
      discoveryType: Exclude<UpstreamShape["discoveryType"], undefined>;
    };

/** An upstream inside a route. */
export type InlineUpstream = UpstreamShape & Target;

/** The arguments of {@link Upstream}. */
export type UpstreamArgs = UpstreamFields & Target;

/**
 * Nodes, and how APISIX talks to them. Defined by the APISIX Admin API, `upstream`.
 *
 * @example
 * ```ts
 * const payments = new apisix.Upstream("payments", { scheme: "https", nodes: { "api.example.com:443": 1 } });
 * ```
 */
export class Upstream extends ServerResource {
  /** Id at the gateway. */
  declare readonly upstreamId: pulumi.Output<string>;

  constructor(name: string, args: UpstreamArgs, options?: pulumi.CustomResourceOptions) {
    super("apisix:Upstream", name, { ...args }, options);
  }

  /** Reads an upstream that exists at the gateway. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, options?: pulumi.CustomResourceOptions): Upstream {
    return new Upstream(name, {} as UpstreamArgs, { ...options, id });
  }
}
