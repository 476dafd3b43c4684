import { hostnameGenerator } from "./hostname-generator.ts";
import { meshAccessLog } from "./mesh-access-log.ts";
import { meshCircuitBreaker } from "./mesh-circuit-breaker.ts";
import { meshExternalService } from "./mesh-external-service.ts";
import { meshFaultInjection } from "./mesh-fault-injection.ts";
import { meshHealthCheck } from "./mesh-health-check.ts";
import { meshHttpRoute } from "./mesh-http-route.ts";
import { meshIdentity } from "./mesh-identity.ts";
import { meshLoadBalancingStrategy } from "./mesh-load-balancing-strategy.ts";
import { meshMetric } from "./mesh-metric.ts";
import { meshOpenTelemetryBackend } from "./mesh-open-telemetry-backend.ts";
import { meshPassthrough } from "./mesh-passthrough.ts";
import { meshProxyPatch } from "./mesh-proxy-patch.ts";
import { meshRateLimit } from "./mesh-rate-limit.ts";
import { meshRetry } from "./mesh-retry.ts";
import { meshTcpRoute } from "./mesh-tcp-route.ts";
import { meshTimeout } from "./mesh-timeout.ts";
import { meshTls } from "./mesh-tls.ts";
import { meshTrace } from "./mesh-trace.ts";
import { meshTrafficPermission } from "./mesh-traffic-permission.ts";
import { meshTrust } from "./mesh-trust.ts";
import type { Rules } from "./policy.ts";
import { meshMultiZoneService, meshService, workload } from "./services.ts";

export type { Circumstances, Rules } from "./policy.ts";

/** The rules of each kind that cannot be seen from its definition. */
export const rules: Record<string, Rules> = {
  HostnameGenerator: hostnameGenerator,
  MeshAccessLog: meshAccessLog,
  MeshCircuitBreaker: meshCircuitBreaker,
  MeshExternalService: meshExternalService,
  MeshFaultInjection: meshFaultInjection,
  MeshHTTPRoute: meshHttpRoute,
  MeshHealthCheck: meshHealthCheck,
  MeshIdentity: meshIdentity,
  MeshLoadBalancingStrategy: meshLoadBalancingStrategy,
  MeshMetric: meshMetric,
  MeshMultiZoneService: meshMultiZoneService,
  MeshOpenTelemetryBackend: meshOpenTelemetryBackend,
  MeshPassthrough: meshPassthrough,
  MeshProxyPatch: meshProxyPatch,
  MeshRateLimit: meshRateLimit,
  MeshRetry: meshRetry,
  MeshService: meshService,
  MeshTCPRoute: meshTcpRoute,
  MeshTLS: meshTls,
  MeshTimeout: meshTimeout,
  MeshTrace: meshTrace,
  MeshTrafficPermission: meshTrafficPermission,
  MeshTrust: meshTrust,
  Workload: workload,
};
