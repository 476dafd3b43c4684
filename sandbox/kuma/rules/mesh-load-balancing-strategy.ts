import type { Violation } from "../errors.ts";
import type { Fields } from "../message.ts";
import {
  complainIf,
  complaint,
  decimalOf,
  decimalPercentage,
  each,
  fields,
  isSet,
  list,
  positive,
  text,
} from "./checks.ts";
import { checkTop, policyWarnings, type Rules, TOP, topKind } from "./policy.ts";
import { checkTargetRef } from "./target-ref.ts";

/** Load balancing: the settings of the chosen kind, and zones that are named where they are needed. */
export const meshLoadBalancingStrategy: Rules = {
  typing: {
    durations: ["cookie.ttl"],
    unsigned: {
      "affinityTags.weight": "AffinityTag",
      "leastRequest.choiceCount": "LeastRequest",
      "ringHash.minRingSize": "RingHash",
      "ringHash.maxRingSize": "RingHash",
      "maglev.tableSize": "Maglev",
    },
    intOrString: { "failoverThreshold.percentage": "FailoverThreshold", activeRequestBias: "LeastRequest" },
    alwaysWritten: ["default"],
  },
  check: (spec, circumstances) => [
    ...checkTop(spec, circumstances, TOP, { noInbound: true }),
    ...each(spec.to, "spec.to", (entry, field) => [
      ...checkTarget(entry, `${field}.targetRef`, topKind(spec)),
      ...checkDefault(fields(entry.default), `${field}.default`, fields(entry.targetRef)),
    ]),
  ],
  warnings: (spec) => [
    ...list(spec.to).flatMap((entry, index) => hashWarnings(fields(fields(entry).default), index)),
    ...policyWarnings(spec),
  ],
};

function checkTarget(entry: Fields, field: string, top: unknown): Violation[] {
  const { kind } = fields(entry.targetRef);
  const onEgress =
    "kind MeshExternalService is only allowed with targetRef.kind: Mesh as it is configured on the Zone Egress " +
    "and shared by all clients in the mesh";
  const hasBalancer = isSet(fields(entry.default).loadBalancer);
  return [
    ...(top !== "MeshGateway"
      ? checkTargetRef(entry.targetRef, field, [
          "Mesh",
          "MeshService",
          "MeshMultiZoneService",
          "MeshHTTPRoute",
        ])
      : checkTargetRef(
          entry.targetRef,
          field,
          hasBalancer ? ["Mesh"] : ["Mesh", "MeshService", "MeshMultiZoneService"],
          hasBalancer
            ? {
                kindReason:
                  "value 'MeshGateway' is not supported, only Mesh is allowed if loadBalancer is set",
              }
            : {},
        )),
    ...complainIf(kind === "MeshExternalService" && top !== "Mesh", `${field}.kind`, onEgress),
  ];
}

function checkDefault(conf: Fields, field: string, target: Fields): Violation[] {
  const { hashPolicies, loadBalancer, localityAwareness } = conf;
  const checkedPolicies = each(hashPolicies, `${field}.hashPolicies`, checkHashPolicy);
  if (target.kind === "MeshHTTPRoute") {
    const reason =
      "field is not allowed when targetRef.kind is MeshHTTPRoute, only hashPolicies is supported";
    return [
      ...checkedPolicies,
      ...complainIf(isSet(loadBalancer), `${field}.loadBalancer`, reason),
      ...complainIf(isSet(localityAwareness), `${field}.localityAwareness`, reason),
    ];
  }
  const { localZone, crossZone } = fields(localityAwareness);
  return [
    ...checkedPolicies,
    ...checkBalancer(fields(loadBalancer), `${field}.loadBalancer`),
    ...checkLocalZone(localZone, `${field}.localityAwareness.localZone`),
    ...(isSet(crossZone)
      ? checkCrossZone(fields(crossZone), `${field}.localityAwareness.crossZone`, target)
      : []),
    ...["ringHash", "maglev"].flatMap((name) =>
      complainIf(
        isSet(hashPolicies) && isSet(fields(fields(loadBalancer)[name]).hashPolicies),
        `${field}.loadBalancer.${name}.hashPolicies`,
        "hashPolicies already specified in the root level",
      ),
    ),
  ];
}

