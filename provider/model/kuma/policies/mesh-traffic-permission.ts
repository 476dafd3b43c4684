import type { JsonObject } from "../../fields.ts";
import type { Kind } from "../../kind.ts";
import { entriesOf, inside, listRules, matchRefinements } from "./entries.ts";
import { type SpecContext, specifiedKind } from "./kind.ts";
import { mayBeGiven, SIDECARS, targetRefRules } from "./target-refs.ts";

const ANSWERS = ["allow", "allowWithShadowDeny", "deny"];
const SENDERS = ["Mesh", "MeshSubset", "MeshService", "MeshServiceSubset"];

function rules(spec: JsonObject, { report, warn }: SpecContext): void {
  listRules(spec, ["from", "rules"], report);
  const from = entriesOf(spec.from, "spec.from");
  for (const { object, at } of from)
    targetRefRules(object.targetRef, `${at}.targetRef`, { kinds: SENDERS }, report);
  for (const { object, at } of entriesOf(spec.rules, "spec.rules")) {
    const conf = inside(object, "default");
    if (!ANSWERS.some((name) => mayBeGiven(conf[name])))
      report(`${at}.default.allow`, "is missing", `give one of ${ANSWERS.join(", ")}`);
  }
  if (from.length === 0) return;
  warn("spec.from is deprecated and gone in Kuma 3; use spec.rules with MeshIdentity.");
  for (const { object, at } of from) {
    if (inside(object, "targetRef").kind === "MeshService")
      warn(`the kind MeshService of ${at}.targetRef is deprecated; use MeshSubset with kuma.io/service.`);
  }
}

/** Who may send to whom. */
export const meshTrafficPermission: Kind = specifiedKind({
  type: "MeshTrafficPermission",
  doc: "Who may send to whom.",
  docs: "policies/meshtrafficpermission",
  example: `
new kuma.MeshTrafficPermission("from-the-shop", {
  spec: {
    targetRef: { kind: "Dataplane", labels: { app: "payments" } },
    rules: [{ default: { allow: [{ spiffeID: { type: "Exact", value: "spiffe://default.mesh.local/shop" } }] } }],
  },
});
`,
  since: "2.0",
  instead: "TrafficPermission",
  top: { kinds: SIDECARS },
  refinements: {
    "from[].default": { required: true },
    "from[].default.action": { required: true },
    ...Object.assign({}, ...ANSWERS.map((name) => matchRefinements(`rules[].default.${name}`))),
  },
  rules,
});
