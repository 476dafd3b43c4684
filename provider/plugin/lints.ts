import type { Entry } from "../model/bundle/entries.ts";
import { canonical } from "../model/canonical.ts";
import { type JsonObject, UNKNOWN } from "../model/fields.ts";
import type { Kind } from "../model/kind.ts";
import type { Declared } from "../model/lints/facts.ts";
import { lint, lintPart } from "../model/lints/lints.ts";
import { type Path, withValueAt } from "../model/paths.ts";

/** Names of lints that are switched off, with commas between them: a plugin gets no configuration but its server's. */
const VARIABLE = "EXTERNAL_BACKENDS_IGNORE_LINTS";

/** A resource, or an entry of a bundle, as the engine has the plugin check it. */
interface Checked {
  kind: Kind;
  name: string;
  args: JsonObject;
  /** Where secrets stand, which are not judged. */
  secret: readonly Path[];
}

/**
 * The lints over what the plugin has been asked to check. The engine tells a plugin of one resource after another, and never
 * that all have come, so lints that find what is missing look at each resource by itself.
 */
export class Lints {
  readonly #seen = new Map<string, Declared[]>();

  /** What is found about a resource, by itself and together with those before it, a message each. */
  resource(urn: string, checked: Checked): string[] {
    const resource = declaredOf(checked);
    // Lints that look at several gateway objects together look at entries of bundles.
    const together = checked.kind.dialect === "kuma";
    if (together) this.#seen.set(urn, [resource]);
    const options = switchedOff();
    const alone = (["error", "warning"] as const).flatMap((severity) => lint([resource], severity, options));
    return [
      ...new Set([...alone.map(({ message }) => message), ...(together ? this.#together([resource]) : [])]),
    ];
  }

  /** What is found about the entries of a bundle, together with what was there before them, a message each. */
  entries(urn: string, bundle: string, entries: readonly Entry[]): string[] {
    const declared = entries
      .map(({ kind, key, args, secrets }) => ({ kind, name: key, args, secret: secrets }))
      .flatMap((entry) => (entry.kind.dialect === "kuma" ? [declaredOf(entry)] : hostsOf(entry)))
      .map((entry) => ({ ...entry, bundle }));
    this.#seen.set(urn, declared);
    return this.#together(declared);
  }

  #together(own: readonly Declared[]): string[] {
    const mine = new Set(own);
    return lintPart([...this.#seen.values()].flat(), switchedOff())
      .filter(({ resources }) => resources.some((one) => mine.has(one)))
      .map(({ message }) => message);
  }
}

function declaredOf({ kind, name, ...said }: Checked): Declared {
  return { type: kind.type, name, args: canonical(kind, opened(said)) };
}

/** Of thousands of entries for a gateway no more is kept than what lints ask of several together: hosts. */
function hostsOf({ kind: { type }, name, args, secret }: Checked): Declared[] {
  const { host, hosts = host === undefined ? undefined : [host] } = opened({ args, secret });
  return hosts === undefined ? [] : [{ type, name, args: { hosts } }];
}

function opened({ args, secret }: Pick<Checked, "args" | "secret">): JsonObject {
  return secret.reduce<JsonObject>((all, path) => withValueAt(all, path, UNKNOWN), args);
}

function switchedOff() {
  const ignored = (process.env[VARIABLE] ?? "").split(/[\s,]+/);
  return { ignored, switchedOffBy: `the environment variable ${VARIABLE}` };
}
