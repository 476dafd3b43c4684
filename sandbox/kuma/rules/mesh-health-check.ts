import type { Violation } from "../errors.ts";
import { isFilePath } from "../go/files.ts";
import {
  atLeastOne,
  complainIf,
  decimalPercentage,
  each,
  fields,
  isSet,
  list,
  percentage,
  positiveDuration,
  statusCode,
} from "./checks.ts";
import { checkTop, DESTINATIONS, policyWarnings, type Rules, TOP } from "./policy.ts";
import { checkTargetRef } from "./target-ref.ts";

const DURATIONS = ["interval", "timeout", "initialJitter", "intervalJitter", "noTrafficInterval"];

/** Health checks: at least one protocol, and times and thresholds above nothing. */
export const meshHealthCheck: Rules = {
  typing: {
    durations: DURATIONS.map((name) => `default.${name}`),
    intOrString: { healthyPanicThreshold: "Conf" },
    alwaysWritten: ["default"],
  },
  check: (spec, circumstances) => [
    ...checkTop(spec, circumstances, TOP, { noInbound: true }),
    ...each(spec.to, "spec.to", (entry, field) => [
      ...checkTargetRef(entry.targetRef, `${field}.targetRef`, DESTINATIONS),
      ...checkDefault(entry.default, `${field}.default`),
    ]),
  ],
  warnings: (spec) => [
    ...policyWarnings(spec),
    ...list(spec.to)
      .filter((entry) => isSet(fields(fields(entry).default).healthyPanicThreshold))
      .map(
        () =>
          "healthyPanicThreshold for 'to[].default' is deprecated. The setting has been moved to " +
          "MeshCircuitBreaker policy, please use MeshCircuitBreaker policy instead.",
      ),
  ],
};

function checkDefault(value: unknown, field: string): Violation[] {
  const conf = fields(value);
  const http = fields(conf.http);
  return [
    ...DURATIONS.flatMap((name) => positiveDuration(conf[name], `${field}.${name}`)),
    ...["unhealthyThreshold", "healthyThreshold"].flatMap((name) =>
      complainIf(
        isSet(conf[name]) && Number(conf[name]) <= 0,
        `${field}.${name}`,
        "must be greater than zero when defined",
      ),
    ),
    ...percentage(conf.intervalJitterPercent, `${field}.intervalJitterPercent`),
    ...decimalPercentage(conf.healthyPanicThreshold, `${field}.healthyPanicThreshold`),
    ...complainIf(
      isSet(conf.eventLogPath) && !isFilePath(String(conf.eventLogPath)),
      `${field}.eventLogPath`,
      "must be a valid path when defined",
    ),
    ...complainIf(http.path === "", `${field}.http.path`, "must be defined"),
    ...list(http.expectedStatuses).flatMap((status, index) =>
      statusCode(status, `${field}.http.expectedStatuses[${index}]`),
    ),
    ...atLeastOne(conf, field, "http", "tcp", "grpc"),
  ];
}
