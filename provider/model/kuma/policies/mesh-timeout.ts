import { atLeastOneOf } from "../../exclusions.ts";
import type { JsonObject } from "../../fields.ts";
import type { Kind } from "../../kind.ts";
import { notNegative, positive } from "./checks.ts";
import { entriesOf, inside, listRules, matchRefinements } from "./entries.ts";
import { type SpecContext, specifiedKind } from "./kind.ts";
import { DESTINATIONS, PROXIES_AND_ROUTES, targetRefRules } from "./target-refs.ts";

const HTTP_TIMEOUTS = ["requestTimeout", "streamIdleTimeout", "maxStreamDuration", "maxConnectionDuration"];
/** What holds for a connection, before it is known who sends, and which route is taken. */
const OF_CONNECTIONS = ["connectionTimeout", "idleTimeout"];

function rules(spec: JsonObject, { report, warn, topKind }: SpecContext): void {
  listRules(spec, ["from", "to", "rules"], report);
  const isRoute = topKind === "MeshHTTPRoute";
  for (const { object, at } of entriesOf(spec.from, "spec.from")) {
    if (isRoute || topKind === "MeshGateway") report(at, `does not go with the target ${topKind}`, "use to");
    targetRefRules(object.targetRef, `${at}.targetRef`, { kinds: ["Mesh"] }, report);
  }
  const destinations =
    isRoute || topKind === "MeshGateway"
      ? ["Mesh", "MeshExternalService"]
      : [...DESTINATIONS, "MeshHTTPRoute"];
  for (const { object, at } of entriesOf(spec.to, "spec.to"))
    targetRefRules(object.targetRef, `${at}.targetRef`, { kinds: destinations }, report);
  for (const list of ["from", "to", "rules"]) {
    for (const { object, at } of entriesOf(spec[list], `spec.${list}`)) {
      if (isRoute)
        ofConnections(object, at, ["maxStreamDuration", "maxConnectionDuration"], BY_ROUTE, report);
    }
  }
  for (const { object, at } of entriesOf(spec.rules, "spec.rules")) {
    const matches = entriesOf(object.matches, `${at}.matches`);
    for (const match of matches) {
      if (match.object.spiffeID === undefined && match.object.sni === undefined)
        report(`${match.at}.spiffeID`, "is missing", "give spiffeID or sni");
    }
    if (!matches.some((match) => match.object.spiffeID !== undefined)) continue;
    const http = ["requestHeadersTimeout", "maxStreamDuration", "maxConnectionDuration"];
    ofConnections(object, at, http, BY_SENDER, report);
  }
  if (entriesOf(spec.from, "").length > 0) warn("spec.from is deprecated; use spec.rules.");
}

const BY_ROUTE = "holds for whole connections, so it does not go with the target MeshHTTPRoute";
const BY_SENDER = "holds before it is known who sends, so it does not go with a match by spiffeID";

function ofConnections(
  entry: JsonObject,
  at: string,
  http: readonly string[],
  reason: string,
  report: SpecContext["report"],
): void {
  const conf = inside(entry, "default");
  for (const name of OF_CONNECTIONS) if (conf[name] !== undefined) report(`${at}.default.${name}`, reason);
  for (const name of http)
    if (inside(conf, "http")[name] !== undefined) report(`${at}.default.http.${name}`, reason);
}

/** Timeouts of connections and requests. */
export const meshTimeout: Kind = specifiedKind({
  type: "MeshTimeout",
  doc: "Timeouts of connections and requests.",
  docs: "policies/meshtimeout",
  example: `
new kuma.MeshTimeout("patient", {
  spec: {
    to: [{ targetRef: { kind: "Mesh" }, default: { connectionTimeout: "2s", http: { requestTimeout: "90s" } } }],
  },
});
`,
  since: "2.1",
  instead: "Timeout",
  top: { kinds: PROXIES_AND_ROUTES, systemOnly: ["MeshGateway", "MeshHTTPRoute"], gatewayTags: true },
  refinements: {
    "to|from|rules[].default": {
      required: true,
      exclusions: [
        atLeastOneOf(["connectionTimeout", "idleTimeout", "http"], { missing: "give at least one timeout" }),
      ],
    },
    "to|from|rules[].default.connectionTimeout": positive,
    "to|from|rules[].default.idleTimeout": notNegative,
    "to|from|rules[].default.http": {
      exclusions: [atLeastOneOf(HTTP_TIMEOUTS, { missing: `give one of ${HTTP_TIMEOUTS.join(", ")}` })],
    },
    "to|from|rules[].default.http.*": notNegative,
    ...matchRefinements("rules[].matches"),
  },
  rules,
});
