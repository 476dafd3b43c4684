export type { AcceptedArgs, WaitForAccepted } from "./accepted.ts";
export { ApisixRoute, type ApisixRouteArgs } from "./apisix-route.ts";
export { ApisixUpstream, type ApisixUpstreamArgs } from "./apisix-upstream.ts";
export type * from "./arguments.ts";
export { ExternalNameService, type ExternalNameServiceArgs } from "./external-name-service.ts";
export { ExternalService, type ExternalServiceArgs, type ExternalServiceSpec } from "./external-service.ts";
export { Mesh, type MeshArgs, type MeshSpec } from "./mesh.ts";
export {
  MeshExternalService,
  type MeshExternalServiceArgs,
  type MeshExternalServiceSpec,
} from "./mesh-external-service.ts";
export type { ObjectArgs } from "./object.ts";
export { ZoneEgress, type ZoneEgressArgs, type ZoneEgressSpec } from "./zone-egress.ts";
