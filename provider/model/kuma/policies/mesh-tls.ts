import type { JsonObject } from "../../fields.ts";
import type { Kind } from "../../kind.ts";
import { entriesOf, inside, listRules, versionRules } from "./entries.ts";
import { type SpecContext, specifiedKind } from "./kind.ts";
import { isGiven, targetRefRules } from "./target-refs.ts";

function rules(spec: JsonObject, { report, warn, topKind }: SpecContext): void {
  listRules(spec, ["from", "rules"], report, false);
  for (const { object, at } of entriesOf(spec.from, "spec.from"))
    targetRefRules(object.targetRef, `${at}.targetRef`, { kinds: ["Mesh"] }, report);
  for (const list of ["from", "rules"]) {
    for (const { object, at } of entriesOf(spec[list], `spec.${list}`)) {
      const conf = inside(object, "default");
      versionRules(inside(conf, "tlsVersion"), `${at}.default.tlsVersion`, report);
      if (topKind === undefined || topKind === "Mesh") continue;
      for (const name of ["tlsVersion", "tlsCiphers"]) {
        const isSaid = name === "tlsVersion" ? conf[name] !== undefined : isGiven(conf[name]);
        if (isSaid)
          report(`${at}.default.${name}`, `does not go with the target ${topKind}`, "it is for a whole Mesh");
      }
    }
  }
  if (entriesOf(spec.from, "").length > 0) warn("spec.from is deprecated; use spec.rules.");
}

/** Whether plain traffic is let in, and which TLS is spoken. */
export const meshTls: Kind = specifiedKind({
  type: "MeshTLS",
  doc: "Whether plain traffic is let in, and which TLS is spoken.",
  docs: "policies/meshtls",
  example: `
new kuma.MeshTLS("permissive", {
  spec: { rules: [{ default: { mode: "Permissive", tlsVersion: { min: "TLS12" } } }] },
});
`,
  since: "2.9",
  instead: "the mesh's mtls",
  top: { kinds: ["Mesh", "MeshSubset", "Dataplane"] },
  refinements: { "from|rules[].default": { absentMeans: {} } },
  rules,
});
