import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as apisix from "pulumi-external-backends/apisix";
import type { StackOptions } from "../../tools/engine.ts";
import { repository } from "../../tools/repository.ts";

/** A bundle of a plugin, as an SDK would make one: its entries are a JSON text. */
class PluginBundle extends pulumi.CustomResource {
  constructor(name: string, args: apisix.BundleArgs, options?: pulumi.CustomResourceOptions) {
    const { adopt, ignore, ...tables } = args;
    const entries = pulumi.jsonStringify(tables);
    super("apisix:index:Bundle", name, { entries, adopt, ignore, summary: undefined }, options);
  }
}

/** Declares a bundle through a door, and what a stack needs for it. */
export interface BundleDoor {
  door: "dynamic" | "plugin";
  options: StackOptions;
  declare(
    name: string,
    args: apisix.BundleArgs,
    options?: pulumi.CustomResourceOptions,
  ): pulumi.CustomResource;
}

const path = join(repository, "dist", "plugin");

/** Both doors. */
export const bundleDoors: BundleDoor[] = [
  { door: "dynamic", options: {}, declare: (...given) => new apisix.Bundle(...given) },
  {
    door: "plugin",
    options: { plugins: [{ name: "apisix", path }] },
    declare: (...given) => new PluginBundle(...given),
  },
];
