import type { JsonObject } from "../../fields.ts";
import type { Kind } from "../../kind.ts";
import { between, notNegative, percentage } from "./checks.ts";
import { entriesOf, listRules, matchRefinements } from "./entries.ts";
import { type SpecContext, specifiedKind } from "./kind.ts";
import type { Refinement } from "./spec-schema.ts";
import { includesGateways, PROXIES, targetRefRules } from "./target-refs.ts";

/** `10kbps`, `10 Mbps` or `1Gbps`. */
const bandwidth: Refinement = {
  check: (value) =>
    typeof value !== "string" || /^\d*\s?[GMk]+bps$/.test(value)
      ? undefined
      : { reason: "is no bandwidth in kbps, Mbps or Gbps", hint: 'as in "10Mbps"' },
  examples: ["10Mbps", "1 kbps"],
};

function rules(spec: JsonObject, { report, warn }: SpecContext): void {
  listRules(spec, ["from", "rules"], report, false);
  const gateways = includesGateways(spec.targetRef);
  const from = entriesOf(spec.from, "spec.from");
  const to = entriesOf(spec.to, "spec.to");
  if (gateways === true && from.length > 0)
    report(
      "spec.from",
      "is for sidecars only",
      'give spec.targetRef.proxyTypes: ["Sidecar"], or use to for gateways',
    );
  if (gateways === false && to.length > 0) report("spec.to", "is for gateways only", "the target has none");
  const kinds = ["Mesh", "MeshSubset", "MeshServiceSubset", "MeshService"];
  for (const { object, at } of from) targetRefRules(object.targetRef, `${at}.targetRef`, { kinds }, report);
  for (const { object, at } of to)
    targetRefRules(object.targetRef, `${at}.targetRef`, { kinds: ["Mesh"] }, report);
  if (from.length > 0) warn("spec.from is deprecated; use spec.rules with matches by SPIFFE ID.");
}

const at = "to|from|rules[].default.http[]";

/** Faults that are put into requests for trials. */
export const meshFaultInjection: Kind = specifiedKind({
  type: "MeshFaultInjection",
  doc: "Faults that are put into requests for trials.",
  docs: "policies/meshfaultinjection",
  example: `
new kuma.MeshFaultInjection("slow-payments", {
  spec: {
    targetRef: { kind: "Dataplane", labels: { app: "payments" } },
    rules: [{ default: { http: [{ delay: { value: "2s", percentage: 10 } }] } }],
  },
});
`,
  since: "2.1",
  instead: "FaultInjection",
  top: { kinds: PROXIES, systemOnly: ["MeshGateway"], gatewayTags: true },
  refinements: {
    "to|from[].default": { absentMeans: {} },
    [`${at}.abort.httpStatus`]: between(100, 599),
    [`${at}.abort|delay|responseBandwidth.percentage`]: percentage,
    [`${at}.delay.value`]: notNegative,
    [`${at}.responseBandwidth.limit`]: bandwidth,
    ...matchRefinements("rules[].matches"),
  },
  rules,
});
