import type { Violation } from "../../errors.ts";
import { duration, type Fields, list, message, oneOfNamesValue, uint32, uint32Value } from "../../message.ts";
import { complainIf, complaint, fields, isSet, list as items } from "../../rules/checks.ts";
import type { Kind } from "../kind.ts";
import {
  checkServices,
  httpMethod,
  isNoTime,
  olderPolicy,
  positiveIfDefined,
  sourcesAndDestinations,
} from "./older-policy.ts";

const backOff = message({ base_interval: duration, max_interval: duration });

/** What is tried again. */
export const retry: Kind = olderPolicy(
  "Retry",
  "retries",
  {
    ...sourcesAndDestinations,
    conf: message({
      http: message({
        num_retries: uint32Value,
        per_try_timeout: duration,
        back_off: backOff,
        retriable_status_codes: list(uint32Value),
        retriable_methods: list(httpMethod),
        retry_on: list(
          oneOfNamesValue(
            "kuma.mesh.v1alpha1.HttpRetryOn",
            "all_5xx",
            "gateway_error",
            "reset",
            "connect_failure",
            "envoy_ratelimited",
            "retriable_4xx",
            "refused_stream",
            "retriable_status_codes",
            "retriable_headers",
            "http3_post_connect_failure",
          ),
        ),
      }),
      tcp: message({ max_connect_attempts: uint32 }),
      grpc: message({
        retry_on: list(
          oneOfNamesValue(
            "kuma.mesh.v1alpha1.Retry.Conf.Grpc.RetryOn",
            "cancelled",
            "deadline_exceeded",
            "internal",
            "resource_exhausted",
            "unavailable",
          ),
        ),
        num_retries: uint32Value,
        per_try_timeout: duration,
        back_off: backOff,
      }),
    }),
  },
  (spec) => [...checkServices(spec), ...checkConf(spec.conf)],
);

function checkConf(value: unknown): Violation[] {
  if (!isSet(value)) return complaint("conf", "has to be defined");
  const { http, grpc, tcp } = fields(value);
  if (![http, grpc, tcp].some(isSet)) {
    return complaint("conf", "missing protocol [grpc|http|tcp] configuration");
  }
  return [
    ...(isSet(http) ? [...checkProtocol(fields(http), "conf.http"), ...checkHttp(fields(http))] : []),
    ...(isSet(grpc) ? [...checkProtocol(fields(grpc), "conf.grpc"), ...checkGrpc(fields(grpc))] : []),
    ...complainIf(
      isSet(tcp) && !isSet(fields(tcp).maxConnectAttempts),
      "conf.tcp.maxConnectAttempts",
      "has to be greater than 0",
    ),
  ];
}

function checkProtocol(conf: Fields, field: string): Violation[] {
  return [
    ...complainIf(Object.keys(conf).length === 0, field, "field cannot be empty"),
    ...positiveIfDefined(conf.numRetries, `${field}.numRetries`),
    ...positiveIfDefined(conf.perTryTimeout, `${field}.perTryTimeout`),
    ...(isSet(conf.backOff) ? checkBackOff(fields(conf.backOff), `${field}.backOff`) : []),
  ];
}

function checkBackOff({ baseInterval, maxInterval }: Fields, field: string): Violation[] {
  if (!isSet(baseInterval)) return complaint(`${field}.baseInterval`, "has to be defined");
  if (isNoTime(baseInterval)) return complaint(`${field}.baseInterval`, "has to be greater than 0");
  return positiveIfDefined(maxInterval, `${field}.maxInterval`);
}

function checkHttp({ retriableMethods, retryOn, retriableStatusCodes }: Fields): Violation[] {
  const reason = "retriableStatusCodes cannot be empty when this option is specified";
  return [
    ...items(retriableMethods).flatMap((method, index) =>
      complainIf(method === "NONE", `conf.http.retriableMethods[${index}]`, "field cannot be empty"),
    ),
    ...items(retryOn).flatMap((on, index) =>
      complainIf(
        on === "retriable_status_codes" && !isSet(retriableStatusCodes),
        `conf.http.retryOn[${index}]`,
        reason,
      ),
    ),
  ];
}

function checkGrpc({ retryOn }: Fields): Violation[] {
  const all = items(retryOn);
  return [...new Set(all)].flatMap((value) => {
    const places = all.flatMap((other, index) => (other === value ? [index] : []));
    const reason = `repeated value ${JSON.stringify(value)} at indexes [${places.join(", ")}]`;
    return complainIf(places.length > 1, "conf.grpc.retryOn", reason);
  });
}
