import { atLeastOneOf } from "../../exclusions.ts";
import { isObject, type JsonObject } from "../../fields.ts";
import type { Kind } from "../../kind.ts";
import { atLeastOne, longerThan } from "./checks.ts";
import { entriesOf, inside, listRules, matchRefinements } from "./entries.ts";
import { type SpecContext, specifiedKind } from "./kind.ts";
import { includesGateways, PROXIES_AND_ROUTES, targetRefRules } from "./target-refs.ts";

const LISTS = ["from", "to", "rules"];

function rules(spec: JsonObject, context: SpecContext): void {
  const { report, warn } = context;
  listRules(spec, LISTS, report, false);
  const gateways = includesGateways(spec.targetRef);
  const lists = {
    from: entriesOf(spec.from, "spec.from"),
    to: entriesOf(spec.to, "spec.to"),
    rules: entriesOf(spec.rules, "spec.rules"),
  };
  for (const name of ["from", "rules"] as const) {
    if (gateways === true && lists[name].length > 0)
      report(
        `spec.${name}`,
        "is for sidecars only",
        'give spec.targetRef.proxyTypes: ["Sidecar"], or use to for gateways',
      );
  }
  if (gateways === false && lists.to.length > 0)
    report("spec.to", "is for gateways only", "the target has none");
  for (const { object, at } of [...lists.from, ...lists.to])
    targetRefRules(object.targetRef, `${at}.targetRef`, { kinds: ["Mesh"] }, report);
  for (const { object, at } of lists.rules) ruleRules(object, at, context);
  if (lists.from.length > 0) warn("spec.from is deprecated; use spec.rules.");
  for (const { object, at } of [...lists.from, ...lists.rules, ...lists.to]) {
    const { status } = inside(object, "default", "local", "http", "onRateLimit");
    if (typeof status === "number" && status < 400)
      warn(`${at}.default.local.http.onRateLimit.status should be 400 or higher.`);
  }
}

function ruleRules(rule: JsonObject, at: string, { report }: SpecContext): void {
  const matches = entriesOf(rule.matches, `${at}.matches`);
  for (const { object, at: where } of matches) {
    if (object.spiffeID === undefined && object.sni === undefined)
      report(`${where}.spiffeID`, "is missing", "give spiffeID or sni");
  }
  const isBySender = matches.some(({ object }) => object.spiffeID !== undefined);
  if (isBySender && isObject(inside(rule, "default", "local").tcp))
    report(
      `${at}.default.local.tcp`,
      "holds before it is known who sends, so it does not go with a match by spiffeID",
    );
}

const at = "to|from|rules[].default";

/** Limits of how many requests or connections a service takes. */
export const meshRateLimit: Kind = specifiedKind({
  type: "MeshRateLimit",
  doc: "Limits of how many requests or connections a service takes.",
  docs: "policies/meshratelimit",
  example: `
new kuma.MeshRateLimit("payments", {
  spec: {
    targetRef: { kind: "Dataplane", labels: { app: "payments" } },
    rules: [{ default: { local: { http: { requestRate: { num: 100, interval: "10s" } } } } }],
  },
});
`,
  since: "2.1",
  instead: "RateLimit",
  top: { kinds: PROXIES_AND_ROUTES, systemOnly: ["MeshGateway", "MeshHTTPRoute"], gatewayTags: true },
  refinements: {
    [at]: { required: true },
    [`${at}.local`]: {
      required: true,
      exclusions: [atLeastOneOf(["http", "tcp"], { missing: "give one of http, tcp" })],
    },
    [`${at}.local.http`]: {
      exclusions: [
        atLeastOneOf(["requestRate", "disabled", "onRateLimit"], {
          missing: "give one of requestRate, disabled, onRateLimit",
        }),
      ],
    },
    [`${at}.local.tcp`]: {
      exclusions: [
        atLeastOneOf(["connectionRate", "disabled"], { missing: "give one of connectionRate, disabled" }),
      ],
    },
    [`${at}.local.http.onRateLimit.status`]: atLeastOne,
    [`${at}.local.http|tcp.requestRate|connectionRate.num`]: atLeastOne,
    [`${at}.local.http|tcp.requestRate|connectionRate.interval`]: longerThan(50_000_000n),
    ...matchRefinements("rules[].matches"),
  },
  rules,
});
