import type * as pulumi from "@pulumi/pulumi";
import * as apisix from "../apisix/index.ts";
import * as kuma from "../kuma/index.ts";
import type { RuleTranslation } from "./apisix-route.ts";
import { inMesh } from "./kuma.ts";
import type { ManifestObject } from "./objects.ts";
import { type Args, idOf } from "./translation.ts";

/** An object with the arguments of the resource of its kind. */
export interface Translated {
  object: ManifestObject;
  args: Args;
}

/** Upstreams and routes as one bundle. */
export function bundleOfApisix(
  name: string,
  upstreams: readonly Translated[],
  rules: readonly RuleTranslation[],
  options: pulumi.CustomResourceOptions,
): void {
  if (upstreams.length === 0 && rules.length === 0) return;
  const tables = {
    upstreams: Object.fromEntries(upstreams.map(({ args }) => [String(args.upstreamId), args])),
    routes: Object.fromEntries(
      rules.map(({ id, args }) => [id, args((upstream) => idOf(upstream.namespace ?? "", upstream.name))]),
    ),
  };
  new apisix.Bundle(name, tables as unknown as apisix.BundleArgs, options);
}

/** External services as one bundle, and zone egresses, which may be at another control plane, as one. */
export function bundlesOfKuma(
  name: string,
  objects: readonly Translated[],
  meshNames: ReadonlyMap<string, pulumi.Input<string>>,
  options: pulumi.CustomResourceOptions,
): void {
  const tableOf = (kind: string) =>
    Object.fromEntries(
      objects
        .filter(({ object }) => object.kind === kind)
        .map(({ object, args }) => {
          const key = [object.mesh, object.name].filter((part) => part !== undefined && part !== "default");
          return [key.join("/"), inMesh(args, object.mesh && meshNames.get(object.mesh))];
        }),
    );
  const bundles: [string, Record<string, Record<string, Args>>][] = [
    [
      name,
      { externalServices: tableOf("ExternalService"), meshExternalServices: tableOf("MeshExternalService") },
    ],
    [`${name}-egresses`, { zoneEgresses: tableOf("ZoneEgress") }],
  ];
  for (const [bundle, tables] of bundles)
    if (Object.values(tables).some((table) => Object.keys(table).length > 0))
      new kuma.Bundle(bundle, tables as unknown as kuma.BundleArgs, options);
}
