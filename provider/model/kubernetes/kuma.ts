import * as z from "zod";
import type { Kind } from "../kind.ts";
import { externalService } from "../kuma/external-service.ts";
import { resourceName } from "../kuma/fields.ts";
import { mesh } from "../kuma/mesh.ts";
import { meshExternalService } from "../kuma/mesh-external-service.ts";
import { zoneEgress } from "../kuma/zone-egress.ts";
import { clusterMetadata, metadata, type ObjectKind, specOf, specRules } from "./object.ts";

/** Kuma's Kubernetes object of a kind of its API: the same spec, the same rules. The newer CRD has the mesh as a label. */
function objectOf(kind: Kind, scope: "cluster" | "namespace"): ObjectKind {
  return {
    apiVersion: "kuma.io/v1alpha1",
    kind: kind.type.replace(/^.*:/, ""),
    schema: z.strictObject({
      ...(kind === meshExternalService ? {} : { mesh: resourceName().optional() }),
      metadata: scope === "cluster" ? clusterMetadata : metadata,
      spec: specOf(kind),
    }),
    rules: specRules(kind.rules),
  };
}

/** A service outside the mesh; cluster-scoped. */
export const externalServiceObject = objectOf(externalService, "cluster");
/** The proxy through which a zone's traffic leaves; namespaced. */
export const zoneEgressObject = objectOf(zoneEgress, "namespace");
/** A mesh; cluster-scoped. */
export const meshObject = objectOf(mesh, "cluster");
/** A service outside the mesh, the newer way; namespaced. */
export const meshExternalServiceObject = objectOf(meshExternalService, "namespace");
