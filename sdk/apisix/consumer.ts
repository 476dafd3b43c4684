import type * as pulumi from "@pulumi/pulumi";
import { ServerResource } from "../../provider/dynamic/resource.ts";
import type { ConsumerFields } from "./arguments.ts";

/** The arguments of {@link Consumer}. */
export type ConsumerArgs = ConsumerFields;

/**
 * Somebody who calls APIs. Defined by the APISIX Admin API, `consumer`. Deleting a consumer deletes its credentials at the
 * gateway, also those that were made elsewhere.
 *
 * @example
 * ```ts
 * new apisix.Consumer("jack", { plugins: { "key-auth": { key: config.requireSecret("jackKey") } } });
 * ```
 */
export class Consumer extends ServerResource {
  /** Name at the gateway. */
  declare readonly username: pulumi.Output<string>;

  constructor(name: string, args: ConsumerArgs, options?: pulumi.CustomResourceOptions) {
    super("apisix:Consumer", name, { ...args }, options);
  }

  /** Reads a consumer that exists at the gateway. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, options?: pulumi.CustomResourceOptions): Consumer {
    return new Consumer(name, {} as ConsumerArgs, { ...options, id });
  }
}
