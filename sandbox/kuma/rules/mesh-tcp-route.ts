import { checkBackendRefs } from "./backend-refs.ts";
import { complaint, each, fields, list } from "./checks.ts";
import { checkTop, policyWarnings, type Rules, TOP, topKind } from "./policy.ts";
import { checkTargetRef, type TargetKind } from "./target-ref.ts";

/** Destinations that a route takes in `to`. */
export const routedKinds = (top: unknown): TargetKind[] =>
  top === "MeshGateway" ? ["Mesh"] : ["MeshService", "MeshExternalService", "MeshMultiZoneService"];

/** Routes of TCP: services to which they belong, and backends. */
export const meshTcpRoute: Rules = {
  typing: { unsigned: { "backendRefs.port": "BackendRef" } },
  check: (spec, circumstances) => [
    ...checkTop(spec, circumstances, TOP, { byRole: true, noInbound: true }),
    ...each(spec.to, "spec.to", (entry, field) => [
      ...checkTargetRef(entry.targetRef, `${field}.targetRef`, routedKinds(topKind(spec))),
      ...each(entry.rules, `${field}.rules`, (rule, at) => {
        const { backendRefs } = fields(rule.default);
        if (list(backendRefs).length === 0) return complaint(`${at}.default.backendRefs`, "must be defined");
        return checkBackendRefs(backendRefs, `${at}.default.backendRefs`);
      }),
    ]),
  ],
  warnings: (spec) => policyWarnings(spec),
};
