import type * as pulumi from "@pulumi/pulumi";
import { ServerResource } from "../../provider/dynamic/resource.ts";
import type { ProtoFields } from "./arguments.ts";

/** The arguments of {@link Proto}. */
export type ProtoArgs = ProtoFields;

/**
 * Protocol buffer definitions, for the plugin grpc-transcode. Defined by the APISIX Admin API, `proto`.
 *
 * @example
 * ```ts
 * new apisix.Proto("greeter", { content: readFileSync("greeter.proto", "utf8") });
 * ```
 */
export class Proto extends ServerResource {
  /** Id at the gateway. */
  declare readonly protoId: pulumi.Output<string>;

  constructor(name: string, args: ProtoArgs, options?: pulumi.CustomResourceOptions) {
    super("apisix:Proto", name, { ...args }, options);
  }

  /** Reads a proto that exists at the gateway. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, options?: pulumi.CustomResourceOptions): Proto {
    return new Proto(name, {} as ProtoArgs, { ...options, id });
  }
}
