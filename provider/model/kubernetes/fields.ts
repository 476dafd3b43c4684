import * as z from "zod";
import type { RuleContext } from "../kind.ts";

const DURATION = /^(\d+h)?(\d+m)?(\d+s)?$/;

/** A time as Go writes it. The controller cuts it to whole seconds and takes 0 for its default, so both are refused. */
export function duration(): z.ZodString {
  return z.string().superRefine((text, context) => {
    if (DURATION.test(text) && /[1-9]/.test(text)) return;
    context.addIssue({
      code: "custom",
      message: "is no time of whole seconds, at least one",
      params: { hint: 'write "90s" or "1m30s"' },
    });
  });
}

/** The three timeouts of custom resources. */
export const timeout = z
  .strictObject({
    connect: duration().optional().describe('Time to connect, as in `"5s"`. Controller\'s default: 60s.'),
    send: duration()
      .optional()
      .describe('Time between two writes, as in `"5s"`. Controller\'s default: 60s.'),
    read: duration().optional().describe('Time between two reads, as in `"5s"`. Controller\'s default: 60s.'),
  })
  .meta({ typeName: "DurationTimeouts", description: "The three timeouts, whole seconds." })
  .optional();

/** The class that says which controller takes the object. */
export const ingressClassName = z
  .string()
  .min(1)
  .optional()
  .describe(
    "Class of the ingress controller that is to take the object. Default: the configuration's `apisix:ingressClassName`; one of the two is needed. With a wrong one nothing happens, and no status is ever written.",
  );

/** Without a class no controller takes the object, and nobody says so. */
export function ingressClassRule(spec: { ingressClassName?: unknown }, { report }: RuleContext): void {
  if (spec.ingressClassName === undefined) {
    report(
      "ingressClassName",
      "is missing",
      "give it, or set it for the stack: pulumi config set apisix:ingressClassName CLASS (kubectl get ingressclass lists them)",
    );
  }
}
