import type { Violation } from "../errors.ts";
import type { Fields } from "../message.ts";
import {
  complainIf,
  complaint,
  each,
  fields,
  isSet,
  list,
  noNegativeDuration,
  notSet,
  positiveDuration,
} from "./checks.ts";
import { checkSourceMatches } from "./matches.ts";
import {
  checkLists,
  checkTop,
  DESTINATIONS,
  FROM_WARNING,
  policyWarnings,
  type Rules,
  TOP,
  topKind,
} from "./policy.ts";
import { checkTargetRef } from "./target-ref.ts";

const HTTP = [
  "requestTimeout",
  "streamIdleTimeout",
  "maxStreamDuration",
  "maxConnectionDuration",
  "requestHeadersTimeout",
];

/** Timeouts: at least one, none negative, and none where a route or gateway cannot have it. */
export const meshTimeout: Rules = {
  typing: { durations: ["connectionTimeout", "idleTimeout", ...HTTP], alwaysWritten: ["default"] },
  check(spec, circumstances) {
    const top = topKind(spec);
    return [
      ...checkTop(spec, circumstances, [...TOP, "MeshHTTPRoute"], { byRole: true }),
      ...checkLists(spec),
      ...checkFrom(spec.from, top),
      ...each(spec.to, "spec.to", (entry, field) => [
        ...checkTargetRef(
          entry.targetRef,
          `${field}.targetRef`,
          top === "MeshHTTPRoute" || top === "MeshGateway"
            ? ["Mesh", "MeshExternalService"]
            : [...DESTINATIONS, "MeshHTTPRoute"],
        ),
        ...checkDefault(entry.default, `${field}.default`, top),
      ]),
      ...each(spec.rules, "spec.rules", (rule, field) => [
        ...checkSourceMatches(rule.matches, `${field}.matches`, (reason) => {
          const conf = fields(rule.default);
          return [
            ...notSet(conf, `${field}.default`, reason, "connectionTimeout", "idleTimeout"),
            ...notSet(
              fields(conf.http),
              `${field}.default.http`,
              reason,
              "requestHeadersTimeout",
              "maxStreamDuration",
              "maxConnectionDuration",
            ),
          ];
        }),
        ...checkDefault(rule.default, `${field}.default`, top),
      ]),
    ];
  },
  warnings: (spec) => policyWarnings(spec, FROM_WARNING),
};

function checkFrom(from: unknown, top: unknown): Violation[] {
  if (top === "MeshHTTPRoute" || top === "MeshGateway") {
    return complainIf(list(from).length > 0, "spec.from", "must not be defined");
  }
  return each(from, "spec.from", (entry, field) => [
    ...checkTargetRef(entry.targetRef, `${field}.targetRef`, ["Mesh"]),
    ...checkDefault(entry.default, `${field}.default`, top),
  ]);
}

function checkDefault(value: unknown, field: string, top: unknown): Violation[] {
  const conf = fields(value);
  const { connectionTimeout, idleTimeout, http } = conf;
  if (![connectionTimeout, idleTimeout, http].some(isSet)) {
    return complaint(field, "at least one timeout should be configured");
  }
  const noRoute = "can't be specified when top-level TargetRef is referencing MeshHTTPRoute";
  return [
    ...(top === "MeshHTTPRoute"
      ? [
          ...notSet(conf, field, noRoute, "connectionTimeout", "idleTimeout"),
          ...notSet(fields(http), `${field}.http`, noRoute, "maxStreamDuration", "maxConnectionDuration"),
        ]
      : []),
    ...positiveDuration(connectionTimeout, `${field}.connectionTimeout`),
    ...noNegativeDuration(idleTimeout, `${field}.idleTimeout`),
    ...(isSet(http) ? checkHttp(fields(http), `${field}.http`) : []),
  ];
}

function checkHttp(http: Fields, field: string): Violation[] {
  // A timeout for headers alone does not count.
  const counted = HTTP.filter((name) => name !== "requestHeadersTimeout");
  return [
    ...complainIf(
      !counted.some((name) => isSet(http[name])),
      field,
      "at least one timeout in this section should be configured",
    ),
    ...HTTP.flatMap((name) => noNegativeDuration(http[name], `${field}.${name}`)),
  ];
}
