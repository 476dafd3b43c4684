import { referencesOf } from "../apisix/references.ts";
import { kindOf } from "../kinds.ts";
import { formatPath } from "../paths.ts";
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
  const gateway = stack.filter(({ type }) => type.startsWith("apisix:"));
  return gateway.flatMap((from) =>
    referencesOf(kindOf(from.type), from.written ?? {}).flatMap(({ path, type, value }) => {
      const to = gateway.find(
        (other) =>
          other !== from &&
          other.type === type &&
          other.provider === from.provider &&
          String(idOf(other)) === String(value),
      );
      return to ? [{ from, to, path: formatPath(path) }] : [];
    }),
  );
}

/** The argument that is the id, or the resource's name in its place. */
function idOf({ type, name, args }: Declared): unknown {
  const word = type.slice("apisix:".length);
  const field = type === "apisix:Consumer" ? "username" : `${word.charAt(0).toLowerCase()}${word.slice(1)}Id`;
  return args[field] ?? name;
}
