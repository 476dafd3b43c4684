export type * from "./arguments.ts";
export { ExternalService, type ExternalServiceArgs } from "./external-service.ts";
export { Mesh, type MeshArgs, MeshPatch, type MeshPatchArgs } from "./mesh.ts";
export { MeshExternalService, type MeshExternalServiceArgs } from "./mesh-external-service.ts";
export { Policy, type PolicyArgs } from "./policy.ts";
export { Provider, type ProviderArgs } from "./provider.ts";
export { Secret, type SecretArgs } from "./secret.ts";
export { ZoneEgress, type ZoneEgressArgs } from "./zone-egress.ts";
