import type { Declared, Service } from "./facts.ts";

/** What a lint has found: the resources concerned, why it is wrong and what to do. */
export interface Finding {
  resources: Declared[];
  /** Quotes no value of an argument, since not every reader of it knows which values are secret. */
  reason: string;
  /** The values that it is about, for readers from whom secrets have been kept. */
  values?: string[];
}

/** A rule over all resources of a stack. Makes no request. */
export interface Lint {
  /** By which it is switched off, and found in `docs/lints.md`. */
  name: string;
  /** What holds where it finds nothing. */
  about: string;
  /** An error is what cannot work; it refuses the resources concerned. */
  severity: "error" | "warning";
  /** What it finds in some resources of a stack is so whatever the others are: it needs no end of a program. */
  holdsInPart?: true;
  find(stack: readonly Declared[], now: Date): Finding[];
}

/** One finding for all resources of which the same is to be said; none for none. */
export function each(found: (Declared | Service)[], reason: string): Finding[] {
  return found.length === 0 ? [] : [{ resources: resourcesOf(found), reason }];
}

/** The same for services of each kind, since their fields have other names. */
export function eachKind(found: Service[], reason: (kind: Service["kind"]) => string): Finding[] {
  const kinds = ["ExternalService", "MeshExternalService"] as const;
  return kinds.flatMap((kind) =>
    each(
      found.filter((one) => one.kind === kind),
      reason(kind),
    ),
  );
}

/** The resources of services, each once. */
export function resourcesOf(found: (Declared | Service)[]): Declared[] {
  return [...new Set(found.map((one) => ("resource" in one ? one.resource : one)))];
}

/** What messages call a resource. */
export function nameOf({ type, title = type, name }: Declared): string {
  return `${title} "${name}"`;
}

/** What messages call several resources: five of them, and how many more there are. */
export function namesOf(resources: Declared[]): string {
  const shown = resources.slice(0, 5).map(nameOf);
  return `${shown.join(", ")}${resources.length > 5 ? ` and ${resources.length - 5} more` : ""}`;
}
