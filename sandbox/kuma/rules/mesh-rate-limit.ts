import type { Violation } from "../errors.ts";
import { parseDuration } from "../go/duration.ts";
import type { Fields } from "../message.ts";
import { atLeastOne, complainIf, complaint, each, fields, isSet, list, positive, text } from "./checks.ts";
import { checkSourceMatches } from "./matches.ts";
import { NO_FROM } from "./mesh-fault-injection.ts";
import { checkTop, FROM_WARNING, policyWarnings, type Rules, TOP, topKind } from "./policy.ts";
import { checkTargetRef, includesGateways } from "./target-ref.ts";

/** Rate limits: rates above nothing, and protocols that the place can limit. */
export const meshRateLimit: Rules = {
  typing: {
    durations: ["requestRate.interval", "connectionRate.interval"],
    unsigned: {
      "requestRate.num": "Rate",
      "connectionRate.num": "Rate",
      "onRateLimit.status": "OnRateLimit",
    },
    alwaysWritten: ["default"],
  },
  check(spec, circumstances) {
    const hasGateways = includesGateways(spec.targetRef ?? { kind: "Mesh" });
    const [from, to, rules] = [list(spec.from), list(spec.to), list(spec.rules)];
    return [
      ...complainIf(
        rules.length > 0 && (to.length > 0 || from.length > 0),
        "spec",
        "fields 'to' and 'from' must be empty when 'rules' is defined",
      ),
      ...checkTop(spec, circumstances, [...TOP, "MeshHTTPRoute"], { byRole: true }),
      ...(hasGateways || topKind(spec) === "MeshHTTPRoute"
        ? complainIf(rules.length > 0, "spec.rules", "must not be defined")
        : each(rules, "spec.rules", checkRule)),
      ...(hasGateways
        ? complainIf(from.length > 0, "spec.from", NO_FROM)
        : each(from, "spec.from", checkEntry)),
      ...(hasGateways
        ? each(to, "spec.to", checkEntry)
        : complainIf(to.length > 0, "spec.to", "must not be defined")),
    ];
  },
  warnings(spec) {
    const statuses = (["from", "rules", "to"] as const).flatMap((name) =>
      list(spec[name]).flatMap((entry, index) =>
        isStatusLow(entry)
          ? [
              `'spec.${name}[${index}].default.local.http.requestRate.status' must be 400 or higher. ` +
                "Please update your configuration.",
            ]
          : [],
      ),
    );
    const from = list(spec.from).length > 0 ? [FROM_WARNING] : [];
    return [...from, ...statuses, ...policyWarnings(spec)];
  },
};

function isStatusLow(entry: unknown): boolean {
  const local = fields(fields(fields(entry).default).local);
  const { status } = fields(fields(local.http).onRateLimit);
  return isSet(status) && Number(status) < 400;
}

function checkRule(rule: Fields, field: string): Violation[] {
  return [
    ...checkSourceMatches(rule.matches, `${field}.matches`, (reason) => {
      const local = fields(fields(rule.default).local);
      return complainIf(isSet(local.tcp), `${field}.default.local.tcp`, reason);
    }),
    ...checkDefault(rule.default, `${field}.default`),
  ];
}

function checkEntry(entry: Fields, field: string): Violation[] {
  return [
    ...checkTargetRef(entry.targetRef, `${field}.targetRef`, ["Mesh"]),
    ...checkDefault(entry.default, `${field}.default`),
  ];
}

function checkDefault(value: unknown, conf: string): Violation[] {
  const { local } = fields(value);
  const field = `${conf}.local`;
  if (!isSet(local)) return complaint(field, "must be defined");
  const { http, tcp } = fields(local);
  const { requestRate, onRateLimit } = fields(http);
  const { connectionRate } = fields(tcp);
  return [
    ...atLeastOne(fields(local), field, "tcp", "http"),
    ...(isSet(http)
      ? atLeastOne(fields(http), `${field}.http`, "disabled", "requestRate", "onRateLimit")
      : []),
    ...checkRate(requestRate, `${field}.http.requestRate`),
    ...positive(fields(onRateLimit).status, `${field}.http.onRateLimit.status`),
    ...(isSet(tcp) ? atLeastOne(fields(tcp), `${field}.tcp`, "disabled", "connectionRate") : []),
    ...checkRate(connectionRate, `${field}.tcp.connectionRate`),
  ];
}

function checkRate(value: unknown, field: string): Violation[] {
  if (!isSet(value)) return [];
  const { num, interval } = fields(value);
  const isShort = parseDuration(text(interval)) <= 50_000_000n;
  return [
    ...positive(num, `${field}.num`),
    ...complainIf(isShort, `${field}.interval`, "must be greater than: 50ms"),
  ];
}
