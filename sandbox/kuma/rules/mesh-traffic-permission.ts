import { complainIf, each, fields, list, text } from "./checks.ts";
import { checkMatches } from "./matches.ts";
import { checkTop, policyWarnings, type Rules, TOP } from "./policy.ts";
import { checkTargetRef } from "./target-ref.ts";

const FROM =
  "'from' field is deprecated and will be removed in 3.0, use 'rules' with MeshIdentity (spiffeId) instead";
const FROM_SERVICE =
  "MeshService value for 'from[].targetRef.kind' is deprecated, use MeshSubset with 'kuma.io/service' instead";
const LISTS = ["allow", "allowWithShadowDeny", "deny"];

/** Permissions: an action for each sender, or rules that name somebody. */
export const meshTrafficPermission: Rules = {
  typing: { alwaysWritten: ["default"] },
  check(spec, circumstances) {
    const [hasFrom, hasRules] = [list(spec.from).length > 0, list(spec.rules).length > 0];
    return [
      ...checkTop(
        spec,
        circumstances,
        TOP.filter((kind) => kind !== "MeshGateway"),
      ),
      ...complainIf(hasFrom && hasRules, "spec", "field 'from' must be empty when 'rules' is defined"),
      ...complainIf(!hasFrom && !hasRules, "spec", "at least one of 'from' or 'rules' has to be defined"),
      ...each(spec.rules, "spec.rules", (rule, field) => {
        const conf = fields(rule.default);
        return [
          ...complainIf(
            LISTS.every((name) => list(conf[name]).length === 0),
            field,
            "at least one of 'allow', 'allowWithShadowDeny', 'deny' has to be defined",
          ),
          // The control plane leaves the `default` out of these paths.
          ...LISTS.flatMap((name) => checkMatches(conf[name], `${field}.${name}`)),
        ];
      }),
      ...each(spec.from, "spec.from", (entry, field) => [
        ...checkTargetRef(entry.targetRef, `${field}.targetRef`, [
          "Mesh",
          "MeshSubset",
          "MeshService",
          "MeshServiceSubset",
        ]),
        ...complainIf(
          text(fields(entry.default).action) === "",
          `${field}.default.action`,
          "must be defined",
        ),
      ]),
    ];
  },
  warnings(spec) {
    const services = list(spec.from).filter(
      (entry) => fields(fields(entry).targetRef).kind === "MeshService",
    );
    const from = list(spec.from).length > 0 ? [FROM] : [];
    return [...from, ...services.map(() => FROM_SERVICE), ...policyWarnings(spec)];
  },
};
