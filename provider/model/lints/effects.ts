import { UNKNOWN } from "../fields.ts";
import { at, type Declared } from "./facts.ts";
import { each, type Lint } from "./finding.ts";

const LABEL = "kuma.io/effect";

/** Warns of policies that act although their label says that it limits what they do. */
export const policyEffect: Lint = {
  name: "policy-effect",
  about: "The label kuma.io/effect says shadow, the only value that has a meaning.",
  severity: "warning",
  holdsInPart: true,
  find: (stack) =>
    stack
      .filter(isLiveAllTheSame)
      .flatMap((one) =>
        each(
          [one],
          `labels["${LABEL}"] has a value other than "shadow", which Kuma takes and leaves without a meaning: the policy acts. ` +
            'Write "shadow", or leave the label out.',
        ),
      ),
};

function isLiveAllTheSame({ type, args }: Declared): boolean {
  const effect = at(args, "labels", LABEL);
  return type.startsWith("kuma:") && typeof effect === "string" && effect !== "shadow" && effect !== UNKNOWN;
}
