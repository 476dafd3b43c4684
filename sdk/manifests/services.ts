import type * as pulumi from "@pulumi/pulumi";

/** Domains behind Services that are not among the files, by the Service's name. */
export type Services = Record<string, pulumi.Input<string>>;
