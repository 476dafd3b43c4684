import type { ErrorObject } from "ajv";
import { hasUnknown, isObject, type Json, UNKNOWN } from "../fields.ts";
import { nearest } from "../nearest.ts";
import { valueAt } from "../paths.ts";

/** One thing that is wrong with a plugin's configuration. Never shows a value. */
export interface Finding {
  path: (string | number)[];
  reason: string;
  hint?: string | undefined;
  /** The keyword of JSON schema that says so. */
  keyword: string;
}

const COMBINING = ["anyOf", "oneOf", "if"];
/** Keywords whose verdict about a value may hinge on something unknown inside of it. */
const ABOUT_THE_INSIDE = ["not", "contains", "uniqueItems", "const", "enum"];

/** What errors mean for somebody who wrote a configuration. What hinges on unknown values is left out. */
export function findings(errors: readonly ErrorObject[], schema: Json, configuration: Json): Finding[] {
  const outermost = errors.find(
    (error) => COMBINING.includes(error.keyword) && !errors.some((other) => isInside(error, other)),
  );
  if (!outermost) return errors.flatMap((error) => simple(error, schema, configuration));
  const inside = errors.filter((error) => isInside(error, outermost));
  const others = errors.filter((error) => error !== outermost && !inside.includes(error));
  const combined =
    outermost.keyword === "if"
      ? conditional(outermost, inside, schema, configuration)
      : alternatives(outermost, inside, schema, configuration);
  return [...combined, ...findings(others, schema, configuration)];
}

/** True when `error` is what a combination's part says about the value that the combination is about. */
function isInside(error: ErrorObject, combination: ErrorObject): boolean {
  if (error === combination || !COMBINING.includes(combination.keyword)) return false;
  const base = combination.schemaPath;
  const parts =
    combination.keyword === "if"
      ? `${base.replace(/if$/, "")}${String(combination.params.failingKeyword)}/`
      : `${base}/`;
  const sameValue = `${error.instancePath}/`.startsWith(`${combination.instancePath}/`);
  return sameValue && error.schemaPath.startsWith(parts);
}

/** What `then` or `else` says, unless the condition looks at something unknown. */
function conditional(
  error: ErrorObject,
  inside: ErrorObject[],
  schema: Json,
  configuration: Json,
): Finding[] {
  const condition = partAt(schema, error);
  const value = valueAt(configuration, pointer(error.instancePath));
  const uncertain = namesIn(condition).some((name) => isObject(value) && hasUnknown(value[name]));
  return uncertain || value === UNKNOWN ? [] : findings(inside, schema, configuration);
}

/** What the one alternative that was meant says, or that none of them fits. */
function alternatives(
  error: ErrorObject,
  inside: ErrorObject[],
  schema: Json,
  configuration: Json,
): Finding[] {
  const path = indexed(pointer(error.instancePath), configuration);
  const { keyword } = error;
  const value = valueAt(configuration, path);
  if (error.params.passingSchemas) {
    const reason = "has two of the forms that exclude each other";
    return hasUnknown(value) ? [] : [{ path, keyword, reason, hint: forms(partAt(schema, error)) }];
  }
  const groups = Map.groupBy(
    inside,
    (inner) => inner.schemaPath.slice(error.schemaPath.length).split("/")[1],
  );
  const options = [...groups.values()].map((group) => findings(group, schema, configuration));
  if (value === UNKNOWN || options.some((option) => option.length === 0)) return [];
  const fitting = options.filter(
    (option) => !option.some((found) => found.keyword === "type" && found.path.length === path.length),
  );
  const meant = fitting.length === 1 ? fitting[0] : undefined;
  if (meant) return meant;
  const allTypes = fitting.length === 0 && options.every((option) => option.length === 1);
  if (allTypes) {
    const reasons = options.flat().map(({ reason }) => reason.replace(/^is not /, ""));
    return [{ path, keyword: "type", reason: `is neither ${[...new Set(reasons)].join(" nor ")}` }];
  }
  const hint = forms(partAt(schema, error));
  return [{ path, keyword, reason: "has none of the forms that are allowed here", hint }];
}

