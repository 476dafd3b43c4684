import * as pulumi from "@pulumi/pulumi";
import * as apisix from "../apisix/index.ts";
import * as kuma from "../kuma/index.ts";
import { pluginConfigsOf, rulesOf } from "./apisix-route.ts";
import { serviceNames, upstreamArgs } from "./apisix-upstream.ts";
import { bundleOfApisix, bundlesOfKuma } from "./bundled.ts";
import { WITH_CLASS } from "./kinds.ts";
import { inMesh, kumaArgs } from "./kuma.ts";
import { ObjectIndex } from "./object-index.ts";
import { type ManifestObject, reportDuplicates } from "./objects.ts";
import { type Problems, show } from "./problems.ts";
import type { Services } from "./services.ts";
import { type Args, idOf } from "./translation.ts";

/** Makes the resources that were planned. */
export type Declare = (name: string, component: pulumi.ComponentResource) => void;

/** Translates all objects into resources of the Admin API and of Kuma's. Makes none before {@link Declare} is called. */
export function planApi(
  objects: readonly ManifestObject[],
  services: Services,
  problems: Problems,
  isBundled = false,
): Declare {
  const index = new ObjectIndex(objects);
  reportDuplicates(objects, ({ namespace, mesh, name }) => [namespace, mesh, name].join("/"));
  reportClasses(index.all(...WITH_CLASS));
  reportUnusedServices(index, services, problems);

  const upstreams = index.all("ApisixUpstream").map((object) => ({
    object,
    args: upstreamArgs(object, (name) => domainOf(index, object.namespace, name, services)),
  }));
  const rules = index.all("ApisixRoute").flatMap((object) => rulesOf(object, index));
  const meshes = index.all("Mesh").map((object) => ({ object, args: kumaArgs(object) }));
  const others = index
    .all("ExternalService", "MeshExternalService", "ZoneEgress")
    .map((object) => ({ object, args: kumaArgs(object) }));

  return (name, component) => {
    const options = { parent: component };
    warnOfUnused(index, component);
    const ids = new Map(
      (isBundled ? [] : upstreams).map(({ object, args }) => {
        const resourceName = `${name}-${args.upstreamId}`;
        const made = new apisix.Upstream(resourceName, args as unknown as apisix.UpstreamArgs, options);
        return [object, made.upstreamId] as const;
      }),
    );
    if (isBundled) bundleOfApisix(name, upstreams, rules, options);
    for (const { id, args } of isBundled ? [] : rules) {
      const routeArgs = args(
        (upstream) => ids.get(upstream) ?? idOf(upstream.namespace ?? "", upstream.name),
      );
      new apisix.Route(`${name}-${id}`, routeArgs as unknown as apisix.RouteArgs, options);
    }
    const meshNames = new Map(
      meshes.map(({ object, args }) => {
        const made = new kuma.Mesh(`${name}-${object.name}`, args as kuma.MeshArgs, options);
        return [object.name, made.name] as const;
      }),
    );
    if (isBundled) bundlesOfKuma(name, others, meshNames, options);
    for (const { object, args } of isBundled ? [] : others) {
      declareKuma(name, object, inMesh(args, object.mesh && meshNames.get(object.mesh)), options);
    }
  };
}

function declareKuma(
  name: string,
  object: ManifestObject,
  args: Args,
  options: pulumi.CustomResourceOptions,
): void {
  const path = [object.mesh, object.name].filter((part) => part !== undefined).join("/");
  const resourceName = `${name}-${path}`;
  if (object.kind === "ZoneEgress") {
    new kuma.ZoneEgress(resourceName, args as unknown as kuma.ZoneEgressArgs, options);
  } else if (object.kind === "ExternalService") {
    new kuma.ExternalService(resourceName, args as unknown as kuma.ExternalServiceArgs, options);
  } else {
    new kuma.MeshExternalService(resourceName, args as unknown as kuma.MeshExternalServiceArgs, options);
  }
}

function domainOf(
  index: ObjectIndex,
  namespace: string | undefined,
  name: string,
  services: Services,
): pulumi.Input<string> | undefined {
  const declared = index.find("Service", namespace, name)?.spec.externalName;
  return typeof declared === "string" ? declared : services[name];
}

/** A class says which gateway an object belongs to; here that is the provider, and there is one. */
function reportClasses(objects: readonly ManifestObject[]): void {
  const classes = objects.filter(({ spec }) => spec.ingressClassName !== undefined);
  const [first] = classes;
  for (const object of classes) {
    if (!first || object.spec.ingressClassName === first.spec.ingressClassName) continue;
    object.report(
      "spec.ingressClassName",
      `"${object.spec.ingressClassName}" is another class than that of ${show(first.place("spec.ingressClassName"))}: two classes are two gateways, so give each its own Manifests with its provider`,
    );
  }
}

/** A name in `services` that no upstream has, or that a file declares, too, is a mistake. */
function reportUnusedServices(index: ObjectIndex, services: Services, problems: Problems): void {
  const used = new Set(index.all("ApisixUpstream").flatMap(serviceNames));
  for (const name of Object.keys(services)) {
    const declared = index.all("Service").find((service) => service.name === name);
    if (declared) declared.report("metadata.name", "stands in services, too; keep one of the two");
    else if (!used.has(name)) {
      problems.add(
        { file: "services" },
        `"${name}" is the name of no Service among the nodes of an ApisixUpstream`,
      );
    }
  }
}

/** What is made into nothing is said, since nobody would see it otherwise. */
function warnOfUnused(index: ObjectIndex, component: pulumi.ComponentResource): void {
  const warn = (object: ManifestObject, reason: string) =>
    void pulumi.log.warn(
      `${show(object.place("metadata.name"))}: ${object.title} ${reason}, so nothing is made of it`,
      component,
    );
  const upstreams = index.all("ApisixUpstream");
  for (const service of index.all("Service")) {
    const used = upstreams.some(
      (upstream) => upstream.namespace === service.namespace && serviceNames(upstream).includes(service.name),
    );
    if (!used) warn(service, `is no node of an ApisixUpstream in the namespace "${service.namespace}"`);
  }
  const inUse = new Set(index.all("ApisixRoute").flatMap((object) => pluginConfigsOf(object, index)));
  for (const pluginConfig of index.all("ApisixPluginConfig")) {
    if (!inUse.has(pluginConfig)) warn(pluginConfig, "is named by no rule");
  }
}
