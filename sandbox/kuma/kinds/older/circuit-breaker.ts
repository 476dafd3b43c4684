import type { Violation } from "../../errors.ts";
import { doubleValue, duration, flag, message, uint32Value } from "../../message.ts";
import { complainIf, complaint, fields, isSet } from "../../rules/checks.ts";
import type { Kind } from "../kind.ts";
import { checkServices, olderPolicy, sourcesAndDestinations } from "./older-policy.ts";

const errors = message({ consecutive: uint32Value });

/** When connections to a service are broken off. */
export const circuitBreaker: Kind = olderPolicy(
  "CircuitBreaker",
  "circuit-breakers",
  {
    ...sourcesAndDestinations,
    conf: message({
      interval: duration,
      baseEjectionTime: duration,
      maxEjectionPercent: uint32Value,
      splitExternalAndLocalErrors: flag,
      detectors: message({
        totalErrors: errors,
        gatewayErrors: errors,
        localErrors: errors,
        standardDeviation: message({
          requestVolume: uint32Value,
          minimumHosts: uint32Value,
          factor: doubleValue,
        }),
        failure: message({
          requestVolume: uint32Value,
          minimumHosts: uint32Value,
          threshold: uint32Value,
        }),
      }),
      thresholds: message({
        maxConnections: uint32Value,
        maxPendingRequests: uint32Value,
        maxRetries: uint32Value,
        maxRequests: uint32Value,
      }),
    }),
  },
  (spec) => [...checkServices(spec), ...checkConf(spec.conf)],
);

function checkConf(value: unknown): Violation[] {
  const { detectors, thresholds, maxEjectionPercent } = fields(value);
  const isSome = (part: unknown) => Object.keys(fields(part)).length > 0;
  if (!isSome(detectors) && !isSome(thresholds)) {
    return complaint("conf", "must have at least one of the detector or threshold configured");
  }
  const percentage = (number: unknown, field: string) =>
    complainIf(Number(number ?? 0) > 100, field, "has to be in [0.0 - 100.0] range");
  return [
    ...complainIf(isSet(detectors) && !isSome(detectors), "conf.detectors", "can't be empty"),
    ...percentage(maxEjectionPercent, "conf.maxEjectionPercent"),
    ...percentage(fields(fields(detectors).failure).threshold, "conf.detectors.failure.threshold"),
    ...complainIf(isSet(thresholds) && !isSome(thresholds), "conf.thresholds", "can't be empty"),
  ];
}
