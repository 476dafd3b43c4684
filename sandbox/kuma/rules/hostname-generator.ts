import type { Violation } from "../errors.ts";
import { subdomainReasons } from "../go/names.ts";
import { quote } from "../go/quote.ts";
import { TemplateError } from "../go/template/lex.ts";
import { renderTemplate } from "../go/template/render.ts";
import { complainIf, complaint, fields, isSet, text } from "./checks.ts";
import type { Rules } from "./policy.ts";

/** What a template is tried with. */
const STUB = { Name: "name", DisplayName: "displayname", Namespace: "namespace", Mesh: "mesh", Zone: "zone" };
const STUB_TYPE = "struct { Name string; DisplayName string; Namespace string; Mesh string; Zone string }";

/** What a generator has to say: exactly one selector, and a template that makes a host name of a made-up service. */
export const hostnameGenerator: Rules = {
  typing: { alwaysWritten: ["spec.selector"] },
  check({ selector, template, extension }) {
    const kinds = ["meshService", "meshExternalService", "meshMultiZoneService"];
    const chosen = kinds.filter((name) => isSet(fields(selector)[name]));
    return [
      ...complainIf(
        chosen.length !== 1,
        "spec.selector",
        "exact one selector (meshService, meshExternalService) must be defined",
      ),
      ...checkHostTemplate(text(template), "spec.template"),
      ...complainIf(
        isSet(extension) && text(fields(extension).type) === "",
        "spec.extension.type",
        "must not be empty",
      ),
    ];
  },
};

function checkHostTemplate(template: string, field: string): Violation[] {
  if (template === "") return complaint(field, "must not be empty");
  try {
    const name = renderTemplate(template, { fields: STUB, type: STUB_TYPE }, { label: () => "label" });
    const reasons = subdomainReasons(name).join(", ");
    const reason = `template renders to ${quote(name)} which is not a valid DNS name: ${reasons}`;
    return complainIf(reasons !== "", field, reason);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    const isRead = error.message.includes(": executing ");
    const what = isRead ? "couldn't render template with stub values" : "couldn't parse template";
    return complaint(field, `${what}: ${error.message}`);
  }
}
