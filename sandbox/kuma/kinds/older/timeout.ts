import type { Violation } from "../../errors.ts";
import { duration, message } from "../../message.ts";
import { complainIf, complaint, fields, isSet } from "../../rules/checks.ts";
import type { Kind } from "../kind.ts";
import {
  checkServices,
  isNoTime,
  olderPolicy,
  positiveIfDefined,
  sourcesAndDestinations,
} from "./older-policy.ts";

/** How long things may take. */
export const timeout: Kind = olderPolicy(
  "Timeout",
  "timeouts",
  {
    ...sourcesAndDestinations,
    conf: message({
      connect_timeout: duration,
      tcp: message({ idle_timeout: duration }),
      http: message({
        request_timeout: duration,
        idle_timeout: duration,
        stream_idle_timeout: duration,
        max_stream_duration: duration,
      }),
      grpc: message({ stream_idle_timeout: duration, max_stream_duration: duration }),
    }),
  },
  (spec) => [...checkServices(spec), ...checkConf(spec.conf)],
);

function checkConf(value: unknown): Violation[] {
  if (!isSet(value)) return complaint("conf", "has to be defined");
  const { tcp, http, grpc } = fields(value);
  return [
    ...checkSection(tcp, "conf.tcp", ["idleTimeout"], (value, field) =>
      complainIf(isNoTime(value), field, "has to be greater than 0"),
    ),
    ...checkSection(http, "conf.http", ["requestTimeout", "idleTimeout"]),
    ...checkSection(grpc, "conf.grpc", ["streamIdleTimeout", "maxStreamDuration"]),
  ];
}

function checkSection(
  section: unknown,
  field: string,
  names: string[],
  check = positiveIfDefined,
): Violation[] {
  if (!isSet(section)) return [];
  const conf = fields(section);
  if (!names.some((name) => isSet(conf[name]))) {
    return complaint(field, "at least one timeout in section has to be defined");
  }
  return names.flatMap((name) => check(conf[name], `${field}.${name}`));
}
