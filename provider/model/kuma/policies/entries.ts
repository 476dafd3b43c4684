import { isObject, type Json, type JsonObject, UNKNOWN } from "../../fields.ts";
import type { Report } from "../../kind.ts";
import { notEmpty, subdomain } from "./checks.ts";
import type { Refinement, Refinements } from "./spec-schema.ts";
import { isGiven, mayBeGiven } from "./target-refs.ts";
import { spiffeIdProblem } from "./texts.ts";

/** An object in a list, with its path. */
export interface Entry {
  object: JsonObject;
  at: string;
}

/** The known objects of a list that stands at the path `at`. */
export function entriesOf(list: Json | undefined, at: string): Entry[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((object, index) => (isObject(object) ? [{ object, at: `${at}[${index}]` }] : []));
}

/** An object inside another one; an empty one where it is absent or not known. */
export function inside(object: JsonObject, ...names: string[]): JsonObject {
  return names.reduce<JsonObject>((outer, name) => {
    const inner = outer[name];
    return isObject(inner) ? inner : {};
  }, object);
}

/** Judges a value where only some of the fields around it make it matter. */
export function judgeAt(value: Json | undefined, at: string, { check }: Refinement, report: Report): void {
  const found = value === undefined || value === UNKNOWN ? undefined : check?.(value);
  if (found) report(at, found.reason, found.hint);
}

/** A known text. */
export function textOf(value: Json | undefined): string | undefined {
  return typeof value === "string" && value !== UNKNOWN ? value : undefined;
}

/** Reports a spec that says nothing in any of these lists, or that has a list which does not go with `rules`. */
export function listRules(spec: JsonObject, lists: readonly string[], report: Report, isNeeded = true): void {
  if (isNeeded && !lists.some((name) => mayBeGiven(spec[name])))
    report(`spec.${lists[0]}`, "is missing", `one of ${lists.join(", ")} has to be given and not empty`);
  if (!isGiven(spec.rules)) return;
  for (const name of lists) {
    if (name !== "rules" && Array.isArray(spec[name]) && spec[name].length > 0)
      report(`spec.${name}`, "does not go with rules", "write all of it in rules");
  }
}

/** Reports an object whose `type` needs a field that is not there, by the types and their fields. */
export function typeRules(
  { object, at }: Entry,
  fields: Readonly<Record<string, string>>,
  report: Report,
): string | undefined {
  const type = textOf(object.type);
  const field = type === undefined ? undefined : fields[type];
  if (field !== undefined && object[field] === undefined)
    report(`${at}.${field}`, "is missing", `the type ${type} needs it`);
  return field;
}

/** Reports a pair of TLS versions of which the lowest is above the highest. */
export function versionRules({ min, max }: JsonObject, at: string, report: Report): void {
  const [lowest, highest] = [min, max].map((version) => VERSIONS.indexOf(String(version)));
  if (lowest === undefined || highest === undefined || highest < 0 || lowest <= highest) return;
  report(`${at}.min`, "is a higher version than max");
}

const VERSIONS = ["TLS10", "TLS11", "TLS12", "TLS13"];

const spiffeId: Refinement = {
  check(value) {
    const problem = typeof value === "string" ? spiffeIdProblem(value) : undefined;
    return problem === undefined ? undefined : { reason: `is no SPIFFE ID: it ${problem}` };
  },
  says: 'As in `"spiffe://trust-domain/path"`.',
  examples: ["spiffe://a.example", "spiffe://a.example/ns/b"],
};

/** What matches of traffic have to be, which stand at the place `at`. */
export function matchRefinements(at: string): Refinements {
  return {
    [`${at}[].spiffeID.value`]: spiffeId,
    [`${at}[].sni.value`]: {
      ...subdomain,
      check: (value) => notEmpty.check?.(value) ?? subdomain.check?.(value),
    },
  };
}
