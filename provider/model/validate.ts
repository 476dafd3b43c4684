import type * as z from "zod";
import { ruleContext, withTakenValues } from "./allowed-values.ts";
import { exclusionRules } from "./exclusion-rules.ts";
import type { JsonObject } from "./fields.ts";
import { bare, schemaFor, shapeOf, UNKNOWN } from "./fields.ts";
import type { Kind, Surroundings } from "./kind.ts";
import { nearest } from "./nearest.ts";
import { formatPath, parsePath, valueAt } from "./paths.ts";
import { scrub, secretTexts } from "./secrets.ts";
import { printable, shortened } from "./text.ts";
import { type Schema, schemaAtPath, schemasInside } from "./walk.ts";

/** One thing that is wrong with the arguments. */
export interface Problem {
  /** As in `upstream.nodes[0].host`. */
  path: string;
  /** A sentence without the path. */
  reason: string;
}

/** What of a kind is needed to judge its arguments. */
export type Validated = Pick<Kind, "schema" | "rules">;

/** The same, with what the program has marked as secret. */
interface Judged extends Validated {
  marked: readonly Path[];
}

type Path = readonly PropertyKey[];

/** So many problems are told, and so many characters of each: more are the same mistake again. */
const MOST_PROBLEMS = 100;
const MOST_CHARACTERS = 1000;
/** Deeper than anything that a server reads, and less deep than what would exhaust the stack. */
const DEEPEST = 1500;

const NOWHERE: Surroundings = { warn: () => {}, customPlugins: [] };

/**
 * What is wrong with a kind's arguments. Unknown values are right wherever they stand, and only the rules that
 * touch them are skipped. Rules between fields run when every field by itself is right.
 */
export function validate(
  { schema, rules }: Validated,
  args: JsonObject,
  surroundings = NOWHERE,
  marked: readonly Path[] = [],
): Problem[] {
  const hidden = hiddenKeys(args);
  if (hidden.length > 0) return presentable(hidden);
  const kind = { schema, rules, marked } as Judged;
  const secrets = secretTexts(marked.map((path) => valueAt(args, path)));
  // Scrubbed of what a rule says of other fields than the one that is wrong; before it is cut, or half a secret might be left.
  const scrubbed = problemsIn(kind, args, surroundings).map(({ path, reason }) => ({
    path: scrub(path, secrets),
    reason: scrub(reason, secrets),
  }));
  return presentable(scrubbed);
}

function problemsIn(kind: Judged, args: JsonObject, surroundings: Surroundings): Problem[] {
  const result = kind.schema.safeParse(args);
  const issues = withoutWiderLimits(
    result.success ? [] : result.error.issues.flatMap((issue) => certain(issue, args)),
  );
  const told = withTakenValues(kind.rules, args, issues.slice(0, MOST_PROBLEMS), surroundings);
  const problems = told.map((issue) => problemOf(kind, args, issue));
  if (problems.length > 0) return problems;
  const context = ruleContext(args, surroundings, (path, reason, hint) => {
    const at = parsePath(path);
    problems.push({ path, reason: sentence(kind, args, at, reason, hint) });
  });
  exclusionRules(kind.schema, args, (path, reason, hint) => context.report(formatPath(path), reason, hint));
  kind.rules?.(args, context);
  return problems;
}

/** The issues without a limit of a value that has a narrower one: every integer has that of JavaScript, too. */
function withoutWiderLimits(issues: z.core.$ZodIssue[]): z.core.$ZodIssue[] {
  return issues.filter((issue) => {
    const isWider = (other: z.core.$ZodIssue) =>
      other !== issue &&
      formatPath(other.path) === formatPath(issue.path) &&
      ((issue.code === "too_big" && other.code === "too_big" && issue.maximum > other.maximum) ||
        (issue.code === "too_small" && other.code === "too_small" && issue.minimum < other.minimum));
    return !issues.some(isWider);
  });
}

/** As a terminal may show them. */
function presentable(problems: Problem[]): Problem[] {
  return problems.slice(0, MOST_PROBLEMS).map(({ path, reason }) => ({
    path: printable(shortened(formatPath(parsePath(path).map(shownKey)), MOST_CHARACTERS)),
    reason: printable(shortened(reason, MOST_CHARACTERS)),
  }));
}

function shownKey(key: string | number): string | number {
  return typeof key === "string" ? shortened(key, 257) : key;
}

