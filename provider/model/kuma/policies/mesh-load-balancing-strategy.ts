import { isObject, type JsonObject } from "../../fields.ts";
import type { Kind, Report } from "../../kind.ts";
import { absolutePath, atLeastOne, decimalFromZero, notEmpty, percentageAboveZero } from "./checks.ts";
import { entriesOf, inside, judgeAt, typeRules } from "./entries.ts";
import { type SpecContext, specifiedKind } from "./kind.ts";
import { isGiven, PROXIES, targetRefRules } from "./target-refs.ts";

/** What each type of hash policy needs. */
const HASHED = {
  Header: "header",
  Cookie: "cookie",
  QueryParameter: "queryParameter",
  FilterState: "filterState",
  Connection: "connection",
  SourceIP: "connection",
};
const SERVICES = ["Mesh", "MeshService", "MeshMultiZoneService"];

function rules(spec: JsonObject, { report, warn, topKind }: SpecContext): void {
  for (const { object, at } of entriesOf(spec.to, "spec.to")) {
    const conf = inside(object, "default");
    const target = inside(object, "targetRef");
    const isGateway = topKind === "MeshGateway";
    const ofGateway = conf.loadBalancer === undefined ? SERVICES : ["Mesh"];
    const targets = isGateway
      ? { kinds: ofGateway, why: "allowed for gateways with a loadBalancer" }
      : { kinds: [...SERVICES, "MeshHTTPRoute"] };
    targetRefRules(object.targetRef, `${at}.targetRef`, targets, report);
    const of = `${at}.default`;
    if (target.kind === "MeshHTTPRoute") {
      for (const name of ["loadBalancer", "localityAwareness"])
        if (conf[name] !== undefined)
          report(
            `${of}.${name}`,
            "does not go with the target MeshHTTPRoute",
            "which takes hashPolicies only",
          );
    } else {
      loadBalancerRules(conf, of, report, warn);
      localityRules(inside(conf, "localityAwareness"), target, `${of}.localityAwareness`, report);
    }
    hashRules(conf, of, report);
  }
}

function loadBalancerRules(conf: JsonObject, at: string, report: Report, warn: (text: string) => void): void {
  const balancer = inside(conf, "loadBalancer");
  if (balancer.type === "LeastRequest") {
    const bias = inside(balancer, "leastRequest").activeRequestBias;
    judgeAt(bias, `${at}.loadBalancer.leastRequest.activeRequestBias`, decimalFromZero, report);
  }
  for (const [type, name] of [
    ["RingHash", "ringHash"],
    ["Maglev", "maglev"],
  ] as const) {
    const where = `${at}.loadBalancer.${name}`;
    const own = balancer[name];
    if (!isObject(own) || own.hashPolicies === undefined) continue;
    if (conf.hashPolicies !== undefined)
      report(`${where}.hashPolicies`, "stands beside default.hashPolicies, too", "keep default.hashPolicies");
    if (balancer.type !== type) continue;
    hashRules(own, where, report);
    warn(`${where}.hashPolicies is deprecated; use ${at}.hashPolicies.`);
    for (const policy of entriesOf(own.hashPolicies, `${where}.hashPolicies`))
      if (policy.object.type === "SourceIP")
        warn(`${policy.at}.type: SourceIP is deprecated; use Connection.`);
  }
}

function hashRules({ hashPolicies }: JsonObject, at: string, report: Report): void {
  for (const policy of entriesOf(hashPolicies, `${at}.hashPolicies`)) {
    typeRules(policy, HASHED, report);
    if (policy.object.type === "Cookie")
      judgeAt(inside(policy.object, "cookie").path, `${policy.at}.cookie.path`, absolutePath, report);
  }
}

function localityRules(locality: JsonObject, target: JsonObject, at: string, report: Report): void {
  const tags = entriesOf(inside(locality, "localZone").affinityTags, `${at}.localZone.affinityTags`);
  const weighted = tags.filter(({ object }) => object.weight !== undefined);
  if (weighted.length > 0 && weighted.length < tags.length)
    report(
      `${at}.localZone.affinityTags`,
      "has tags with a weight and others without",
      "all or none have one",
    );
  const { crossZone } = locality;
  if (!isObject(crossZone)) return;
  if (target.kind === "MeshService" && (isGiven(target.sectionName) || isGiven(target.labels)))
    report(`${at}.crossZone`, "does not go with a MeshService by labels or section, whose traffic is local");
  for (const { object, at: where } of entriesOf(crossZone.failover, `${at}.crossZone.failover`)) {
    if (isObject(object.from) && Array.isArray(object.from.zones) && object.from.zones.length === 0)
      report(`${where}.from.zones`, "is empty");
    const { type, zones } = inside(object, "to");
    const isNamed = Array.isArray(zones) && zones.length > 0;
    if ((type === "Any" || type === "None") && isNamed)
      report(`${where}.to.zones`, `does not go with the type ${type}`);
    if (
      (type === "AnyExcept" || type === "Only") &&
      (zones === undefined || (Array.isArray(zones) && !isNamed))
    )
      report(`${where}.to.zones`, "is missing", `the type ${type} needs zones`);
  }
}

/** How requests are spread over a service's data planes and zones. */
export const meshLoadBalancingStrategy: Kind = specifiedKind({
  type: "MeshLoadBalancingStrategy",
  doc: "How requests are spread over a service's data planes and zones.",
  docs: "policies/meshloadbalancingstrategy",
  example: `
new kuma.MeshLoadBalancingStrategy("least-requests", {
  spec: {
    to: [{ targetRef: { kind: "Mesh" }, default: { loadBalancer: { type: "LeastRequest", leastRequest: { choiceCount: 4 } } } }],
  },
});
`,
  since: "2.2",
  instead: "the mesh's routing",
  top: { kinds: PROXIES, gatewayTags: true },
  refinements: {
    "to[].default": { absentMeans: {} },
    "to[].default.localityAwareness.localZone.affinityTags[].key": notEmpty,
    "to[].default.localityAwareness.localZone.affinityTags[].weight": atLeastOne,
    "to[].default.localityAwareness.crossZone.failover[].from.zones[]": notEmpty,
    "to[].default.localityAwareness.crossZone.failoverThreshold.percentage": percentageAboveZero,
  },
  rules,
});
