import * as pulumi from "@pulumi/pulumi";

/** A resource of the fake plugin, as its SDK would make one. */
export class Thing extends pulumi.CustomResource {
  declare readonly serial: pulumi.Output<number>;

  constructor(name: string, args: pulumi.Inputs, options?: pulumi.CustomResourceOptions) {
    super("fake:index:Thing", name, { ...args, serial: undefined }, options);
  }
}
