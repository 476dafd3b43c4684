import { type JsonObject, UNKNOWN } from "../provider/model/fields.ts";
import type { Declared } from "../provider/model/lints/facts.ts";
import { lint } from "../provider/model/lints/lints.ts";
import type { Found } from "./adopt.ts";
import type { Context } from "./arguments.ts";
import type { ProgramDoor } from "./options.ts";
import { replaced } from "./paths.ts";

/** Lints that would refuse the first preview of an imported program. */
export interface RefusingLints {
  /** By which they are switched off. */
  names: string[];
  /** What each has found. */
  messages: string[];
}

/**
 * The server has taken objects that a lint of this package refuses to declare. Through the plugins every lint is a warning.
 */
export function refusingLints(ordered: readonly Found[], context: Context, door: ProgramDoor): RefusingLints {
  if (door === "plugin") return { names: [], messages: [] };
  const declared = ordered.map((found): Declared => {
    const { kind, args } = found;
    const secrets = (context.secrets.get(found) ?? []).map(({ path }) => [path, UNKNOWN] as const);
    const bundle = context.bundles.get(found)?.name;
    return {
      type: kind.type,
      name: context.names.get(found)?.resource ?? "",
      args: replaced(args, secrets) as JsonObject,
      ...(bundle === undefined ? {} : { bundle }),
    };
  });
  const findings = lint(declared, "error");
  return {
    names: [...new Set(findings.map(({ name }) => name))].sort(),
    messages: findings.map(({ message }) => message),
  };
}
