import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource.js";
import type * as pulumi from "@pulumi/pulumi";
import { without } from "../../provider/model/canonical.ts";
import { isObject, type JsonObject } from "../../provider/model/fields.ts";
import { itemsOf } from "../../provider/model/kubernetes/object.ts";
import * as kubernetes from "../kubernetes/index.ts";
import type { Declare } from "./api.ts";
import { KINDS, type KindName } from "./kinds.ts";
import { ObjectIndex } from "./object-index.ts";
import { type ManifestObject, reportDuplicates, withClass } from "./objects.ts";

/** A custom resource or a Service; both have metadata. */
interface Declared {
  metadata: pulumi.Output<{ name: string }>;
}

/** The kinds in the order in which they are made: what others refer to comes first. */
const ORDER: readonly KindName[] = [
  "Service",
  "ApisixUpstream",
  "ApisixPluginConfig",
  "ApisixRoute",
  "Mesh",
  "ExternalService",
  "MeshExternalService",
  "ZoneEgress",
];

/** Plans objects of Kubernetes. Makes none before {@link Declare} is called. */
export function planKubernetes(
  objects: readonly ManifestObject[],
  ingressClassName: string | undefined,
): Declare {
  const index = new ObjectIndex(objects);
  reportDuplicates(objects, ({ namespace, name }) => `${namespace}/${name}`);
  for (const route of index.all("ApisixRoute")) reportUselessUpstreams(route, index);
  return (name, component) => {
    const made = new Map<ManifestObject, Declared>();
    for (const object of ORDER.flatMap((kind) => index.all(kind))) {
      const nameOf = (kind: KindName, namespace: string | undefined, other: string) => {
        const resource = made.get(index.find(kind, namespace, other) as ManifestObject);
        return resource ? resource.metadata.name : other;
      };
      const resourceName = `${name}-${object.namespace === undefined ? "" : `${object.namespace}/`}${object.name}`;
      made.set(object, declare(object, resourceName, { parent: component }, nameOf, ingressClassName));
    }
  };
}

type NameOf = (kind: KindName, namespace: string | undefined, name: string) => pulumi.Input<string>;

function declare(
  object: ManifestObject,
  name: string,
  options: pulumi.CustomResourceOptions,
  nameOf: NameOf,
  ingressClassName: string | undefined,
): Declared {
  const { kind, spec, namespace, mesh } = object;
  const metadata = { ...object.metadata, ...(namespace === undefined ? {} : { namespace }) };
  const meshName = mesh === undefined ? {} : { mesh: nameOf("Mesh", undefined, mesh) };
  // The manifest has been checked; what is said here in its own words has the same fields.
  const args = (own: object) => own as never;
  switch (kind) {
    case "Service": {
      const { type: _, externalName, ...others } = spec;
      return new kubernetes.ExternalNameService(
        name,
        args({ metadata, externalName, ...(Object.keys(others).length > 0 ? { spec: others } : {}) }),
        options,
      );
    }
    case "ApisixUpstream":
      return new kubernetes.ApisixUpstream(
        name,
        args({ metadata, spec: upstreamSpec(object, nameOf) }),
        options,
      );
    case "ApisixRoute":
      return new kubernetes.ApisixRoute(name, args({ metadata, spec: routeSpec(object, nameOf) }), options);
    case "ApisixPluginConfig": {
      const { apiVersion } = KINDS[kind];
      return new CustomResource(
        name,
        { apiVersion, kind, metadata, spec: withClass(spec, ingressClassName) },
        options,
      );
    }
    case "Mesh":
      return new kubernetes.Mesh(
        name,
        args({ ...(mesh === undefined ? {} : { mesh }), metadata, spec }),
        options,
      );
    case "ZoneEgress":
      return new kubernetes.ZoneEgress(name, args({ ...meshName, metadata, spec }), options);
    case "ExternalService":
      return new kubernetes.ExternalService(name, args({ ...meshName, metadata, spec }), options);
    case "MeshExternalService": {
      const labels = isObject(object.metadata.labels) ? object.metadata.labels : {};
      const own = { ...metadata, labels: without(labels, ["kuma.io/mesh"]) };
      return new kubernetes.MeshExternalService(name, args({ ...meshName, metadata: own, spec }), options);
    }
  }
}

/** The spec with names of Services that are declared beside it as outputs of theirs, so that they are made first. */
function upstreamSpec({ spec, namespace }: ManifestObject, nameOf: NameOf): object {
  if (!Array.isArray(spec.externalNodes)) return spec;
  const externalNodes = itemsOf(spec.externalNodes, "").map(([node]) =>
    node.type === "Service" ? { ...node, name: nameOf("Service", namespace, String(node.name)) } : node,
  );
  return { ...spec, externalNodes };
}

function routeSpec({ spec, namespace }: ManifestObject, nameOf: NameOf): object {
  if (!Array.isArray(spec.http)) return spec;
  const http = itemsOf(spec.http, "").map(([rule]) => ruleSpec(rule, namespace, nameOf));
  return { ...spec, http };
}

function ruleSpec(rule: JsonObject, namespace: string | undefined, nameOf: NameOf): object {
  const { upstreams, plugin_config_name: pluginConfig, plugin_config_namespace: elsewhere } = rule;
  const home = elsewhere === undefined ? namespace : String(elsewhere);
  return {
    ...rule,
    ...(Array.isArray(upstreams)
      ? {
          upstreams: itemsOf(upstreams, "").map(([upstream]) => ({
            ...upstream,
            name: nameOf("ApisixUpstream", namespace, String(upstream.name)),
          })),
        }
      : {}),
    ...(pluginConfig === undefined
      ? {}
      : { plugin_config_name: nameOf("ApisixPluginConfig", home, String(pluginConfig)) }),
  };
}

/** A rule that names an upstream without nodes would have no backend, and the controller says nothing. */
function reportUselessUpstreams(route: ManifestObject, index: ObjectIndex): void {
  for (const [rule, path] of itemsOf(route.spec.http, "spec.http")) {
    for (const [{ name }, at] of itemsOf(rule.upstreams, `${path}.upstreams`)) {
      const upstream = index.find("ApisixUpstream", route.namespace, String(name));
      if (!upstream) {
        const elsewhere = index.all("ApisixUpstream").some((other) => other.name === name);
        const where = elsewhere ? `of the namespace "${route.namespace}"` : "among the files";
        route.report(
          `${at}.name`,
          `"${name}" is no ApisixUpstream ${where}; one that the cluster has already is declared with kubernetes.ApisixRoute`,
        );
      } else if (upstream.spec.externalNodes === undefined && upstream.spec.discovery === undefined) {
        route.report(`${at}.name`, `"${name}" has neither externalNodes nor discovery, and so no backend`);
      }
    }
  }
}
