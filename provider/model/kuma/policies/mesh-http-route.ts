import { isIP } from "node:net";
import { atLeastOneOf } from "../../exclusions.ts";
import { isObject, type JsonObject } from "../../fields.ts";
import type { Kind, Report } from "../../kind.ts";
import { backendRefRules } from "./backend-refs.ts";
import { subdomain } from "./checks.ts";
import { type Entry, entriesOf, inside, judgeAt, textOf, typeRules } from "./entries.ts";
import { type SpecContext, specifiedKind } from "./kind.ts";
import type { Refinement } from "./spec-schema.ts";
import { mayBeGiven, PROXIES, targetRefRules } from "./target-refs.ts";

/** What each type of filter needs. */
const FILTERS = {
  RequestHeaderModifier: "requestHeaderModifier",
  ResponseHeaderModifier: "responseHeaderModifier",
  RequestRedirect: "requestRedirect",
  URLRewrite: "urlRewrite",
  RequestMirror: "requestMirror",
};

const hostname: Refinement = {
  check(value) {
    if (typeof value !== "string") return undefined;
    return isIP(value) === 0
      ? subdomain.check?.(value)
      : { reason: "is an IP address, where a name is needed" };
  },
};

function rules(spec: JsonObject, context: SpecContext): void {
  const { report, topKind } = context;
  const isGateway = topKind === "MeshGateway";
  const kinds = isGateway ? ["Mesh"] : ["MeshService", "MeshExternalService", "MeshMultiZoneService"];
  for (const { object, at } of entriesOf(spec.to, "spec.to")) {
    targetRefRules(object.targetRef, `${at}.targetRef`, { kinds }, report);
    if (topKind !== undefined && !isGateway && Array.isArray(object.hostnames) && object.hostnames.length > 0)
      report(`${at}.hostnames`, "goes with the target MeshGateway only");
    for (const rule of entriesOf(object.rules, `${at}.rules`)) ruleRules(rule, context);
  }
}

function ruleRules({ object, at }: Entry, { report, topKind }: SpecContext): void {
  const matches = entriesOf(object.matches, `${at}.matches`);
  for (const match of matches) matchRules(match, report);
  const conf = inside(object, "default");
  const filters = entriesOf(conf.filters, `${at}.default.filters`);
  const byPrefix = matches.every(
    ({ object: match }) => !isObject(match.path) || mayBe(match.path.type, "PathPrefix"),
  );
  const all = byPrefix && matches.every(({ object: match }) => match.path !== undefined);
  for (const filter of filters) filterRules(filter, all, report, topKind);
  const redirects = filters.some(({ object: filter }) => mayBe(filter.type, "RequestRedirect"));
  if (topKind === "MeshGateway" && !redirects && !mayBeGiven(conf.backendRefs))
    report(`${at}.default.backendRefs`, "is missing", "a gateway's rule needs it, or a RequestRedirect");
  backendRefRules(conf.backendRefs, `${at}.default.backendRefs`, report);
}

/** True, too, where the value is not known. */
function mayBe(value: unknown, wanted: string): boolean {
  return textOf(value as string) === undefined || value === wanted;
}

function matchRules({ object, at }: Entry, report: Report): void {
  const { type, value } = inside(object, "path");
  const path = textOf(value);
  if (path !== undefined && (type === "PathPrefix" || type === "Exact")) {
    if (!path.startsWith("/")) report(`${at}.path.value`, 'does not begin with "/"');
    if (type === "PathPrefix" && path !== "/" && path.endsWith("/"))
      report(`${at}.path.value`, "ends with a slash", "a prefix matches whole segments anyway");
  }
  for (const header of entriesOf(object.headers, `${at}.headers`)) {
    const { type: how } = header.object;
    if ((how === "Present" || how === "Absent") && textOf(header.object.value))
      report(`${header.at}.value`, `does not go with the type ${how}`);
  }
  const names = new Set<string>();
  for (const parameter of entriesOf(object.queryParams, `${at}.queryParams`)) {
    const name = textOf(parameter.object.name);
    if (name !== undefined && names.has(name)) report(`${parameter.at}.name`, "stands there twice");
    names.add(name ?? "");
  }
}

function filterRules(filter: Entry, byPrefix: boolean, report: Report, topKind: string | undefined): void {
  const field = typeRules(filter, FILTERS, report);
  const settings = field === undefined ? undefined : filter.object[field];
  if (!isObject(settings)) return;
  const at = `${filter.at}.${field}`;
  if (field === "requestHeaderModifier" || field === "responseHeaderModifier")
    headerRules(settings, at, report);
  if (field === "requestMirror")
    targetRefRules(
      settings.backendRef,
      `${at}.backendRef`,
      { kinds: ["MeshService", "MeshServiceSubset"] },
      report,
    );
  if (field !== "requestRedirect" && field !== "urlRewrite") return;
  if (inside(settings, "path").replacePrefixMatch !== undefined && !byPrefix)
    report(`${at}.path.replacePrefixMatch`, "needs a PathPrefix in every match");
  judgeAt(settings.hostname, `${at}.hostname`, hostname, report);
  if (settings.hostToBackendHostname !== true) return;
  if (topKind !== undefined && topKind !== "MeshGateway")
    report(`${at}.hostToBackendHostname`, "goes with the target MeshGateway only");
  if (settings.hostname !== undefined) report(`${at}.hostToBackendHostname`, "does not go with hostname");
}

/** Each header is set, added or removed once. */
function headerRules(modifier: JsonObject, at: string, report: Report): void {
  const names = new Set<string>();
  const once = (value: unknown, where: string) => {
    const name = textOf(value as string);
    if (name === undefined) return;
    if (names.has(name)) report(where, "is a header that stands there twice");
    names.add(name);
  };
  for (const list of ["set", "add"])
    for (const header of entriesOf(modifier[list], `${at}.${list}`))
      once(header.object.name, `${header.at}.name`);
  const { remove } = modifier;
  for (const [index, name] of (Array.isArray(remove) ? remove : []).entries())
    once(name, `${at}.remove[${index}]`);
}

const modifier = {
  exclusions: [atLeastOneOf(["set", "add", "remove"], { missing: "give one of set, add, remove" })],
};

/** Where HTTP requests go, and how they are changed. */
export const meshHttpRoute: Kind = specifiedKind({
  type: "MeshHTTPRoute",
  doc: "Where HTTP requests go, and how they are changed.",
  docs: "policies/meshhttproute",
  example: `
new kuma.MeshHTTPRoute("canary", {
  spec: {
    to: [
      {
        targetRef: { kind: "MeshService", name: "payments" },
        rules: [
          {
            matches: [{ path: { type: "PathPrefix", value: "/v2" } }],
            default: { backendRefs: [{ kind: "MeshService", name: "payments-v2", port: 8080 }] },
          },
        ],
      },
    ],
  },
});
`,
  since: "2.1",
  instead: "TrafficRoute",
  top: { kinds: PROXIES, systemOnly: ["MeshGateway"], gatewayTags: true },
  refinements: {
    "to[].rules[].matches[].headers[].value": { absentMeans: "" },
    "to[].rules[].default.filters[].requestHeaderModifier|responseHeaderModifier": modifier,
  },
  rules,
});
