import type { Violation } from "../errors.ts";
import {
  complainIf,
  complaint,
  decimalPercentage,
  each,
  fields,
  isSet,
  list,
  noNegativeDuration,
  statusCode,
  text,
} from "./checks.ts";
import { checkMatches } from "./matches.ts";
import { checkTop, policyWarnings, type Rules, TOP } from "./policy.ts";
import { checkTargetRef, includesGateways } from "./target-ref.ts";

/** Why `from` is refused where gateways are meant, which have no clients that could be chosen. */
export const NO_FROM =
  "must not be defined when the scope includes a Gateway, select only proxyType Sidecar or select only " +
  "gateways and use spec.to";

/** Faults: whom they may strike, and percentages and statuses that can be. */
export const meshFaultInjection: Rules = {
  typing: {
    durations: ["delay.value"],
    intOrString: {
      "abort.percentage": "AbortConf",
      "delay.percentage": "DelayConf",
      "responseBandwidth.percentage": "ResponseBandwidthConf",
    },
    alwaysWritten: ["default"],
  },
  check(spec, circumstances) {
    const hasGateways = includesGateways(spec.targetRef ?? { kind: "Mesh" });
    const [from, to] = [list(spec.from), list(spec.to)];
    return [
      ...checkTop(spec, circumstances, TOP, { byRole: true }),
      ...complainIf(
        from.length > 0 && list(spec.rules).length > 0,
        "spec",
        "field 'from' must be empty when 'rules' is defined",
      ),
      ...each(spec.rules, "spec.rules", (rule, field) => [
        ...checkMatches(rule.matches, `${field}.matches`),
        ...checkDefault(rule.default, `${field}.default`),
      ]),
      ...(hasGateways
        ? complainIf(from.length > 0, "spec.from", NO_FROM)
        : each(from, "spec.from", (entry, field) => [
            ...checkTargetRef(entry.targetRef, `${field}.targetRef`, [
              "Mesh",
              "MeshSubset",
              "MeshServiceSubset",
              "MeshService",
            ]),
            ...checkDefault(entry.default, `${field}.default`),
          ])),
      ...(hasGateways
        ? each(to, "spec.to", (entry, field) => [
            ...checkTargetRef(entry.targetRef, `${field}.targetRef`, ["Mesh"]),
            ...checkDefault(entry.default, `${field}.default`),
          ])
        : complainIf(to.length > 0, "spec.to", "must not be defined")),
    ];
  },
  warnings: (spec) =>
    policyWarnings(spec, "'from' field is deprecated, use 'rules' with SPIFFE-based 'matches' instead"),
};

function checkDefault(value: unknown, field: string): Violation[] {
  return list(fields(value).http).flatMap((fault, index) => {
    const { abort, delay, responseBandwidth } = fields(fault);
    // The control plane puts the index behind the kind of fault.
    const at = (name: string) => `${field}.http.${name}[${index}]`;
    return [
      ...(isSet(abort) ? statusCode(fields(abort).httpStatus, `${at("abort")}.httpStatus`) : []),
      ...decimalPercentage(fields(abort).percentage, `${at("abort")}.percentage`),
      ...noNegativeDuration(fields(delay).value, `${at("delay")}.value`),
      ...decimalPercentage(fields(delay).percentage, `${at("delay")}.percentage`),
      ...(isSet(responseBandwidth)
        ? checkBandwidth(text(fields(responseBandwidth).limit), `${at("responseBandwidth")}.limit`)
        : []),
      ...decimalPercentage(fields(responseBandwidth).percentage, `${at("responseBandwidth")}.percentage`),
    ];
  });
}

function checkBandwidth(limit: string, field: string): Violation[] {
  if (limit === "") return complaint(field, "must be defined");
  return complainIf(!/^\d*\s?[GMk]+bps$/.test(limit), field, "must be in kbps/Mbps/Gbps units");
}
