import { exactlyOneOf } from "../../exclusions.ts";
import type { Kind } from "../../kind.ts";
import { notEmpty } from "./checks.ts";
import { specifiedKind } from "./kind.ts";
import type { Check } from "./spec-schema.ts";
import { templateProblem } from "./templates.ts";
import { isSubdomain } from "./texts.ts";

/** What a template may name of a service, each with the value with which Kuma tries it. */
const FIELDS: Readonly<Record<string, string>> = {
  Name: "name",
  DisplayName: "displayname",
  Namespace: "namespace",
  Mesh: "mesh",
  Zone: "zone",
};
/** An action that names a field or a label, and does no more. */
const PLAIN_ACTION = /\{\{\s*(?:\.(\w+)|label\s+(?:"[^"\\]*"|`[^`]*`))\s*\}\}/g;

const template: Check = (value) => {
  if (typeof value !== "string") return undefined;
  if (value === "") return { reason: "is empty" };
  const problem = templateProblem(value, ["label"]);
  if (problem !== undefined) return { reason: `is no template: it ${problem}` };
  const named = [...value.matchAll(PLAIN_ACTION)].map(([, field]) => field);
  const strange = named.find((field) => field !== undefined && !Object.hasOwn(FIELDS, field));
  if (strange !== undefined) {
    const hint = `there are .${Object.keys(FIELDS).join(", .")} and label "a-label"`;
    return { reason: `names .${strange}, which a service does not have`, hint };
  }
  const name = value.replace(PLAIN_ACTION, (_, field?: string) => FIELDS[field ?? ""] ?? "label");
  // What other actions make of a service is for the server to say.
  if (name.includes("{{") || isSubdomain(name)) return undefined;
  return { reason: `makes ${JSON.stringify(name)} of a service, which is no host name in lower case` };
};

/** Those that a control plane makes when it starts: for its own services, and for those of other zones. */
const MADE_BY_KUMA =
  /^(local|synced)-(mesh-external-service|mesh-multi-zone-service|((headless-)?kube|universal)-mesh-service)$/;

/** Which host names services of the mesh get. */
export const hostnameGenerator: Kind = specifiedKind({
  type: "HostnameGenerator",
  doc: "Which host names services get, in all meshes: those that the selector finds, each by the template.",
  docs: "networking/hostnamegenerator",
  example: `
new kuma.HostnameGenerator("external", {
  spec: {
    selector: { meshExternalService: { matchLabels: { team: "payments" } } },
    template: "{{ .DisplayName }}.{{ .Mesh }}.payments.internal",
  },
});
`,
  inMesh: false,
  since: "2.8",
  instead: "the host names of ExternalService",
  refinements: {
    selector: {
      required: true,
      exclusions: [exactlyOneOf(["meshService", "meshExternalService", "meshMultiZoneService"])],
    },
    "selector.*.matchLabels": { absentMeans: {} },
    template: {
      check: template,
      says: 'Go\'s templates, with `.Name`, `.DisplayName`, `.Namespace`, `.Mesh`, `.Zone` and `label "a-label"`. It has to make a host name in lower case.',
      examples: ["{{ .DisplayName }}.a.mesh", '{{ label "app" }}.{{ .Mesh }}.{{ .Zone }}.local', "a.example"],
    },
    "extension.type": notEmpty,
  },
  madeByServer: ({ name }) => (MADE_BY_KUMA.test(String(name)) ? "is made by Kuma itself" : undefined),
});