/** Every key `__proto__`, which zod does not look at inside free maps, and what is nested without end. */
function hiddenKeys(value: unknown, path: Path = []): Problem[] {
  if (typeof value !== "object" || value === null) return [];
  if (path.length > DEEPEST) return [{ path: formatPath(path.slice(0, 3)), reason: "is nested too deeply" }];
  return Object.entries(value).flatMap(([key, inner]) => {
    const at = [...path, Array.isArray(value) ? Number(key) : key];
    if (key === "__proto__") return [{ path: formatPath(at), reason: "is a name that no object can have" }];
    return hiddenKeys(inner, at);
  });
}

/** The issue as far as it is about known values: of a union, what its fitting alternative says. */
function certain(issue: z.core.$ZodIssue, args: JsonObject): z.core.$ZodIssue[] {
  for (let length = 0; length <= issue.path.length; length++) {
    if (valueAt(args, issue.path.slice(0, length)) === UNKNOWN) return [];
  }
  if (issue.code === "invalid_union" && issue.errors.length > 0) {
    const alternatives = issue.errors.map((errors) =>
      errors.flatMap((inner) =>
        certain({ ...inner, path: [...issue.path, ...inner.path] } as z.core.$ZodIssue, args),
      ),
    );
    if (alternatives.some((errors) => errors.length === 0)) return [];
    const value = valueAt(args, issue.path);
    const fitting = alternatives.filter(
      (errors) => !errors.some((error) => isWrongForm(error, issue.path, value)),
    );
    return fitting.length === 1 ? (fitting[0] ?? []) : [issue];
  }
  if (issue.code === "invalid_key") {
    return issue.issues.map((inner) => ({ ...inner, path: issue.path }) as z.core.$ZodIssue);
  }
  if (issue.code === "unrecognized_keys") {
    return issue.keys.filter((key) => key !== "__proto__").map((key) => ({ ...issue, keys: [key] }));
  }
  return [issue];
}

/**
 * Where something stands that its field cannot be read from: a list or an object for a text or a number, one of these for a list
 * or an object, or nothing inside of something that is there. Everything else that a check would refuse can be read.
 */
export function misfits({ schema }: Pick<Kind, "schema">, args: JsonObject): Path[] {
  const result = schema.safeParse(args);
  const issues = result.success ? [] : result.error.issues.flatMap((issue) => certain(issue, args));
  return issues.filter((issue) => isMisfit(issue, args)).map(({ path }) => path);
}

function isMisfit(issue: z.core.$ZodIssue, args: JsonObject): boolean {
  const value = valueAt(args, issue.path);
  if (value === null || value === undefined) return issue.code === "invalid_type" && issue.path.length > 1;
  const isNested = typeof value === "object";
  if (issue.code === "invalid_union")
    return issue.errors.every((errors) =>
      errors.some((one) => isWrongForm(one as z.core.$ZodIssue, [], value)),
    );
  // One of some texts.
  if (issue.code === "invalid_value") return isNested;
  if (issue.code !== "invalid_type") return false;
  // APISIX writes an empty list as an empty object.
  if (["object", "record", "array"].includes(issue.expected))
    return !isNested || Object.keys(value).length > 0;
  if (isNested) return true;
  return (
    ["number", "int"].includes(issue.expected) &&
    (value === true || value === false || Number.isNaN(Number(value)))
  );
}

/** True for an alternative of a union that is meant for another form of value: a text near an enumeration is not. */
function isWrongForm(issue: z.core.$ZodIssue, path: Path, value: unknown): boolean {
  if (issue.path.length !== path.length) return false;
  return issue.code === "invalid_type" || (issue.code === "invalid_value" && typeof value !== "string");
}

