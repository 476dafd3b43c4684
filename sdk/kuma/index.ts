export type * from "./arguments.ts";
export { ExternalService, type ExternalServiceArgs } from "./external-service.ts";
export { Provider, type ProviderArgs } from "./provider.ts";
export { ZoneEgress, type ZoneEgressArgs } from "./zone-egress.ts";
