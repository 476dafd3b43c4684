import type { Kind } from "../../kind.ts";
import { notEmpty } from "./checks.ts";
import { entriesOf, inside, judgeAt, typeRules } from "./entries.ts";
import { specifiedKind } from "./kind.ts";
import type { Refinement } from "./spec-schema.ts";

const certificate: Refinement = {
  check: (value) =>
    typeof value !== "string" || isCertificate(value) ? undefined : { reason: "is no certificate in PEM" },
};

function isCertificate(text: string): boolean {
  const [, type = "", , body = ""] =
    /^-----BEGIN ([^\n]*?)-----\s*?\n((?:[^\n:]+:[^\n]*\n)*)([A-Za-z0-9+/=\s]*?)^-----END \1-----/m.exec(
      text,
    ) ?? [];
  return type !== "" && !type.includes("PRIVATE KEY") && body.replace(/\s/g, "").length % 4 === 0;
}

/** Which certificate authorities of another trust domain are trusted. */
export const meshTrust: Kind = specifiedKind({
  type: "MeshTrust",
  doc: "Which certificate authorities of another trust domain are trusted.",
  docs: "policies/meshtrust",
  example: `
new kuma.MeshTrust("partner", {
  spec: {
    trustDomain: "partner.example.org",
    caBundles: [{ type: "Pem", pem: { value: config.require("partnerCa") } }],
  },
});
`,
  since: "2.12",
  instead: "the mesh's mtls",
  refinements: { trustDomain: notEmpty },
  rules({ caBundles, origin }, { report, warn }) {
    for (const bundle of entriesOf(caBundles, "spec.caBundles")) {
      typeRules(bundle, { Pem: "pem" }, report);
      judgeAt(inside(bundle.object, "pem").value, `${bundle.at}.pem.value`, certificate, report);
    }
    if (origin !== undefined) warn("spec.origin is deprecated.");
  },
});
