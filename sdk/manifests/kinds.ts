import * as z from "zod";
import { apisixRouteObject, apisixRouteSpec } from "../../provider/model/kubernetes/apisix-route.ts";
import { apisixUpstreamObject } from "../../provider/model/kubernetes/apisix-upstream.ts";
import {
  externalNameServiceObject,
  otherServiceFields,
} from "../../provider/model/kubernetes/external-name-service.ts";
import { ingressClassName } from "../../provider/model/kubernetes/fields.ts";
import {
  externalServiceObject,
  meshExternalServiceObject,
  meshObject,
  zoneEgressObject,
} from "../../provider/model/kubernetes/kuma.ts";
import { metadata, type ObjectKind } from "../../provider/model/kubernetes/object.ts";

const serviceObject: ObjectKind = {
  apiVersion: "v1",
  kind: "Service",
  schema: z.strictObject({
    metadata,
    spec: z.strictObject({
      type: z.literal("ExternalName"),
      externalName: externalNameServiceObject.schema.shape.externalName as z.ZodType,
      ...otherServiceFields,
    }),
  }),
};

const pluginConfigObject: ObjectKind = {
  apiVersion: "apisix.apache.org/v2",
  kind: "ApisixPluginConfig",
  schema: z.strictObject({
    metadata,
    spec: z.strictObject({
      ingressClassName,
      plugins: apisixRouteSpec.shape.http.unwrap().element.shape.plugins.unwrap(),
    }),
  }),
};

/** The kinds of object that manifests may hold. */
export const KINDS = {
  ApisixRoute: apisixRouteObject,
  ApisixUpstream: apisixUpstreamObject,
  ApisixPluginConfig: pluginConfigObject,
  Service: serviceObject,
  ExternalService: externalServiceObject,
  ZoneEgress: zoneEgressObject,
  Mesh: meshObject,
  MeshExternalService: meshExternalServiceObject,
} as const satisfies Record<string, ObjectKind>;

/** One of {@link KINDS}. */
export type KindName = keyof typeof KINDS;

/** The kinds that Kuma's Universal form has. */
export const UNIVERSAL: readonly KindName[] = [
  "ExternalService",
  "ZoneEgress",
  "Mesh",
  "MeshExternalService",
];
/** The kinds that belong to a mesh. */
export const IN_A_MESH: readonly KindName[] = ["ExternalService", "MeshExternalService"];
/** The kinds that are in no namespace. */
export const CLUSTER_SCOPED: readonly KindName[] = ["ExternalService", "Mesh"];
/** The kinds that an ingress controller takes by its class. */
export const WITH_CLASS: readonly KindName[] = ["ApisixRoute", "ApisixUpstream", "ApisixPluginConfig"];
