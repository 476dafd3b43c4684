import * as pulumi from "@pulumi/pulumi";
import type * as kubernetes from "../kubernetes/index.ts";
import { ExternalService } from "../kuma/index.ts";
import { type Address, addressOf } from "./address.ts";
import type { BackendMesh } from "./arguments.ts";
import { ExternalBackendError } from "./error.ts";
import { asMeshExternalServices, type Made, type MeshExternalUse } from "./mesh-external-service.ts";

/** What a mesh is to know. */
export interface MeshUse extends MeshExternalUse {
  /** Where it is, for all zones or for each. */
  places: Place[];
}

/** Where the backend is for a zone, or for all. */
export interface Place {
  zone?: string;
  address: pulumi.Output<Address>;
}

/** One place for all zones, or each zone's. */
export function placesOf(
  what: string,
  zones: BackendMesh["zones"],
  address: pulumi.Output<Address>,
): Place[] {
  if (zones === undefined) return [{ address }];
  if (Array.isArray(zones)) return zones.map((zone) => ({ zone, address }));
  return Object.entries(zones).map(([zone, own]) => ({
    zone,
    address: addressOf(what, `mesh.zones["${zone}"]`, own),
  }));
}

/** Makes the backend in all meshes; the MeshExternalServices among what was made. */
export function inMeshes(what: string, name: string, use: MeshUse, parent: pulumi.Resource): Made[] {
  const { kind = "ExternalService" } = use.mesh;
  const options = { parent, dependsOn: comparedMeshes(what, use.mesh) };
  if (kind !== "MeshExternalService") asExternalServices(name, use, options);
  return kind === "ExternalService" ? [] : asMeshExternalServices(name, use, options);
}

/** Makes the backend's external services: per mesh one for all zones, or one for each. */
function asExternalServices(name: string, use: MeshUse, options: pulumi.CustomResourceOptions): void {
  const { meshes = ["default"], target, tags, disableHostDNSEntry } = use.mesh;
  for (const mesh of meshes) {
    for (const { zone, address } of use.places) {
      const own = `${name}${mesh === "default" ? "" : `-${mesh}`}${zone === undefined ? "" : `-for-${zone}`}`;
      const spec = {
        tags: {
          ...tags,
          "kuma.io/service": use.service,
          "kuma.io/protocol": use.protocol ?? "http",
          ...(zone !== undefined && { "kuma.io/zone": zone }),
        },
        networking: {
          address: address.text,
          ...(use.tls && { tls: { enabled: true, ...use.tls } }),
          ...(disableHostDNSEntry && { disableHostDNSEntry }),
        },
      };
      if (target === "kubernetes") {
        // Only here, since @pulumi/kubernetes is an optional peer.
        const objects = require("../kubernetes/index.js") as typeof kubernetes;
        new objects.ExternalService(own, { mesh, spec }, options);
      } else new ExternalService(own, { mesh, ...spec }, options);
    }
  }
}

/** The meshes to wait for; an error when they do not route as `egress` says. */
function comparedMeshes(
  what: string,
  { egress, kind, meshResources = [] }: BackendMesh,
): pulumi.Input<pulumi.Resource[]> {
  // A MeshExternalService goes through an egress whatever the mesh says.
  if (egress === undefined || kind === "MeshExternalService") return meshResources;
  const facts = pulumi.all(meshResources.map(({ name, routing }) => pulumi.all([name, routing])));
  return facts.apply((meshes) => {
    const refusals = meshes
      .map(([mesh, routing]) => ({ mesh, actual: routing?.zoneEgress === true }))
      .filter(({ actual }) => actual !== egress)
      .map(
        ({ mesh, actual }) =>
          `mesh.egress: is ${egress}, but the mesh "${mesh}" has routing.zoneEgress ${actual}; Kuma decides it for the whole mesh.`,
      );
    if (refusals.length > 0) throw new ExternalBackendError(what, refusals);
    return meshResources;
  });
}
