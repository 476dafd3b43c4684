import { canonical } from "../model/canonical.ts";
import { type JsonObject, UNKNOWN } from "../model/fields.ts";
import type { Kind } from "../model/kind.ts";
import { lint } from "../model/lints/lints.ts";
import { type Path, withValueAt } from "../model/paths.ts";

/** Names of lints that are switched off, with commas between them: a plugin gets no configuration but its server's. */
const VARIABLE = "EXTERNAL_BACKENDS_IGNORE_LINTS";

/**
 * What lints find about one resource by itself, a message each. The engine tells a plugin of one resource after another,
 * and never that all have come, so what concerns several is not judged.
 *
 * @param secret where secrets stand, which are not judged
 */
export function lintsOf(kind: Kind, name: string, args: JsonObject, secret: readonly Path[]): string[] {
  const open = secret.reduce<JsonObject>((all, path) => withValueAt(all, path, UNKNOWN), args);
  const resource = { type: kind.type, name, args: canonical(kind, open) };
  const ignored = (process.env[VARIABLE] ?? "").split(/[\s,]+/);
  const switchedOffBy = `the environment variable ${VARIABLE}`;
  return (["error", "warning"] as const)
    .flatMap((severity) => lint([resource], severity, { ignored, switchedOffBy }))
    .map(({ message }) => message);
}
