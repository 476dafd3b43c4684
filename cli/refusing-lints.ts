import { declaredOf } from "../provider/model/lints/inventory.ts";
import { lint } from "../provider/model/lints/lints.ts";
import { notKnown } from "../provider/model/serving/not-known.ts";
import type { Stored } from "../provider/model/serving/objects.ts";
import type { Found } from "./adopt.ts";
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
export function refusingLints(ordered: readonly Found[], door: ProgramDoor): RefusingLints {
  if (door === "plugin") return { names: [], messages: [] };
  const declared = ordered.map((found) => {
    const secrets = found.secrets.map(({ path }) => [path, notKnown("secret")] as const);
    const declared = declaredOf({ ...found, args: replaced(found.args, secrets) as Stored });
    return found.bundle ? { ...declared, bundle: found.bundle.name } : declared;
  });
  const findings = lint(declared, "error");
  return {
    names: [...new Set(findings.map(({ name }) => name))].sort(),
    messages: findings.map(({ message }) => message),
  };
}
