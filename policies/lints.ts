import type { StackValidationPolicy } from "@pulumi/policy";
import { declaredOf } from "../provider/model/lints/inventory.ts";
import { LINTS } from "../provider/model/lints/lints.ts";
import { resourcesOf } from "./resources.ts";

/** The lints, a policy each. */
export function lints(): StackValidationPolicy[] {
  return LINTS.map(({ name, severity, find }) => ({
    name,
    description: name,
    enforcementLevel: severity === "error" ? "mandatory" : "advisory",
    validateStack({ resources }, reportViolation) {
      for (const { resources: found, reason } of find(resourcesOf(resources).map(declaredOf)))
        reportViolation(
          `${found.map((one) => one.name).join(", ")}: ${reason}`,
          found[0]?.urn?.split("#")[0],
        );
    },
  }));
}
