import type { Violation } from "../../errors.ts";
import { duration, type Fields, flagValue, list, message, text, uint32, uint32Value } from "../../message.ts";
import { at, complainIf, complaint, fields, isSet, list as items } from "../../rules/checks.ts";
import type { Kind } from "../kind.ts";
import { checkRateLimit } from "../limited-services.ts";
import { checkTagged, olderPolicy, sourcesAndDestinations } from "./older-policy.ts";

/** How many requests a service takes. */
export const rateLimit: Kind = {
  ...olderPolicy(
    "RateLimit",
    "rate-limits",
    {
      ...sourcesAndDestinations,
      conf: message({
        http: message({
          requests: uint32,
          interval: duration,
          onRateLimit: message({
            status: uint32Value,
            headers: list(message({ key: text, value: text, append: flagValue })),
          }),
        }),
      }),
    },
    (spec) => [...checkTagged(spec), ...checkConf(spec.conf)],
  ),
  outlivesMesh: () => true,
  checkCreate: checkRateLimit,
  checkUpdate: (_before, after, store) => checkRateLimit(after, store),
};

function checkConf(conf: unknown): Violation[] {
  if (!isSet(conf)) return complaint("conf", "must have conf");
  const { http } = fields(conf);
  return isSet(http) ? checkHttp(fields(http)) : [];
}

function checkHttp({ requests, interval, onRateLimit }: Fields): Violation[] {
  return [
    ...complainIf(!isSet(requests), "conf.http.requests", "requests must be set"),
    ...complainIf(!isSet(interval), "conf.http.interval", "interval must be set"),
    ...items(fields(onRateLimit).headers).flatMap((header, index) => {
      const field = at("conf.http.onRateLimit.header", String(index));
      return ["key", "value"].flatMap((name) =>
        complainIf(!isSet(fields(header)[name]), field, `${name} must be set`),
      );
    }),
  ];
}
