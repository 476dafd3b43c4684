import type * as pulumi from "@pulumi/pulumi";
import { ServerResource } from "../../provider/dynamic/resource.ts";
import type { ConsumerGroupFields } from "./arguments.ts";

/** The arguments of {@link ConsumerGroup}. */
export type ConsumerGroupArgs = ConsumerGroupFields;

/**
 * Plugins that several consumers share. Defined by the APISIX Admin API, `consumer_group`.
 *
 * @example
 * ```ts
 * const gold = new apisix.ConsumerGroup("gold", { plugins: { "limit-count": { count: 1000, time_window: 60 } } });
 * new apisix.Consumer("jack", { groupId: gold.consumerGroupId });
 * ```
 */
export class ConsumerGroup extends ServerResource {
  /** Id at the gateway. */
  declare readonly consumerGroupId: pulumi.Output<string>;

  constructor(name: string, args: ConsumerGroupArgs, options?: pulumi.CustomResourceOptions) {
    super("apisix:ConsumerGroup", name, { ...args }, options);
  }

  /** Reads a consumer group that exists at the gateway. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    options?: pulumi.CustomResourceOptions,
  ): ConsumerGroup {
    return new ConsumerGroup(name, {} as ConsumerGroupArgs, { ...options, id });
  }
}
