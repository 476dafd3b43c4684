import { atLeastOneOf } from "../../exclusions.ts";
import type { JsonObject } from "../../fields.ts";
import type { Kind } from "../../kind.ts";
import { nearest } from "../../nearest.ts";
import { atLeastOne, notEmpty, positive } from "./checks.ts";
import { entriesOf, inside } from "./entries.ts";
import { type SpecContext, specifiedKind } from "./kind.ts";
import type { Check } from "./spec-schema.ts";
import { DESTINATIONS, PROXIES_AND_ROUTES, targetRefRules } from "./target-refs.ts";

const HTTP_CONDITIONS = [
  "5xx",
  "GatewayError",
  "Reset",
  "Retriable4xx",
  "ConnectFailure",
  "EnvoyRatelimited",
  "RefusedStream",
  "Http3PostConnectFailure",
  "HttpMethodConnect",
  "HttpMethodDelete",
  "HttpMethodGet",
  "HttpMethodHead",
  "HttpMethodOptions",
  "HttpMethodPatch",
  "HttpMethodPost",
  "HttpMethodPut",
  "HttpMethodTrace",
];

/** The HTTP statuses that have a name, first and last of each row. */
const STATUSES = [
  [100, 103],
  [200, 208],
  [226, 226],
  [300, 305],
  [307, 308],
  [400, 418],
  [421, 426],
  [428, 429],
  [431, 431],
  [451, 451],
  [500, 508],
  [510, 511],
] as const;

function isStatus(status: number): boolean {
  return STATUSES.some(([first, last]) => status >= first && status <= last);
}

/** Kuma takes a condition's name, or the number of a status that has a name. */
const httpCondition: Check = (value) => {
  if (typeof value !== "string" || HTTP_CONDITIONS.includes(value)) return undefined;
  if (/^\+?\d+$/.test(value) && isStatus(Number(value))) return undefined;
  const near = nearest(value, HTTP_CONDITIONS);
  return {
    reason: "is no condition and no HTTP status",
    hint: `${near ? `did you mean "${near}"? ` : ""}allowed: a status such as "503", ${HTTP_CONDITIONS.join(", ")}`,
  };
};

function rules(spec: JsonObject, { report, topKind }: SpecContext): void {
  const isNarrow = topKind === "MeshGateway" || topKind === "MeshHTTPRoute";
  const kinds = isNarrow ? ["Mesh", "MeshExternalService"] : [...DESTINATIONS, "MeshHTTPRoute"];
  for (const { object, at } of entriesOf(spec.to, "spec.to")) {
    targetRefRules(object.targetRef, `${at}.targetRef`, { kinds }, report);
    const predicates = entriesOf(
      inside(object, "default", "http").hostSelection,
      `${at}.default.http.hostSelection`,
    );
    let isSeen = false;
    for (const predicate of predicates) {
      const { predicate: kind, tags, updateFrequency } = predicate.object;
      if (kind === "OmitHostsWithTags" && tags === undefined)
        report(`${predicate.at}.tags`, "is missing", "OmitHostsWithTags needs it");
      if (kind !== "OmitPreviousPriorities") continue;
      if (isSeen) report(`${predicate.at}.predicate`, "stands there twice");
      if (typeof updateFrequency === "number" && updateFrequency <= 0)
        report(`${predicate.at}.updateFrequency`, "is not more than 0");
      isSeen = true;
    }
  }
}

const backOff = {
  exclusions: [
    atLeastOneOf(["baseInterval", "maxInterval"], { missing: "give one of baseInterval, maxInterval" }),
  ],
};
const OF_GRPC = ["numRetries", "perTryTimeout", "backOff", "retryOn", "rateLimitedBackOff"];
const OF_HTTP = [...OF_GRPC, "retriableRequestHeaders", "retriableResponseHeaders", "hostSelection"];

/** Retries of requests and connections. */
export const meshRetry: Kind = specifiedKind({
  type: "MeshRetry",
  doc: "Retries of requests and connections.",
  docs: "policies/meshretry",
  example: `
new kuma.MeshRetry("three-times", {
  spec: {
    to: [{ targetRef: { kind: "Mesh" }, default: { http: { numRetries: 3, retryOn: ["5xx", "ConnectFailure"] } } }],
  },
});
`,
  since: "2.1",
  instead: "Retry",
  top: { kinds: PROXIES_AND_ROUTES, systemOnly: ["MeshGateway", "MeshHTTPRoute"], gatewayTags: true },
  refinements: {
    "to[].default": {
      required: true,
      exclusions: [atLeastOneOf(["tcp", "http", "grpc"], { missing: "give one of tcp, http, grpc" })],
    },
    "to[].default.tcp": {
      exclusions: [atLeastOneOf(["maxConnectAttempt"])],
    },
    "to[].default.tcp.maxConnectAttempt": atLeastOne,
    "to[].default.http": {
      exclusions: [atLeastOneOf(OF_HTTP, { missing: `give one of ${OF_HTTP.join(", ")}` })],
    },
    "to[].default.grpc": {
      exclusions: [atLeastOneOf(OF_GRPC, { missing: `give one of ${OF_GRPC.join(", ")}` })],
    },
    "to[].default.http|grpc.backOff": backOff,
    "to[].default.http|grpc.rateLimitedBackOff.maxInterval": positive,
    "to[].default.http|grpc.rateLimitedBackOff.resetHeaders": { required: true },
    "to[].default.http|grpc.rateLimitedBackOff.resetHeaders[].name": notEmpty,
    "to[].default.http.retryOn[]": { check: httpCondition, examples: ["5xx", "503", "HttpMethodGet"] },
    "to[].default.http.retriableRequestHeaders|retriableResponseHeaders[].value": { absentMeans: "" },
  },
  rules,
});
