import type * as z from "zod";
import { type Alternative, type Exclusion, fieldsOf } from "./exclusions.ts";
import { isObject, type JsonObject } from "./fields.ts";
import type { Path } from "./paths.ts";
import { described } from "./walk.ts";

type Report = (path: Path, reason: string, hint?: string) => void;

/** Reports every object in the arguments whose fields do not go together, by the exclusions of its schema. */
export function exclusionRules(schema: z.core.$ZodType, args: JsonObject, report: Report): void {
  for (const { meta, value, path } of described(schema, args)) {
    if (!isObject(value)) continue;
    for (const exclusion of meta.exclusions ?? []) judge(exclusion, value, path, report);
  }
}

function judge(exclusion: Exclusion, object: JsonObject, path: Path, report: Report): void {
  const { rule, alternatives } = exclusion;
  const isGiven = (field: string) => object[field] !== undefined;
  const groups = rule === "allOrNone" ? [alternatives.flatMap(fieldsOf)] : alternatives.map(fieldsOf);
  const given = groups.filter((group) => group.some(isGiven));
  if (given.length === 0) {
    if (rule === "exactlyOneOf" || rule === "atLeastOneOf") reportNone(exclusion, isGiven, path, report);
  } else if (given.length > 1) {
    if (rule !== "atLeastOneOf") reportSeveral(exclusion, given, isGiven, path, report);
  } else {
    const [group = []] = given;
    const absent = group.find((field) => !isGiven(field));
    if (absent !== undefined) report([...path, absent], "is missing", `${group.join(" and ")} go together`);
  }
}

type IsGiven = (field: string) => boolean;

function reportNone(exclusion: Exclusion, isGiven: IsGiven, path: Path, report: Report): void {
  const { alternatives, notEnough, at = firstOf(alternatives), missing } = exclusion;
  if (notEnough && isGiven(notEnough.field)) {
    report([...path, notEnough.field], notEnough.reason, notEnough.hint);
  } else if (isAboutTheWhole(exclusion, path)) {
    report(path, "is empty", oneOf(exclusion));
  } else report([...path, at], "is missing", missing);
}

function reportSeveral(
  exclusion: Exclusion,
  given: readonly (readonly string[])[],
  isGiven: IsGiven,
  path: Path,
  report: Report,
): void {
  const { alternatives, several = "only one may be given" } = exclusion;
  const first = [...path, firstOf(alternatives)];
  if (alternatives.length === 2) {
    const other = fieldsOf(alternatives[1] ?? []).join(" and ");
    report(first, `does not go with ${other}`, "keep one of the two");
  } else {
    const names = given.flat().filter(isGiven).join(" and ");
    const where = isAboutTheWhole(exclusion, path) ? path : first;
    report(where, `has ${names}, of which ${several}`, oneOf(exclusion));
  }
}

/** With more than two alternatives no field is wrong by itself, so the object that holds them is reported. */
function isAboutTheWhole({ rule, alternatives }: Exclusion, path: Path): boolean {
  return rule === "exactlyOneOf" && alternatives.length > 2 && path.length > 0;
}

function firstOf([first = ""]: readonly Alternative[]): string {
  return fieldsOf(first)[0] ?? "";
}

function oneOf({ rule, alternatives }: Exclusion): string {
  const names = alternatives.map((alternative) => fieldsOf(alternative).join(" with "));
  return `give ${rule === "exactlyOneOf" ? "exactly" : "at most"} one of ${names.join(", ")}`;
}
