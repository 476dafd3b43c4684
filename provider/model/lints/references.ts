import { kindOf } from "../kinds.ts";
import { formatPath } from "../paths.ts";
import { idFrom, referencesOf } from "../references.ts";
import type { Declared } from "./facts.ts";

/** A resource that names another one of the stack in writing, so that Pulumi does not know that it needs it. */
export interface LiteralReference {
  from: Declared;
  to: Declared;
  /** As in `plugins.traffic-split.rules[0].weighted_upstreams[1].upstream_id`. */
  path: string;
}

/** All of a stack. */
export function literalReferences(stack: readonly Declared[]): LiteralReference[] {
  return stack.flatMap((from) =>
    referencesOf(kindOf(from.type), from.literal ?? {}).flatMap(({ path, type, id }) => {
      const to = stack.find(
        (other) =>
          other !== from &&
          other.type === type &&
          other.provider === from.provider &&
          idFrom(kindOf(type), other.args, other.name) === id,
      );
      return to ? [{ from, to, path: formatPath(path) }] : [];
    }),
  );
}
