import { policyEffect } from "./effects.ts";
import type { Declared } from "./facts.ts";
import { type Lint, namesOf } from "./finding.ts";
import { GATEWAY_LINTS } from "./gateway.ts";
import { MESH_LINTS } from "./mesh.ts";

/** All lints. Each is described in `docs/lints.md`. */
export const LINTS: readonly Lint[] = [...MESH_LINTS, policyEffect, ...GATEWAY_LINTS];

/** What a run of lints needs to know beside the resources. */
export interface LintOptions {
  /** Names of lints that are switched off. */
  ignored?: readonly string[];
  /** Default: now. */
  now?: Date;
  /** What switches a lint off. Default: the configuration of the stack. */
  switchedOffBy?: string;
}

/** Runs lints over what may be a part of a stack only, and so just those that say the same of all of it. */
export function lintPart(
  part: readonly Declared[],
  options: LintOptions = {},
): { resources: Declared[]; message: string }[] {
  const others = LINTS.filter((one) => !one.holdsInPart).map(({ name }) => name);
  const ignored = [...(options.ignored ?? []), ...others];
  return (["error", "warning"] as const).flatMap((severity) => lint(part, severity, { ...options, ignored }));
}

/** Runs lints; the texts name the resources, the reason, what to do, and how the lint is switched off. */
export function lint(
  stack: readonly Declared[],
  severity: Lint["severity"],
  { ignored = [], now = new Date(), switchedOffBy = "external-backends:ignoreLints" }: LintOptions = {},
): { name: string; resources: Declared[]; message: string }[] {
  return LINTS.filter((one) => one.severity === severity && !ignored.includes(one.name)).flatMap((one) =>
    one.find(stack, now).map(({ resources, reason, values = [] }) => ({
      name: one.name,
      resources,
      message:
        `${namesOf(resources)}: ${reason}${values.map((value) => ` It is "${value}".`).join("")} ` +
        `(lint ${one.name}; ${switchedOffBy} switches it off)`,
    })),
  );
}
