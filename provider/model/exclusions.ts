import type * as z from "zod";

/** A field, or several fields that are complete only together. */
export type Alternative = string | readonly string[];

/** How the alternatives of an object go together. */
export type ExclusionRule = "exactlyOneOf" | "atMostOneOf" | "atLeastOneOf" | "allOrNone";

/** What is said when a rule is broken, where the general words are not enough. */
export interface ExclusionWords {
  /** What to write when nothing is given, as in `a route needs uri or uris`. */
  missing?: string;
  /** The field that is missing when nothing is given. Default: the first one. */
  at?: string;
  /** What happens when several are given. Default: `only one may be given`. */
  several?: string;
  /** A field that looks like an alternative and is none, with what to write beside it. */
  notEnough?: { field: string; reason: string; hint: string };
}

/** A rule about which fields of an object may stand beside each other. Stands in the `exclusions` of the object's schema. */
export interface Exclusion extends ExclusionWords {
  rule: ExclusionRule;
  alternatives: readonly Alternative[];
}

/** One of the alternatives, and none of the others. */
export function exactlyOneOf(alternatives: readonly Alternative[], words: ExclusionWords = {}): Exclusion {
  return { rule: "exactlyOneOf", alternatives, ...words };
}

/** One of the alternatives or none. */
export function atMostOneOf(alternatives: readonly Alternative[], words: ExclusionWords = {}): Exclusion {
  return { rule: "atMostOneOf", alternatives, ...words };
}

/** One of the fields or more. */
export function atLeastOneOf(fields: readonly string[], words: ExclusionWords = {}): Exclusion {
  return { rule: "atLeastOneOf", alternatives: fields, ...words };
}

/** All of the fields or none. */
export function allOrNone(...fields: string[]): Exclusion {
  return { rule: "allOrNone", alternatives: fields };
}

/** The fields of an alternative. */
export function fieldsOf(alternative: Alternative): readonly string[] {
  return typeof alternative === "string" ? [alternative] : alternative;
}

/** The schema of an object with rules about which of its fields go together. */
export function excluding<T extends z.ZodType>(schema: T, ...exclusions: readonly Exclusion[]): T {
  return schema.meta({ exclusions });
}
