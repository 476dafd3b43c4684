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
export function findings(all: readonly ErrorObject[], schema: Json, configuration: Json): Finding[] {
  // Of a list that lacks an element, what each of the others would have to be is of no interest.
  const lacking = all
    .filter(({ keyword }) => keyword === "contains")
    .map(({ schemaPath }) => `${schemaPath}/`);
  const errors = all.filter(({ schemaPath }) => !lacking.some((path) => schemaPath.startsWith(path)));
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
  if (keyword === "not") return [excluded(error, schema, path, value)];
  if (keyword === "contains") {
    return [{ path, keyword, reason: `does not hold ${wanted(partAt(schema, error))}` }];
  }
  return [{ path, keyword, reason: WORDS[keyword]?.(params) ?? "has no place here" }];
}

/** A name that is not known where it stands. */
export function unknownField(path: (string | number)[], name: string, allowed: string[]): Finding {
  const near = nearest(name, allowed);
  const known = allowed.length > 0 && allowed.length <= 12 ? `known here: ${allowed.join(", ")}` : undefined;
  const hint = near === undefined ? known : `did you mean "${near}"?`;
  return { path, keyword: "additionalProperties", reason: "is no field that exists here", hint };
}

/** How each keyword is put, given its limit or what else it says. What is about the inside of a value has sentences of its own. */
const WORDS: Record<string, (params: Record<string, unknown>) => string> = {
  type: ({ type }) => `is not ${[type].flat().map(form).join(" or ")}`,
  minimum: ({ limit }) => `is too small: at least ${limit}`,
  exclusiveMinimum: ({ limit }) => `is too small: more than ${limit}`,
  maximum: ({ limit }) => `is too large: at most ${limit}`,
  exclusiveMaximum: ({ limit }) => `is too large: less than ${limit}`,
  multipleOf: ({ multipleOf }) => `is no multiple of ${multipleOf}`,
  minLength: ({ limit }) => `is too short: at least ${count(limit, "character")}`,
  maxLength: ({ limit }) => `is too long: at most ${count(limit, "character")}`,
  minItems: ({ limit }) => `is too short: at least ${count(limit, "element")}`,
  maxItems: ({ limit }) => `is too long: at most ${count(limit, "element")}`,
  additionalItems: ({ limit }) => `is too long: at most ${count(limit, "element")}`,
  minProperties: ({ limit }) => `has too few fields: at least ${limit}`,
  maxProperties: ({ limit }) => `has too many fields: at most ${limit}`,
  propertyNames: ({ propertyName }) =>
    `has a field whose name is not allowed: ${JSON.stringify(propertyName)}`,
  uniqueItems: () => "holds the same element twice",
  pattern: ({ pattern }) => `does not match ${pattern}`,
  format: ({ format }) => `is no ${FORMATS[String(format)] ?? format}`,
  const: ({ allowedValue }) => `is not ${JSON.stringify(allowedValue)}, the only value allowed`,
};

const FORMATS: Record<string, string> = {
  ipv4: "IPv4 address",
  ipv6: "IPv6 address",
  hostname: "host name",
  uri: "URI",
};

function count(limit: unknown, unit: string): string {
  return `${limit} ${unit}${limit === 1 ? "" : "s"}`;
}

/** What must not be together, or not be there at all. */
function excluded(error: ErrorObject, schema: Json, path: Finding["path"], value: unknown): Finding {
  const { keyword } = error;
  const outer = partPath(error).slice(0, -1);
  const not = partAt(schema, error);
  const has = (name: string) => isObject(value) && Object.hasOwn(value, name);
  const unwanted = sets(not).find((names) => names.length > 0 && names.every(has));
  if (unwanted === undefined)
    return { path, keyword, reason: "is one of the values that are not allowed here" };
  const [first = "", ...others] = outer.at(-2) === "dependencies" ? [outer.at(-1), ...unwanted] : unwanted;
  if (others.length === 0) return { path: [...path, first], keyword, reason: "has no place here" };
  return { path: [...path, first], keyword, reason: `does not go with ${others.join(" and ")}` };
}

/** The sets of fields of which a schema asks for one. */
function sets(schema: unknown): string[][] {
  if (!isObject(schema)) return [];
  const { required, anyOf } = schema;
  if (Array.isArray(required)) return [required.map(String)];
  return Array.isArray(anyOf) ? anyOf.flatMap(sets) : [];
}

/** What a list has to hold. */
function wanted(part: unknown): string {
  if (!isObject(part)) return "an element of another form";
  if (part.const !== undefined) return `the element ${JSON.stringify(part.const)}`;
  if (Array.isArray(part.enum)) return `one of ${part.enum.join(", ")}`;
  return "an element of the form that is needed";
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
