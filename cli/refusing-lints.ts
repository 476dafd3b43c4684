import { declaredOf } from "../provider/model/lints/inventory.ts";
import { lint } from "../provider/model/lints/lints.ts";
import { notKnown } from "../provider/model/serving/not-known.ts";
import type { Stored } from "../provider/model/serving/objects.ts";
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
  const declared = ordered.map((found) => {
    const name = context.names.get(found)?.resource ?? "";
    const secrets = (context.secrets.get(found) ?? []).map(({ path }) => [path, notKnown("secret")] as const);
    const bundle = context.bundles.get(found)?.name;
    const args = replaced(found.args, secrets) as Stored;
    return { ...declaredOf({ ...found, name, args }), ...(bundle === undefined ? {} : { bundle }) };
  });
  const findings = lint(declared, "error");
  return {
    names: [...new Set(findings.map(({ name }) => name))].sort(),
    messages: findings.map(({ message }) => message),
  };
}
