import type { Violation } from "../../errors.ts";
import {
  bytesValue,
  duration,
  type Fields,
  flagValue,
  floatValue,
  list,
  message,
  text,
  uint32,
  uint32Value,
} from "../../message.ts";
import {
  complainIf,
  complaint,
  each,
  fields,
  isSet,
  list as items,
  text as textOf,
} from "../../rules/checks.ts";
import type { Kind } from "../kind.ts";
import { checkServices, isNoTime, notEmpty, olderPolicy, sourcesAndDestinations } from "./older-policy.ts";

/** How it is found out which instances of a service are well. */
export const healthCheck: Kind = olderPolicy(
  "HealthCheck",
  "health-checks",
  {
    ...sourcesAndDestinations,
    conf: message({
      interval: duration,
      timeout: duration,
      unhealthy_threshold: uint32,
      healthy_threshold: uint32,
      initial_jitter: duration,
      interval_jitter: duration,
      interval_jitter_percent: uint32,
      healthy_panic_threshold: floatValue,
      fail_traffic_on_panic: flagValue,
      event_log_path: text,
      always_log_health_check_failures: flagValue,
      no_traffic_interval: duration,
      tcp: message({ send: bytesValue, receive: list(bytesValue) }),
      http: message({
        path: text,
        request_headers_to_add: list(
          message({ header: message({ key: text, value: text }), append: flagValue }),
        ),
        expected_statuses: list(uint32Value),
      }),
      reuse_connection: flagValue,
    }),
  },
  (spec) => [...checkServices(spec), ...checkConf(spec.conf)],
);

const POSITIVE = "must have a positive value";

function checkConf(value: unknown): Violation[] {
  if (!isSet(value)) return complaint("conf", "has to be defined");
  const conf = fields(value);
  const { healthyPanicThreshold = 0, tcp, http } = conf;
  const isOutside = Number(healthyPanicThreshold) < 0 || Number(healthyPanicThreshold) > 100;
  return [
    ...["interval", "timeout", "unhealthyThreshold", "healthyThreshold"].flatMap((name) =>
      complainIf(!isSet(conf[name]) || isNoTime(conf[name]), `conf.${name}`, POSITIVE),
    ),
    ...["initialJitter", "intervalJitter", "noTrafficInterval"].flatMap((name) =>
      complainIf(isNoTime(conf[name]), `conf.${name}`, POSITIVE),
    ),
    ...complainIf(isOutside, "conf.healthyPanicThreshold", "must be in range [0.0 - 100.0]"),
    ...(isSet(http) ? checkHttp(fields(http)) : []),
    ...complainIf(isSet(tcp) && isSet(http), "conf", "http and tcp cannot be defined at the same time"),
  ];
}

function checkHttp({ path, expectedStatuses, requestHeadersToAdd }: Fields): Violation[] {
  return [
    ...complainIf(textOf(path) === "", "conf.http.path", "has to be defined and cannot be empty"),
    ...items(expectedStatuses).flatMap((status, index) =>
      complainIf(
        Number(status) < 100 || Number(status) >= 600,
        `conf.http.expectedStatuses[${index}]`,
        "must be in range [100, 600)",
      ),
    ),
    ...each(requestHeadersToAdd, "conf.http.requestHeadersToAdd", ({ header }, field) =>
      isSet(header)
        ? notEmpty(fields(header).key, `${field}.header.key`)
        : complaint(`${field}.header`, "has to be defined"),
    ),
  ];
}
