import type { JsonObject } from "../../fields.ts";
import type { Kind } from "../../kind.ts";
import { backendRefRules } from "./backend-refs.ts";
import { entriesOf, inside } from "./entries.ts";
import { type SpecContext, specifiedKind } from "./kind.ts";
import { mayBeGiven, PROXIES, targetRefRules } from "./target-refs.ts";

function rules(spec: JsonObject, { report, topKind }: SpecContext): void {
  const kinds =
    topKind === "MeshGateway" ? ["Mesh"] : ["MeshService", "MeshExternalService", "MeshMultiZoneService"];
  for (const { object, at } of entriesOf(spec.to, "spec.to")) {
    targetRefRules(object.targetRef, `${at}.targetRef`, { kinds }, report);
    for (const rule of entriesOf(object.rules, `${at}.rules`)) {
      const { backendRefs } = inside(rule.object, "default");
      const where = `${rule.at}.default.backendRefs`;
      if (!mayBeGiven(backendRefs)) report(where, "is missing");
      backendRefRules(backendRefs, where, report);
    }
  }
}

/** Where TCP connections go. */
export const meshTcpRoute: Kind = specifiedKind({
  type: "MeshTCPRoute",
  doc: "Where TCP connections go.",
  docs: "policies/meshtcproute",
  example: `
new kuma.MeshTCPRoute("new-database", {
  spec: {
    to: [
      {
        targetRef: { kind: "MeshService", name: "database" },
        rules: [{ default: { backendRefs: [{ kind: "MeshService", name: "database-new", port: 5432 }] } }],
      },
    ],
  },
});
`,
  since: "2.3",
  instead: "TrafficRoute",
  top: { kinds: PROXIES, systemOnly: ["MeshGateway"], gatewayTags: true },
  rules,
});
