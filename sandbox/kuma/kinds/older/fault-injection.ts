import { STATUS_CODES } from "node:http";
import type { Violation } from "../../errors.ts";
import { doubleValue, duration, type Fields, message, textValue, uint32Value } from "../../message.ts";
import { at, complainIf, complaint, each, fields, isSet, text } from "../../rules/checks.ts";
import type { Kind } from "../kind.ts";
import { checkPercentage, checkTagged, olderPolicy, sourcesAndDestinations } from "./older-policy.ts";

/** Which requests fail, are late or slow on purpose. */
export const faultInjection: Kind = olderPolicy(
  "FaultInjection",
  "fault-injections",
  {
    ...sourcesAndDestinations,
    conf: message({
      delay: message({ percentage: doubleValue, value: duration }),
      abort: message({ percentage: doubleValue, httpStatus: uint32Value }),
      response_bandwidth: message({ percentage: doubleValue, limit: textValue }),
    }),
  },
  (spec) => [...checkTagged(spec), ...checkProtocols(spec), ...checkConf(fields(spec.conf))],
);

const PROTOCOLS = ["http", "http2", "grpc"];

function checkProtocols({ destinations }: Fields): Violation[] {
  return each(destinations, "destinations", ({ match }, field) => {
    const protocol = fields(match)["kuma.io/protocol"];
    if (!isSet(protocol)) return complaint(`${field}.match`, "protocol must be specified");
    const isKnown = PROTOCOLS.includes(text(protocol).toLowerCase());
    const reason = `must be one of the [${PROTOCOLS.join(", ")}]`;
    return complainIf(!isKnown, at(`${field}.match`, "kuma.io/protocol"), reason);
  });
}

function checkConf(conf: Fields): Violation[] {
  const isSome = (part: unknown) => Object.keys(fields(part)).length > 0;
  const names = ["delay", "abort", "responseBandwidth"].filter((name) => isSome(conf[name]));
  if (names.length === 0) return complaint("conf", "must have at least one of the faults configured");
  return names.flatMap((name) => {
    const fault = fields(conf[name]);
    return [
      ...checkPercentage(fault.percentage, `conf.${name}.percentage`),
      ...checks[name as keyof typeof checks](fault, `conf.${name}`),
    ];
  });
}

/** What each fault says beside its percentage. */
const checks = {
  delay: ({ value }: Fields, field: string) => complainIf(!isSet(value), `${field}.value`, "cannot be empty"),
  abort({ httpStatus }: Fields, field: string) {
    if (!isSet(httpStatus)) return complaint(`${field}.httpStatus`, "cannot be empty");
    const isKnown = String(httpStatus) in STATUS_CODES;
    return complainIf(!isKnown, `${field}.httpStatus`, "http status code is incorrect");
  },
  responseBandwidth({ limit }: Fields, field: string) {
    if (!isSet(limit)) return complaint(`${field}.limit`, "cannot be empty");
    const isKnown = /\d*\s?[gmk]bps/.test(text(limit));
    return complainIf(!isKnown, `${field}.limit`, "has to be in kbps/mbps/gbps units");
  },
};