/** `needs count and time_window, or rules`, where all alternatives are about what has to be there. */
function forms(options: unknown): string | undefined {
  if (!Array.isArray(options)) return undefined;
  const needs = options.map((option) =>
    isObject(option) && Array.isArray(option.required) ? option.required : [],
  );
  if (needs.some((names) => names.length === 0)) return undefined;
  return `needs ${needs.map((names) => names.join(" and ")).join(", or ")}`;
}

/** The names of the properties that a condition looks at. */
function namesIn(condition: unknown): string[] {
  if (Array.isArray(condition)) return condition.flatMap(namesIn);
  if (!isObject(condition)) return [];
  const { properties, required, anyOf, allOf, oneOf, not } = condition;
  return [
    ...(isObject(properties) ? Object.keys(properties) : []),
    ...(Array.isArray(required) ? required.map(String) : []),
    ...[anyOf, allOf, oneOf, not].flatMap(namesIn),
  ];
}

function simple(error: ErrorObject, schema: Json, configuration: Json): Finding[] {
  const path = indexed(pointer(error.instancePath), configuration);
  const value = valueAt(configuration, path);
  const { keyword, params } = error;
  if (value === UNKNOWN || (ABOUT_THE_INSIDE.includes(keyword) && hasUnknown(value))) return [];
  if (keyword === "required" || keyword === "dependencies") {
    return [{ path: [...path, String(params.missingProperty)], keyword, reason: "is missing" }];
  }
  if (keyword === "additionalProperties") {
    const name = String(params.additionalProperty);
    const known = valueAt(schema, [...partPath(error).slice(0, -1), "properties"]);
    const allowed = isObject(known) ? Object.keys(known) : [];
    return [unknownField([...path, name], name, allowed)];
  }
  if (keyword === "enum") {
    const allowed = (params.allowedValues as Json[]).map((candidate) => String(candidate));
    const near = typeof value === "string" ? nearest(value, allowed) : undefined;
    const hint = `${near === undefined ? "" : `did you mean ${JSON.stringify(near)}? `}allowed: ${allowed.join(", ")}`;
    return [{ path, keyword, reason: "is none of the values allowed", hint }];
  }
  return [{ path, keyword, reason: wording(keyword, params, error.message ?? "is wrong") }];
}

/** A name that is not known where it stands. */
export function unknownField(path: (string | number)[], name: string, allowed: string[]): Finding {
  const near = nearest(name, allowed);
  const known = allowed.length > 0 && allowed.length <= 12 ? `known here: ${allowed.join(", ")}` : undefined;
  const hint = near === undefined ? known : `did you mean "${near}"?`;
  return { path, keyword: "additionalProperties", reason: "is no field that exists here", hint };
}

function wording(keyword: string, params: Record<string, unknown>, message: string): string {
  const limit = String(params.limit);
  if (keyword === "type") return `is not ${[params.type].flat().map(form).join(" or ")}`;
  if (keyword === "minimum") return `is too small: at least ${limit}`;
  if (keyword === "exclusiveMinimum") return `is too small: more than ${limit}`;
  if (keyword === "maximum") return `is too large: at most ${limit}`;
  if (keyword === "minLength") return `is too short: at least ${limit} characters`;
  if (keyword === "maxLength") return `is too long: at most ${limit} characters`;
  if (keyword === "minItems") return `is too short: at least ${limit} elements`;
  if (keyword === "maxItems") return `is too long: at most ${limit} elements`;
  if (keyword === "uniqueItems") return "holds the same element twice";
  if (keyword === "pattern") return `does not match ${String(params.pattern)}`;
  return message;
}

function form(type: unknown): string {
  const name = type === "array" ? "list" : String(type);
  return /^[aeiou]/.test(name) ? `an ${name}` : `a ${name}`;
}

/** The keys of a JSON pointer. */
function pointer(text: string): string[] {
  const keys = text.split("/").slice(1);
  return keys.map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** Where in a schema the part is that an error is about; Ajv percent-encodes the names on the way there. */
function partPath(error: ErrorObject): string[] {
  return pointer(decodeURIComponent(error.schemaPath));
}

function partAt(schema: Json, error: ErrorObject): unknown {
  return valueAt(schema, partPath(error));
}

/** The path with numbers where lists are. */
function indexed(path: string[], configuration: Json): (string | number)[] {
  return path.map((key, index) =>
    Array.isArray(valueAt(configuration, path.slice(0, index))) ? Number(key) : key,
  );
}
