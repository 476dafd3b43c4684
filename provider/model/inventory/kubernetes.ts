import { isKind } from "../kinds.ts";
import { isMap, type Stored } from "../serving/objects.ts";
import { pluginConfigMade, routesMade, upstreamMade } from "./ingress.ts";
import type { Draft } from "./resource.ts";

/** An object of a cluster, with what it takes to read it. */
export interface KubernetesObject {
  namespace: string;
  name: string;
  spec: Stored;
  labels: unknown;
  find: FindObject;
}

/** Finds an object of the same cluster. */
export type FindObject = (kind: string, namespace: string, name: unknown) => Stored | undefined;

/** What a controller makes of an object. */
export type Made = Pick<Draft, "type" | "name" | "args">;

const APISIX: Readonly<Record<string, (object: KubernetesObject) => Made[]>> = {
  ApisixUpstream: upstreamMade,
  ApisixRoute: routesMade,
  ApisixPluginConfig: pluginConfigMade,
};

/** Kinds of Kuma by the names that they have in Kubernetes, where the REST API has what `spec` holds at the top. */
const FLAT: ReadonlySet<string> = new Set(["Mesh", "ExternalService", "ZoneEgress", "MeshExternalService"]);
const WITHOUT_MESH: ReadonlySet<string> = new Set(["Mesh", "ZoneEgress"]);

/** Whether lints look at objects of a kind. */
export function hasLints(kind: string): boolean {
  return FLAT.has(kind) || kind === "ApisixUpstream";
}

/** The kind of an object of Kuma or of the APISIX ingress controller, by Pulumi's type of it. */
export function kubernetesKind(token: string): string | undefined {
  return /^kubernetes:(?:kuma\.io\/v1alpha1|apisix\.apache\.org\/v2):(\w+)$/.exec(token)?.[1];
}

/** An object of Kubernetes as the resources of the server's own API that its controller makes of it; none of other kinds. */
export function fromKubernetes(kind: string, inputs: Stored, resource: string, find: FindObject): Made[] {
  const metadata = isMap(inputs.metadata) ? inputs.metadata : {};
  const spec = isMap(inputs.spec) ? inputs.spec : {};
  const labels = isMap(metadata.labels) ? metadata.labels : {};
  const name = metadata.name ?? resource;
  const made = Object.hasOwn(APISIX, kind) ? APISIX[kind] : undefined;
  if (made) {
    const namespace = typeof metadata.namespace === "string" ? metadata.namespace : "default";
    return made({ namespace, name: typeof name === "string" ? name : resource, spec, labels, find });
  }
  const type = `kuma:${kind}`;
  if (!isKind(type) || type === "kuma:Secret") return [];
  const mesh = inputs.mesh ?? labels["kuma.io/mesh"] ?? "default";
  const said = FLAT.has(kind) ? spec : { spec: inputs.spec };
  return [{ type, name: resource, args: { ...said, name, ...(WITHOUT_MESH.has(kind) ? {} : { mesh }) } }];
}

/** Which controller takes an object, where several watch one cluster. */
export function classOf(inputs: Stored): string {
  const spec = isMap(inputs.spec) ? inputs.spec : {};
  return typeof spec.ingressClassName === "string" ? spec.ingressClassName : "";
}
