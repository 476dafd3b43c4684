import { UNKNOWN } from "../fields.ts";
import { at, ofType } from "../lints/facts.ts";
import type { Finding } from "../lints/finding.ts";
import type { Rule } from "./rule.ts";

/** A mesh that lets out everything makes each external service, and each policy on it, a thing that one may go past. */
export const noPassthrough: Rule<Record<never, never>> = {
  name: "no-passthrough",
  about: "No mesh lets out what is not declared.",
  alone: true,
  settings: {},
  find({ declared }) {
    const found: Finding[] = [];
    for (const one of ofType(declared, "kuma:Mesh", "kuma:MeshPatch")) {
      const said = at(one.args, "networking", "outbound", "passthrough");
      const isOn = said === true || (said === undefined && one.type === "kuma:Mesh");
      if (isOn)
        found.push({
          resources: [one],
          reason: `networking.outbound.passthrough is ${said === true ? "on" : "left out, which means on"}. Set it to false.`,
        });
    }
    for (const one of [...ofType(declared, "kuma:MeshPassthrough"), ...policiesOf(declared)]) {
      const conf = at(one.args, "spec", "default");
      if (at(conf, "passthroughMode") === "All")
        found.push({
          resources: [one],
          reason: "spec.default.passthroughMode is All. Write None, or Matched with what may go out.",
        });
    }
    return found;
  },
};

function policiesOf(declared: Parameters<typeof ofType>[0]) {
  return ofType(declared, "kuma:Policy").filter(({ args }) => {
    const { type } = args;
    return type !== UNKNOWN && type === "MeshPassthrough";
  });
}
