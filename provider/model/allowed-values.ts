import type * as z from "zod";
import { hasUnknown, type JsonObject, UNKNOWN } from "./fields.ts";
import type { Kind, Report, RuleContext, Surroundings } from "./kind.ts";
import { changedAt, formatPath, type Path, parsePath, valueAt } from "./paths.ts";

/** What a kind's rules see, with where they report to. */
export function ruleContext(args: JsonObject, surroundings: Surroundings, report: Report): RuleContext {
  const known = (...paths: string[]) => !paths.some((path) => hasUnknown(valueAt(args, parsePath(path))));
  return { ...surroundings, known, report };
}

/**
 * The issues, of which one about an enumeration names only those values that the rules take at its place: a rule may allow
 * fewer than the schema does. What is wrong elsewhere is taken as not known yet meanwhile, so that no rule judges it.
 */
export function withTakenValues(
  rules: Kind["rules"],
  args: JsonObject,
  issues: readonly z.core.$ZodIssue[],
  surroundings: Surroundings,
): z.core.$ZodIssue[] {
  return issues.map((issue) => {
    if (!rules || issue.code !== "invalid_value") return issue;
    const others = issues.filter((other) => other !== issue && other.code !== "unrecognized_keys");
    const rest = others.reduce<unknown>(
      (less, { path }) => changedAt(less, path as Path, () => UNKNOWN),
      args,
    );
    const values = issue.values.filter((value) => {
      const tried = changedAt(rest, issue.path as Path, () => value) as JsonObject;
      const refused: string[] = [];
      const quiet = { ...surroundings, warn: () => {} };
      rules(
        tried,
        ruleContext(tried, quiet, (path) => void refused.push(path)),
      );
      return !refused.includes(formatPath(issue.path));
    });
    return values.length > 0 ? { ...issue, values } : issue;
  });
}
