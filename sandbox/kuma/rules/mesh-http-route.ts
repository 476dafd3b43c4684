import type { Violation } from "../errors.ts";
import { subdomainReasons } from "../go/names.ts";
import { isIP } from "../go/network.ts";
import type { Fields } from "../message.ts";
import { checkBackendRefs } from "./backend-refs.ts";
import { atLeastOne, complainIf, complaint, each, fields, isSet, list, text } from "./checks.ts";
import { routedKinds } from "./mesh-tcp-route.ts";
import { checkTop, policyWarnings, type Rules, TOP, topKind } from "./policy.ts";
import { checkTargetRef } from "./target-ref.ts";

/** Routes of HTTP: matches and filters that go together, and backends that can be sent to. */
export const meshHttpRoute: Rules = {
  typing: {
    unsigned: { "backendRefs.port": "BackendRef", "backendRef.port": "BackendRef" },
    intOrString: { "requestMirror.percentage": "RequestMirror" },
    omittedWhenEmpty: ["matches.headers.value"],
  },
  check(spec, circumstances) {
    const top = topKind(spec);
    return [
      ...checkTop(spec, circumstances, TOP, { byRole: true, noInbound: true }),
      ...each(spec.to, "spec.to", (entry, field) => [
        ...checkTargetRef(entry.targetRef, `${field}.targetRef`, routedKinds(top)),
        ...each(entry.rules, `${field}.rules`, (rule, at) => checkRule(rule, at, top)),
        ...complainIf(
          top !== "MeshGateway" && list(entry.hostnames).length > 0,
          `${field}.hostnames`,
          "must not be defined",
        ),
      ]),
    ];
  },
  warnings: (spec) => policyWarnings(spec),
};

function checkRule(rule: Fields, field: string, top: unknown): Violation[] {
  const { filters, backendRefs } = fields(rule.default);
  const isRedirect = list(filters).some((filter) => fields(filter).type === "RequestRedirect");
  return [
    ...each(rule.matches, `${field}.matches`, checkMatch),
    ...each(filters, `${field}.default.filters`, (filter, at) => checkFilter(filter, at, top, rule.matches)),
    ...complainIf(
      top === "MeshGateway" && list(backendRefs).length === 0 && !isRedirect,
      `${field}.default.backendRefs`,
      "must not be empty",
    ),
    ...checkBackendRefs(backendRefs, `${field}.default.backendRefs`, true),
  ];
}

function checkMatch({ path, queryParams, headers }: Fields, field: string): Violation[] {
  const names = list(queryParams).map((parameter) => fields(parameter).name);
  return [
    ...(isSet(path) ? checkPath(fields(path), `${field}.path.value`) : []),
    ...names.flatMap((name, index) =>
      complainIf(
        names.indexOf(name) < index,
        `${field}.queryParams[${index}].name`,
        `multiple entries for name ${text(name)}`,
      ),
    ),
    ...each(headers, `${field}.headers`, ({ type, value }, at) =>
      complainIf(
        (type === "Present" || type === "Absent") && text(value) !== "",
        `${at}.value`,
        "must not be defined",
      ),
    ),
  ];
}

function checkPath({ type, value }: Fields, field: string): Violation[] {
  const path = text(value);
  if (type === "RegularExpression" || (type === "PathPrefix" && path === "/")) return [];
  return [
    ...complainIf(
      type === "PathPrefix" && path.endsWith("/"),
      field,
      "does not need a trailing slash because only a `/`-separated prefix or an entire path is matched",
    ),
    ...complainIf(!path.startsWith("/"), field, "must be an absolute path"),
  ];
}

/** The field that goes with each type of filter. */
const FILTERS: Record<string, string> = {
  RequestHeaderModifier: "requestHeaderModifier",
  ResponseHeaderModifier: "responseHeaderModifier",
  RequestRedirect: "requestRedirect",
  URLRewrite: "urlRewrite",
  RequestMirror: "requestMirror",
};

function checkFilter(filter: Fields, field: string, top: unknown, matches: unknown): Violation[] {
  const name = FILTERS[text(filter.type)] ?? "";
  const at = `${field}.${name}`;
  if (!isSet(filter[name])) return complaint(at, "must be defined");
  const settings = fields(filter[name]);
  if (name.endsWith("HeaderModifier")) return checkModifier(settings, at);
  if (name === "requestMirror") {
    return checkTargetRef(settings.backendRef, `${at}.backendRef`, ["MeshService", "MeshServiceSubset"]);
  }
  const { path, hostname, hostToBackendHostname } = settings;
  const host = `${at}.hostToBackendHostname`;
  return [
    ...complainIf(
      isSet(fields(path).replacePrefixMatch) && !matchPrefixesOnly(matches),
      `${at}.path.replacePrefixMatch`,
      "can only appear if all matches match a path prefix",
    ),
    ...(isSet(hostname) ? checkHostname(text(hostname), `${at}.hostname`) : []),
    ...(hostToBackendHostname === true
      ? [
          ...complainIf(top !== "MeshGateway", host, "can only be set with MeshGateway"),
          ...complainIf(isSet(hostname), host, "cannot be set together with hostname"),
        ]
      : []),
  ];
}

const matchPrefixesOnly = (matches: unknown): boolean =>
  list(matches).every((match) => fields(fields(match).path).type === "PathPrefix");

function checkHostname(name: string, field: string): Violation[] {
  if (isIP(name)) return complaint(field, "cannot be an IP address");
  return subdomainReasons(name).flatMap((reason) => complaint(field, reason));
}

function checkModifier(modifier: Fields, field: string): Violation[] {
  const seen = new Set<string>();
  const once = (name: string, at: string) => {
    const isTwice = seen.has(name);
    seen.add(name);
    return complainIf(isTwice, `${at}.name`, "duplicate header name");
  };
  return [
    ...atLeastOne(modifier, field, "set", "add", "remove"),
    ...(["set", "add"] as const).flatMap((action) =>
      each(modifier[action], `${field}.${action}`, ({ name }, at) => once(text(name), at)),
    ),
    ...list(modifier.remove).flatMap((name, index) => once(text(name), `${field}.remove[${index}]`)),
  ];
}