function checkBalancer({ type, ringHash, maglev, leastRequest }: Fields, field: string): Violation[] {
  if (type === "RingHash") {
    return each(fields(ringHash).hashPolicies, `${field}.ringHash.hashPolicies`, checkHashPolicy);
  }
  if (type === "Maglev") {
    return each(fields(maglev).hashPolicies, `${field}.maglev.hashPolicies`, checkHashPolicy);
  }
  const { activeRequestBias } = fields(leastRequest);
  if (type !== "LeastRequest" || !isSet(activeRequestBias)) return [];
  const at = `${field}.leastRequest.activeRequestBias`;
  const bias = decimalOf(activeRequestBias);
  if (bias === undefined) return complaint(at, "string must be a valid number");
  return complainIf(bias < 0, at, "must be greater or equal then: 0");
}

/** The field that goes with each type of hash policy. */
const HASHED: Record<string, string> = {
  Header: "header",
  Cookie: "cookie",
  QueryParameter: "queryParameter",
  FilterState: "filterState",
  Connection: "connection",
  SourceIP: "connection",
};

function checkHashPolicy(policy: Fields, field: string): Violation[] {
  const name = HASHED[text(policy.type)] ?? "";
  if (!isSet(policy[name])) return complaint(`${field}.${name}`, "must be defined");
  const { path } = fields(policy.cookie);
  return complainIf(
    name === "cookie" && isSet(path) && !text(path).startsWith("/"),
    `${field}.cookie.path`,
    "must be an absolute path",
  );
}

function checkLocalZone(value: unknown, field: string): Violation[] {
  const tags = list(fields(value).affinityTags).map(fields);
  const weighted = tags.filter(({ weight }) => isSet(weight)).length;
  return [
    ...each(tags, `${field}.affinityTags`, ({ key, weight }, at) => [
      ...complainIf(key === "", `${at}.key`, "must not be empty"),
      ...positive(weight, `${at}.weight`),
    ]),
    ...complainIf(
      weighted > 0 && weighted < tags.length,
      `${field}.affinityTags`,
      "all or none affinity tags should have weight",
    ),
  ];
}

function checkCrossZone({ failover, failoverThreshold }: Fields, field: string, target: Fields): Violation[] {
  const isLocal =
    target.kind === "MeshService" &&
    (text(target.sectionName) !== "" || Object.keys(fields(target.labels)).length > 0);
  const at = `${field}.failoverThreshold.percentage`;
  const { percentage } = fields(failoverThreshold);
  return [
    ...complainIf(isLocal, field, "must not be set: MeshService traffic is local"),
    ...each(failover, `${field}.failover`, ({ from, to }, place) => [
      ...(isSet(from) ? checkFromZones(fields(from).zones, `${place}.from.zones`) : []),
      ...checkToZones(fields(to), `${place}.to.zones`),
    ]),
    ...decimalPercentage(percentage, at),
    ...complainIf(isSet(percentage) && decimalOf(percentage) === 0, at, "must be greater than 0"),
  ];
}

function checkFromZones(zones: unknown, field: string): Violation[] {
  return [
    ...complainIf(list(zones).length === 0, field, "must not be empty"),
    ...list(zones).flatMap((zone, index) =>
      complainIf(zone === "", `${field}[${index}]`, "must not be empty"),
    ),
  ];
}

function checkToZones({ type, zones }: Fields, field: string): Violation[] {
  const isEmpty = list(zones).length === 0;
  const isForSome = type === "AnyExcept" || type === "Only";
  if (isForSome) return complainIf(isEmpty, field, `must not be empty when type is ${text(type)}`);
  return complainIf(!isEmpty, field, `must be empty when type is ${text(type)}`);
}

function hashWarnings({ loadBalancer }: Fields, index: number): string[] {
  const balancer = fields(loadBalancer);
  const name = { RingHash: "ringHash", Maglev: "maglev" }[text(balancer.type)] ?? "";
  const { hashPolicies } = fields(balancer[name]);
  if (!isSet(hashPolicies)) return [];
  const place = `spec.to[${index}].default.loadBalancer.${name}.hashPolicies`;
  return [
    `configuration '${place}' is deprecated, use 'spec.to[${index}].default.hashPolicies' instead`,
    ...list(hashPolicies).flatMap((policy, number) =>
      fields(policy).type === "SourceIP"
        ? [`SourceIP type for '${place}[${number}].type' is deprecated, use Connection instead`]
        : [],
    ),
  ];
}
