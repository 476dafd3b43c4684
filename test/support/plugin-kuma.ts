import { providerClass, resourceClasses } from "./plugin-classes.ts";

/** In tests through the plugins it takes the place of `pulumi-external-backends/kuma`. */
const classes = resourceClasses("kuma");
export const Provider = providerClass("kuma");
export const {
  ExternalService,
  HostnameGenerator,
  Mesh,
  MeshAccessLog,
  MeshCircuitBreaker,
  MeshExternalService,
  MeshFaultInjection,
  MeshHTTPRoute,
  MeshHealthCheck,
  MeshIdentity,
  MeshLoadBalancingStrategy,
  MeshMetric,
  MeshMultiZoneService,
  MeshOpenTelemetryBackend,
  MeshPassthrough,
  MeshPatch,
  MeshProxyPatch,
  MeshRateLimit,
  MeshRetry,
  MeshService,
  MeshTCPRoute,
  MeshTLS,
  MeshTimeout,
  MeshTrace,
  MeshTrafficPermission,
  MeshTrust,
  MeshZoneAddress,
  Policy,
  Secret,
  ZoneEgress,
} = classes;
