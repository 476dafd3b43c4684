import type * as pulumi from "@pulumi/pulumi";
import { type BundleOptions, BundleResource } from "../../provider/dynamic/bundle-resource.ts";
import type {
  ConsumerArgs,
  ConsumerGroupArgs,
  PluginConfigArgs,
  ProtoArgs,
  RouteArgs,
  ServiceArgs,
  SslArgs,
  StreamRouteArgs,
  UpstreamArgs,
} from "./arguments.ts";

/** Objects by their keys; the key is the id, unless the object says another. */
export type Entries<Args> = pulumi.Input<{ [key: string]: pulumi.Input<Args> }>;

/** Arguments of {@link Bundle}: the objects of an APISIX by kind and key, each with the arguments of its class. */
export interface BundleArgs extends BundleOptions {
  /** Routes, as of {@link Route}. */
  routes?: Entries<RouteArgs> | undefined;
  /** Upstreams, as of {@link Upstream}. */
  upstreams?: Entries<UpstreamArgs> | undefined;
  /** Services, as of {@link Service}. */
  services?: Entries<ServiceArgs> | undefined;
  /** Plugin configurations, as of {@link PluginConfig}. */
  pluginConfigs?: Entries<PluginConfigArgs> | undefined;
  /** Consumers, as of {@link Consumer}. */
  consumers?: Entries<ConsumerArgs> | undefined;
  /** Consumer groups, as of {@link ConsumerGroup}. */
  consumerGroups?: Entries<ConsumerGroupArgs> | undefined;
  /** Certificates, as of {@link Ssl}. */
  ssls?: Entries<SslArgs> | undefined;
  /** Stream routes, as of {@link StreamRoute}. */
  streamRoutes?: Entries<StreamRouteArgs> | undefined;
  /** Protocol buffer definitions, as of {@link Proto}. */
  protos?: Entries<ProtoArgs> | undefined;
}

/**
 * Many objects of one APISIX as one Pulumi resource, for stacks of hundreds or thousands of them. Each is checked, compared,
 * owned and refreshed as a resource of its own would be; a reference to a key of the same bundle is one to its id.
 *
 * @example
 * ```ts
 * new apisix.Bundle("edge", {
 *   upstreams: { payments: { nodes: [{ host: "payments.example.org", port: 443 }] } },
 *   routes: { payments: { host: "pay.example.org", uri: "/*", upstreamId: "payments" } },
 * });
 * ```
 */
export class Bundle extends BundleResource {
  constructor(name: string, args: BundleArgs, options?: pulumi.CustomResourceOptions) {
    super("apisix:Bundle", name, args, options);
  }
}
