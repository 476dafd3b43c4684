import { atLeastOneOf } from "../../exclusions.ts";
import type { JsonObject } from "../../fields.ts";
import type { Kind } from "../../kind.ts";
import { atLeastOne, between, decimalAboveZero, percentage, positive } from "./checks.ts";
import { entriesOf, listRules } from "./entries.ts";
import { type SpecContext, specifiedKind } from "./kind.ts";
import { DESTINATIONS, PROXIES, targetRefRules } from "./target-refs.ts";

const DETECTORS = [
  "totalFailures",
  "gatewayFailures",
  "localOriginFailures",
  "successRate",
  "failurePercentage",
];

function rules(spec: JsonObject, { report, warn }: SpecContext): void {
  listRules(spec, ["from", "to", "rules"], report);
  for (const { object, at } of entriesOf(spec.from, "spec.from"))
    targetRefRules(object.targetRef, `${at}.targetRef`, { kinds: ["Mesh"] }, report);
  for (const { object, at } of entriesOf(spec.to, "spec.to"))
    targetRefRules(object.targetRef, `${at}.targetRef`, { kinds: DESTINATIONS }, report);
  if (entriesOf(spec.from, "").length > 0) warn("spec.from is deprecated; use spec.rules.");
}

const at = "to|from|rules[].default";

/** Limits of connections, and services that are left out while they fail. */
export const meshCircuitBreaker: Kind = specifiedKind({
  type: "MeshCircuitBreaker",
  doc: "Limits of connections, and services that are left out while they fail.",
  docs: "policies/meshcircuitbreaker",
  example: `
new kuma.MeshCircuitBreaker("payments", {
  spec: {
    to: [
      {
        targetRef: { kind: "MeshService", name: "payments" },
        default: {
          connectionLimits: { maxConnections: 100 },
          outlierDetection: { interval: "5s", detectors: { totalFailures: { consecutive: 5 } } },
        },
      },
    ],
  },
});
`,
  since: "2.1",
  instead: "CircuitBreaker",
  top: { kinds: PROXIES, gatewayTags: true },
  refinements: {
    [at]: {
      required: true,
      exclusions: [
        atLeastOneOf(["connectionLimits", "outlierDetection"], {
          missing: "give one of connectionLimits, outlierDetection",
        }),
      ],
    },
    [`${at}.connectionLimits.*`]: atLeastOne,
    [`${at}.outlierDetection.interval|baseEjectionTime`]: positive,
    [`${at}.outlierDetection.maxEjectionPercent`]: between(0, 100),
    [`${at}.outlierDetection.healthyPanicThreshold`]: percentage,
    [`${at}.outlierDetection.detectors`]: {
      required: true,
      exclusions: [atLeastOneOf(DETECTORS, { missing: `give one of ${DETECTORS.join(", ")}` })],
    },
    [`${at}.outlierDetection.detectors.*.consecutive|minimumHosts|requestVolume`]: atLeastOne,
    [`${at}.outlierDetection.detectors.successRate.standardDeviationFactor`]: decimalAboveZero,
    [`${at}.outlierDetection.detectors.failurePercentage.threshold`]: between(0, 100),
  },
  rules,
});
