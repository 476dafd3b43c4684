import type { Kind } from "../kind.ts";
import { circuitBreaker } from "./circuit-breaker.ts";
import { faultInjection } from "./fault-injection.ts";
import { healthCheck } from "./health-check.ts";
import { meshGateway } from "./mesh-gateway.ts";
import { meshGatewayRoute } from "./mesh-gateway-route.ts";
import { proxyTemplate } from "./proxy-template.ts";
import { rateLimit } from "./rate-limit.ts";
import { retry } from "./retry.ts";
import { timeout } from "./timeout.ts";
import { trafficLog, trafficPermission, trafficTrace } from "./traffic.ts";
import { trafficRoute } from "./traffic-route.ts";
import { virtualOutbound } from "./virtual-outbound.ts";

/** The policies of the time before target references. */
export const olderPolicies: Kind[] = [
  circuitBreaker,
  faultInjection,
  healthCheck,
  meshGateway,
  meshGatewayRoute,
  proxyTemplate,
  rateLimit,
  retry,
  timeout,
  trafficLog,
  trafficPermission,
  trafficRoute,
  trafficTrace,
  virtualOutbound,
];
