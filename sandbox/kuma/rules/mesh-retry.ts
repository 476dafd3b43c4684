import { STATUS_CODES } from "node:http";
import type { Violation } from "../errors.ts";
import { parseDuration } from "../go/duration.ts";
import type { Fields } from "../message.ts";
import { complainIf, complaint, each, fields, isSet, list, text } from "./checks.ts";
import { checkTop, DESTINATIONS, policyWarnings, type Rules, TOP, topKind } from "./policy.ts";
import { checkTargetRef } from "./target-ref.ts";

/** Retries: intervals in order, and methods and statuses that are some. */
export const meshRetry: Rules = {
  typing: {
    durations: [
      "perTryTimeout",
      "backOff.baseInterval",
      "backOff.maxInterval",
      "rateLimitedBackOff.maxInterval",
    ],
    unsigned: { "tcp.maxConnectAttempt": "TCP", "http.numRetries": "HTTP", "grpc.numRetries": "GRPC" },
    omittedWhenEmpty: ["retriableRequestHeaders.value", "retriableResponseHeaders.value"],
    alwaysWritten: ["default"],
  },
  check(spec, circumstances) {
    const top = topKind(spec);
    return [
      ...checkTop(spec, circumstances, [...TOP, "MeshHTTPRoute"], { byRole: true, noInbound: true }),
      ...each(spec.to, "spec.to", (entry, field) => [
        ...checkTargetRef(
          entry.targetRef,
          `${field}.targetRef`,
          top === "MeshGateway" || top === "MeshHTTPRoute"
            ? ["Mesh", "MeshExternalService"]
            : [...DESTINATIONS, "MeshHTTPRoute"],
        ),
        // The control plane puts a `conf` into the path that is nowhere in the policy.
        ...checkDefault(fields(entry.default), `${field}.default.conf`),
      ]),
    ];
  },
  warnings: (spec) => policyWarnings(spec),
};

function checkDefault({ tcp, http, grpc }: Fields, field: string): Violation[] {
  return [
    ...complainIf(
      ![tcp, http, grpc].some(isSet),
      field,
      "at least one of the 'tcp', 'http', 'grpc' must be specified",
    ),
    ...(isSet(tcp) ? checkTcp(fields(tcp), `${field}.tcp`) : []),
    ...(isSet(http) ? checkHttp(fields(http), `${field}.http`) : []),
    ...(isSet(grpc) ? checkGrpc(fields(grpc), `${field}.grpc`) : []),
  ];
}

function checkTcp({ maxConnectAttempt }: Fields, field: string): Violation[] {
  if (!isSet(maxConnectAttempt)) return complaint(field, "must not be empty");
  return complainIf(maxConnectAttempt === 0, `${field}.maxConnectAttempt`, "must be greater than 0");
}

const HTTP = [
  "numRetries",
  "perTryTimeout",
  "backOff",
  "retryOn",
  "retriableRequestHeaders",
  "retriableResponseHeaders",
  "rateLimitedBackOff",
  "hostSelection",
];

function checkHttp(http: Fields, field: string): Violation[] {
  return [
    ...complainIf(!HTTP.some((name) => isSet(http[name])), field, "must not be empty"),
    ...checkBackOff(http, field),
    ...list(http.retryOn).flatMap((item, index) =>
      complainIf(!isRetried(text(item)), `${field}.retryOn[${index}]`, `unknown item '${text(item)}'`),
    ),
    ...checkHostSelection(http.hostSelection, `${field}.hostSelection`),
  ];
}

const CONDITIONS = [
  "5xx",
  "GatewayError",
  "Reset",
  "Retriable4xx",
  "ConnectFailure",
  "EnvoyRatelimited",
  "RefusedStream",
  "Http3PostConnectFailure",
  "HttpMethodConnect",
  "HttpMethodDelete",
  "HttpMethodGet",
  "HttpMethodHead",
  "HttpMethodOptions",
  "HttpMethodPatch",
  "HttpMethodPost",
  "HttpMethodPut",
  "HttpMethodTrace",
];

/** Codes that Node.js has a text for and Go has none, and the other way round. */
const ONLY_IN_NODE = [509];

/** Whether an answer can be retried on: a condition, or a status code that Go has a text for. */
function isRetried(item: string): boolean {
  if (CONDITIONS.includes(item)) return true;
  const code = /^[+-]?\d+$/.test(item) ? Number(item) : 0;
  return code in STATUS_CODES && !ONLY_IN_NODE.includes(code);
}

function checkGrpc(grpc: Fields, field: string): Violation[] {
  const settings = ["numRetries", "perTryTimeout", "backOff", "retryOn", "rateLimitedBackOff"];
  return [
    ...complainIf(!settings.some((name) => isSet(grpc[name])), field, "must not be empty"),
    ...checkBackOff(grpc, field),
  ];
}

function checkBackOff({ backOff, rateLimitedBackOff }: Fields, field: string): Violation[] {
  const { baseInterval, maxInterval } = fields(backOff);
  return [
    ...complainIf(
      isSet(backOff) && !isSet(baseInterval) && !isSet(maxInterval),
      `${field}.backOff`,
      "must not be empty",
    ),
    ...(isSet(rateLimitedBackOff)
      ? checkLimitedBackOff(fields(rateLimitedBackOff), `${field}.rateLimitedBackOff`)
      : []),
  ];
}

function checkLimitedBackOff({ maxInterval, resetHeaders }: Fields, field: string): Violation[] {
  return [
    ...complainIf(
      isSet(maxInterval) && parseDuration(text(maxInterval)) <= 0n,
      `${field}.maxInterval`,
      "must be defined and greater than zero",
    ),
    ...complainIf(!isSet(resetHeaders), `${field}.resetHeaders`, "must be defined"),
    ...each(resetHeaders, `${field}.resetHeaders`, ({ name }, at) =>
      complainIf(name === "", `${at}.name`, "must be defined"),
    ),
  ];
}

function checkHostSelection(value: unknown, field: string): Violation[] {
  const priorities = list(value).findIndex((item) => fields(item).predicate === "OmitPreviousPriorities");
  return each(value, field, ({ predicate, tags, updateFrequency }, at, index) => {
    if (predicate === "OmitHostsWithTags") return complainIf(!isSet(tags), `${at}.tags`, "must be defined");
    if (predicate !== "OmitPreviousPriorities") return [];
    return [
      ...complainIf(
        index > priorities,
        `${at}.predicate`,
        "OmitPreviousPriorities must only be specified once",
      ),
      ...complainIf(
        Number(updateFrequency) <= 0,
        `${at}.updateFrequency`,
        "must be defined and greater than zero",
      ),
    ];
  });
}
