import type { Violation } from "../errors.ts";
import {
  atLeastOne,
  complainIf,
  complaint,
  decimalOf,
  decimalPercentage,
  each,
  fields,
  isSet,
  percentage,
  positive,
  positiveDuration,
} from "./checks.ts";
import {
  checkLists,
  checkTop,
  DESTINATIONS,
  FROM_WARNING,
  policyWarnings,
  type Rules,
  TOP,
} from "./policy.ts";
import { checkTargetRef } from "./target-ref.ts";

const LIMITS = ["maxConnections", "maxConnectionPools", "maxPendingRequests", "maxRetries", "maxRequests"];

/** Circuit breakers: at least one limit or detector, and numbers that Envoy takes. */
export const meshCircuitBreaker: Rules = {
  typing: {
    durations: ["outlierDetection.interval", "outlierDetection.baseEjectionTime"],
    unsigned: {
      ...Object.fromEntries(LIMITS.map((name) => [`connectionLimits.${name}`, "ConnectionLimits"])),
      "outlierDetection.maxEjectionPercent": "OutlierDetection",
      "totalFailures.consecutive": "DetectorTotalFailures",
      "gatewayFailures.consecutive": "DetectorGatewayFailures",
      "localOriginFailures.consecutive": "DetectorLocalOriginFailures",
      "successRate.minimumHosts": "DetectorSuccessRateFailures",
      "successRate.requestVolume": "DetectorSuccessRateFailures",
      "failurePercentage.minimumHosts": "DetectorFailurePercentageFailures",
      "failurePercentage.requestVolume": "DetectorFailurePercentageFailures",
      "failurePercentage.threshold": "DetectorFailurePercentageFailures",
    },
    intOrString: {
      healthyPanicThreshold: "OutlierDetection",
      standardDeviationFactor: "DetectorSuccessRateFailures",
    },
    alwaysWritten: ["default"],
  },
  check: (spec, circumstances) => [
    ...checkTop(spec, circumstances, TOP),
    ...checkLists(spec),
    // The control plane names entries of `rules` as if they were in `from`.
    ...each(spec.rules, "spec.from", (rule, field) => checkDefault(rule.default, `${field}.default`)),
    ...each(spec.from, "spec.from", (entry, field) => [
      ...checkTargetRef(entry.targetRef, `${field}.targetRef`, ["Mesh"]),
      ...checkDefault(entry.default, `${field}.default`),
    ]),
    ...each(spec.to, "spec.to", (entry, field) => [
      ...checkTargetRef(entry.targetRef, `${field}.targetRef`, DESTINATIONS),
      ...checkDefault(entry.default, `${field}.default`),
    ]),
  ],
  warnings: (spec) => policyWarnings(spec, FROM_WARNING),
};

function checkDefault(value: unknown, field: string): Violation[] {
  const { connectionLimits, outlierDetection } = fields(value);
  if (!isSet(connectionLimits) && !isSet(outlierDetection)) {
    return complaint(field, "at least one of: 'connectionLimits' or 'outlierDetection' should be configured");
  }
  return [
    ...LIMITS.flatMap((name) =>
      positive(fields(connectionLimits)[name], `${field}.connectionLimits.${name}`),
    ),
    ...(isSet(outlierDetection) ? checkOutliers(outlierDetection, `${field}.outlierDetection`) : []),
  ];
}

function checkOutliers(value: unknown, field: string): Violation[] {
  const { interval, baseEjectionTime, maxEjectionPercent, healthyPanicThreshold, detectors } = fields(value);
  return [
    ...positiveDuration(interval, `${field}.interval`),
    ...positiveDuration(baseEjectionTime, `${field}.baseEjectionTime`),
    ...percentage(maxEjectionPercent, `${field}.maxEjectionPercent`),
    ...decimalPercentage(healthyPanicThreshold, `${field}.healthyPanicThreshold`),
    ...checkDetectors(detectors, `${field}.detectors`),
  ];
}

const DETECTORS = [
  "totalFailures",
  "gatewayFailures",
  "localOriginFailures",
  "successRate",
  "failurePercentage",
];

function checkDetectors(value: unknown, field: string): Violation[] {
  if (!isSet(value)) return complaint(field, "must be defined");
  const detectors = fields(value);
  const { successRate, failurePercentage } = detectors;
  return [
    ...atLeastOne(detectors, field, ...DETECTORS),
    ...DETECTORS.flatMap((name) =>
      ["consecutive", "minimumHosts", "requestVolume"].flatMap((setting) =>
        positive(fields(detectors[name])[setting], `${field}.${name}.${setting}`),
      ),
    ),
    ...checkFactor(
      fields(successRate).standardDeviationFactor,
      `${field}.successRate.standardDeviationFactor`,
    ),
    ...percentage(fields(failurePercentage).threshold, `${field}.failurePercentage.threshold`),
  ];
}

function checkFactor(value: unknown, field: string): Violation[] {
  if (!isSet(value)) return [];
  const factor = decimalOf(value);
  if (factor === undefined) return complaint(field, "invalid number");
  return complainIf(factor <= 0, field, "must be greater than 0");
}