function problemOf(kind: Judged, args: JsonObject, issue: z.core.$ZodIssue): Problem {
  const path = formatPath(issue.path);
  if (issue.code === "unrecognized_keys") {
    const outer = schemaFor(schemaAt(kind.schema, issue.path, args), valueAt(args, issue.path));
    const allowed = Object.keys(shapeOf(outer) ?? {});
    const key = issue.keys[0] ?? "";
    const near = nearest(key, allowed);
    const where = formatPath([...issue.path, key]);
    const hint = near
      ? `did you mean "${near}"?`
      : allowed.length <= 12
        ? `known here: ${allowed.join(", ")}`
        : undefined;
    return { path: where, reason: withHint("is no field that exists here", hint) };
  }
  const hint = (issue as { params?: { hint?: string } }).params?.hint;
  if (
    (issue.code === "invalid_type" || issue.code === "invalid_value") &&
    valueAt(args, issue.path) === undefined
  ) {
    const allowed = issue.code === "invalid_value" ? `allowed: ${issue.values.join(", ")}` : undefined;
    return { path, reason: withHint("is missing", allowed) };
  }
  if (issue.code === "invalid_value") {
    const value = valueAt(args, issue.path);
    const near = typeof value === "string" ? nearest(value, issue.values.map(String)) : undefined;
    const meant = JSON.stringify(issue.values.find((candidate) => String(candidate) === near));
    const allowed = `allowed: ${[...issue.values, ...otherForms(kind, args, issue.path)].join(", ")}`;
    return {
      path,
      reason: sentence(
        kind,
        args,
        issue.path,
        "is none of the values allowed",
        near === undefined ? allowed : `did you mean ${meant}? ${allowed}`,
      ),
    };
  }
  return { path, reason: sentence(kind, args, issue.path, wording(issue), hint) };
}

/** The objects that may stand in the place of an enumeration's text, as in `{ custom }`. */
function otherForms(kind: Judged, args: JsonObject, path: Path): string[] {
  const { schema } = bare(schemaAt(kind.schema, path, args));
  if (schema._zod.def.type !== "union") return [];
  return (schema._zod.def as z.core.$ZodUnionDef).options
    .map((option) => Object.keys(shapeOf(option) ?? {}))
    .filter((keys) => keys.length > 0)
    .map((keys) => `{ ${keys.join(", ")} }`);
}

function wording(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_type") return `is not ${article(issue.expected)}`;
  if (issue.code === "invalid_union") return "has none of the forms that are allowed here";
  if (issue.code === "too_small")
    return `is too ${issue.origin === "string" ? "short" : "small"}: at least ${issue.inclusive === false ? "more than " : ""}${issue.minimum}${unit(issue.origin, issue.minimum)}`;
  if (issue.code === "too_big")
    return `is too ${issue.origin === "string" ? "long" : "large"}: at most ${issue.maximum}${unit(issue.origin, issue.maximum)}`;
  return issue.message;
}

function unit(origin: string, count: number | bigint): string {
  const one = origin === "string" ? " character" : origin === "array" ? " element" : "";
  return one && count !== 1 ? `${one}s` : one;
}

function article(expected: string): string {
  const name =
    expected === "int"
      ? "integer"
      : expected === "record"
        ? "object"
        : expected === "array"
          ? "list"
          : expected;
  return /^[aeiou]/.test(name) ? `an ${name}` : `a ${name}`;
}

function sentence(kind: Judged, args: JsonObject, path: Path, reason: string, hint?: string): string {
  // A hint may be made of the value.
  if (kind.marked.some((outer) => outer.every((key, index) => String(key) === String(path[index]))))
    return reason;
  const value = valueAt(args, path);
  const shown = value === undefined || isHidden(kind.schema, path, args) ? "" : preview(value);
  return withHint(shown ? `${shown} ${reason}` : reason, hint);
}

function withHint(reason: string, hint: string | undefined): string {
  return hint ? `${reason}; ${hint}` : reason;
}

function preview(value: unknown): string {
  if (typeof value === "object" && value !== null) return "";
  const text = JSON.stringify(typeof value === "string" ? value.slice(0, 81) : value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}..."` : text;
}

/** True for what stands in a field that may hold a secret, or in the place of an object that holds one. */
function isHidden(schema: z.core.$ZodType, path: Path, args: JsonObject): boolean {
  return (
    path.some((_, index) => isSecret(schemaAt(schema, path.slice(0, index + 1), args))) ||
    holdsSecret(schemaAt(schema, path, args))
  );
}

function isSecret(schema: z.core.$ZodType): boolean {
  const { meta } = bare(schema);
  return meta.secret === true || meta.sensitive === true;
}

function holdsSecret(schema: Schema): boolean {
  return schemasInside(schema).some((inner) => isSecret(inner) || holdsSecret(inner));
}

/** The schema of what stands at a path; that of the nearest value around it where the path leads into free data. */
function schemaAt(schema: Schema, path: Path, args: JsonObject): Schema {
  for (let length = path.length; length > 0; length--) {
    const found = schemaAtPath(schema, args, path.slice(0, length));
    if (found) return found;
  }
  return schema;
}
