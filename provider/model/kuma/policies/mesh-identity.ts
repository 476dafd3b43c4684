import { isObject, type JsonObject, UNKNOWN } from "../../fields.ts";
import type { Kind, Report } from "../../kind.ts";
import { notNegative } from "./checks.ts";
import { inside, judgeAt, textOf, typeRules } from "./entries.ts";
import { type SpecContext, specifiedKind } from "./kind.ts";
import type { Refinement } from "./spec-schema.ts";
import { templateProblem } from "./templates.ts";

const PROVIDERS = { Bundled: "bundled", Spire: "spire", Extension: "extension" };
/** Where a certificate or key may come from, and the field that says more of it. */
const SOURCES: Record<string, [field: string, inner: string]> = {
  File: ["file", "path"],
  EnvVar: ["envVar", "name"],
  InsecureInline: ["insecureInline", "value"],
  Secret: ["secretRef", "name"],
};

const template: Refinement = {
  check(value) {
    const problem = typeof value === "string" ? templateProblem(value, ["label"]) : undefined;
    return problem === undefined ? undefined : { reason: `is no template: it ${problem}` };
  },
};

function rules(spec: JsonObject, { report }: SpecContext): void {
  const { provider } = spec;
  if (!isObject(provider)) return;
  const at = "spec.provider";
  const field = typeRules({ object: provider, at }, PROVIDERS, report);
  const settings = field === undefined ? undefined : provider[field];
  if (!isObject(settings)) return;
  if (field === "bundled") bundledRules(settings, `${at}.bundled`, report);
  if (field === "spire")
    judgeAt(inside(settings, "agent").timeout, `${at}.spire.agent.timeout`, notNegative, report);
  if (field === "extension" && settings.name === "") report(`${at}.extension.name`, "is empty");
}

function bundledRules(bundled: JsonObject, at: string, report: Report): void {
  const { autogenerate } = bundled;
  const enabled = autogenerate === UNKNOWN ? UNKNOWN : inside(bundled, "autogenerate").enabled;
  judgeAt(
    inside(bundled, "certificateParameters").expiry,
    `${at}.certificateParameters.expiry`,
    notNegative,
    report,
  );
  if (enabled === true) {
    if (bundled.ca !== undefined) report(`${at}.ca`, "does not go with autogenerate", "keep one of the two");
    return;
  }
  if (typeof enabled === "string") return;
  if (bundled.ca === undefined)
    report(`${at}.ca`, "is missing", "give ca, or autogenerate with enabled: true");
  if (!isObject(bundled.ca)) return;
  for (const name of ["certificate", "privateKey"]) {
    const source = bundled.ca[name];
    if (source === undefined) report(`${at}.ca.${name}`, "is missing");
    else if (isObject(source)) sourceRules(source, `${at}.ca.${name}`, report);
  }
}

function sourceRules(source: JsonObject, at: string, report: Report): void {
  const [field, inner] = SOURCES[textOf(source.type) ?? ""] ?? [];
  if (field === undefined || inner === undefined) return;
  if (source[field] === undefined)
    report(`${at}.${field}`, "is missing", `the type ${String(source.type)} needs it`);
  const value = textOf(inside(source, field)[inner]);
  if (value === "") report(`${at}.${field}.${inner}`, "is empty");
  if (field === "file" && value && (!value.startsWith("/") || value.includes("..")))
    report(`${at}.file.path`, 'is no absolute path without ".."');
}

/** Which identities data planes get, and from whom. */
export const meshIdentity: Kind = specifiedKind({
  type: "MeshIdentity",
  doc: "Which identities data planes get, and from whom.",
  docs: "policies/meshidentity",
  example: `
new kuma.MeshIdentity("identity", {
  spec: {
    selector: { dataplane: { matchLabels: {} } },
    spiffeID: { trustDomain: "{{ .Mesh }}.{{ .Zone }}.mesh.local" },
    provider: { type: "Bundled", bundled: { autogenerate: { enabled: true }, meshTrustCreation: "Enabled" } },
  },
});
`,
  since: "2.12",
  instead: "the mesh's mtls",
  refinements: {
    "spiffeID.trustDomain|path": template,
    "provider.bundled.ca.privateKey.insecureInline.value": { meta: { secret: true } },
    "provider.bundled.ca.*.secretRef.name": { meta: { reference: "kuma:Secret" } },
    "provider.extension.config": { meta: { sensitive: true } },
  },
  rules,
});
