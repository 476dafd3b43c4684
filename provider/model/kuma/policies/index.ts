import type { Kind } from "../../kind.ts";

/** Every kind that is made from its CRD, by its type. A new one is a line here. A kind's file is loaded when it is asked for. */
export const SPECIFIED_KINDS: ReadonlyMap<string, () => Kind> = new Map<string, () => Kind>([
  ["kuma:HostnameGenerator", () => require("./hostname-generator.ts").hostnameGenerator],
  ["kuma:MeshAccessLog", () => require("./mesh-access-log.ts").meshAccessLog],
  ["kuma:MeshCircuitBreaker", () => require("./mesh-circuit-breaker.ts").meshCircuitBreaker],
  ["kuma:MeshFaultInjection", () => require("./mesh-fault-injection.ts").meshFaultInjection],
  ["kuma:MeshHealthCheck", () => require("./mesh-health-check.ts").meshHealthCheck],
  ["kuma:MeshHTTPRoute", () => require("./mesh-http-route.ts").meshHttpRoute],
  ["kuma:MeshIdentity", () => require("./mesh-identity.ts").meshIdentity],
  [
    "kuma:MeshLoadBalancingStrategy",
    () => require("./mesh-load-balancing-strategy.ts").meshLoadBalancingStrategy,
  ],
  ["kuma:MeshMetric", () => require("./mesh-metric.ts").meshMetric],
  ["kuma:MeshMultiZoneService", () => require("./mesh-multi-zone-service.ts").meshMultiZoneService],
  [
    "kuma:MeshOpenTelemetryBackend",
    () => require("./mesh-open-telemetry-backend.ts").meshOpenTelemetryBackend,
  ],
  ["kuma:MeshPassthrough", () => require("./mesh-passthrough.ts").meshPassthrough],
  ["kuma:MeshProxyPatch", () => require("./mesh-proxy-patch.ts").meshProxyPatch],
  ["kuma:MeshRateLimit", () => require("./mesh-rate-limit.ts").meshRateLimit],
  ["kuma:MeshRetry", () => require("./mesh-retry.ts").meshRetry],
  ["kuma:MeshService", () => require("./mesh-service.ts").meshService],
  ["kuma:MeshTCPRoute", () => require("./mesh-tcp-route.ts").meshTcpRoute],
  ["kuma:MeshTimeout", () => require("./mesh-timeout.ts").meshTimeout],
  ["kuma:MeshTLS", () => require("./mesh-tls.ts").meshTls],
  ["kuma:MeshTrace", () => require("./mesh-trace.ts").meshTrace],
  ["kuma:MeshTrafficPermission", () => require("./mesh-traffic-permission.ts").meshTrafficPermission],
  ["kuma:MeshTrust", () => require("./mesh-trust.ts").meshTrust],
  ["kuma:MeshZoneAddress", () => require("./mesh-zone-address.ts").meshZoneAddress],
]);
