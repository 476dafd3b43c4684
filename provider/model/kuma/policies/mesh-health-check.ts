import { atLeastOneOf } from "../../exclusions.ts";
import type { JsonObject } from "../../fields.ts";
import type { Kind } from "../../kind.ts";
import { atLeastOne, between, filePath, notEmpty, percentage, positive } from "./checks.ts";
import { entriesOf, inside } from "./entries.ts";
import { type SpecContext, specifiedKind } from "./kind.ts";
import { DESTINATIONS, PROXIES, targetRefRules } from "./target-refs.ts";

function rules(spec: JsonObject, { report, warn }: SpecContext): void {
  for (const { object, at } of entriesOf(spec.to, "spec.to")) {
    targetRefRules(object.targetRef, `${at}.targetRef`, { kinds: DESTINATIONS }, report);
    if (inside(object, "default").healthyPanicThreshold !== undefined)
      warn(`${at}.default.healthyPanicThreshold is deprecated; MeshCircuitBreaker has it now.`);
  }
}

/** Health checks that data planes make of services. */
export const meshHealthCheck: Kind = specifiedKind({
  type: "MeshHealthCheck",
  doc: "Health checks that data planes make of services.",
  docs: "policies/meshhealthcheck",
  example: `
new kuma.MeshHealthCheck("payments", {
  spec: {
    to: [
      {
        targetRef: { kind: "MeshService", name: "payments" },
        default: { interval: "10s", timeout: "2s", http: { path: "/health", expectedStatuses: [200] } },
      },
    ],
  },
});
`,
  since: "2.1",
  instead: "HealthCheck",
  top: { kinds: PROXIES, gatewayTags: true },
  refinements: {
    "to[].default": {
      required: true,
      exclusions: [atLeastOneOf(["http", "tcp", "grpc"], { missing: "give one of http, tcp, grpc" })],
    },
    "to[].default.interval|timeout|initialJitter|intervalJitter|noTrafficInterval": positive,
    "to[].default.healthyThreshold|unhealthyThreshold": atLeastOne,
    "to[].default.intervalJitterPercent": between(0, 100),
    "to[].default.healthyPanicThreshold": percentage,
    "to[].default.eventLogPath": filePath,
    "to[].default.http.path": notEmpty,
    "to[].default.http.expectedStatuses[]": between(100, 599),
  },
  rules,
});
