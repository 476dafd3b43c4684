import type { ErrorObject } from "ajv";

/** Tells of a validation's errors what APISIX's own validator tells: the first one only, in its words. */
export function describeErrors(errors: readonly ErrorObject[], root: unknown): string {
  const combined = errors
    .filter((error) => combining.has(error.keyword))
    .map((error) => `${error.schemaPath}/`);
  const outermost = errors.filter((error) => !combined.some((path) => error.schemaPath.startsWith(path)));
  const [first] = outermost.sort((left, right) => comparePaths(left.schemaPath, right.schemaPath));
  if (!first) return "invalid";
  return where(first) + what(first, root);
}

const combining = new Set(["anyOf", "oneOf", "not", "if"]);

// APISIX looks at a value's type and its properties before it looks at the combinations.
const order = ["type", "properties", "required", "patternProperties", "additionalProperties", "items"];
const last = ["allOf", "anyOf", "oneOf", "not", "if", "then", "else"];

function rank(keyword: string): number {
  const early = order.indexOf(keyword);
  if (early >= 0) return early;
  const late = last.indexOf(keyword);
  return late >= 0 ? order.length + 1 + late : order.length;
}

function comparePaths(left: string, right: string): number {
  const a = left.split("/");
  const b = right.split("/");
  const differing = a.findIndex((segment, index) => segment !== b[index]);
  if (differing < 0) return 0;
  return rank(a[differing] ?? "") - rank(b[differing] ?? "");
}

function segments(path: string): string[] {
  return path
    .split("/")
    .slice(1)
    .map((segment) => decodeURIComponent(segment).replaceAll("~1", "/").replaceAll("~0", "~"));
}

function where(error: ErrorObject): string {
  const schema = segments(error.schemaPath);
  const instance = segments(error.instancePath);
  let text = "";
  let at = 0;
  for (let index = 0; index < schema.length - 1; index += 1) {
    const keyword = schema[index];
    const name = schema[index + 1] ?? "";
    if (keyword === "properties") {
      text += `property "${name}" validation failed: `;
      at += 1;
      index += 1;
    } else if (keyword === "patternProperties") {
      text += `failed to validate ${instance[at]} (matching "${name}"): `;
      at += 1;
      index += 1;
    } else if (keyword === "items") {
      text += `failed to validate item ${Number(instance[at]) + 1}: `;
      at += 1;
    } else if (keyword === "allOf") {
      text += `allOf ${Number(name) + 1} failed: `;
      index += 1;
    }
  }
  return text;
}

function valueAt(root: unknown, path: string): unknown {
  let value = root;
  for (const segment of segments(path)) value = (value as Record<string, unknown> | undefined)?.[segment];
  return value;
}

function luaType(value: unknown): string {
  if (value === null) return "userdata";
  return typeof value === "object" ? "table" : typeof value;
}

function required(schemas: unknown): string {
  const lists = Array.isArray(schemas) ? schemas.map((schema) => schema?.required) : [];
  if (lists.length === 0 || !lists.every(Array.isArray)) return "";
  return `: ${lists.map((list) => JSON.stringify(list)).join(" or ")}`;
}

function what(error: ErrorObject, root: unknown): string {
  const { keyword, params } = error;
  const value = valueAt(root, error.instancePath);
  const length = typeof value === "string" ? [...value].length : 0;
  switch (keyword) {
    case "type":
      return `wrong type: expected ${params.type}, got ${luaType(value)}`;
    case "required":
      return `property "${params.missingProperty}" is required`;
    case "additionalProperties":
      return `additional properties forbidden, found ${params.additionalProperty}`;
    case "enum":
      return "matches none of the enum values";
    case "pattern":
      return `failed to match pattern ${JSON.stringify(params.pattern)} with ${JSON.stringify(value)}`;
    case "minLength":
      return `string too short, expected at least ${params.limit}, got ${length}`;
    case "maxLength":
      return `string too long, expected at most ${params.limit}, got ${length}`;
    case "minItems":
      return `expect array to have at least ${params.limit} items`;
    case "maxItems":
      return `expect array to have at most ${params.limit} items`;
    case "uniqueItems":
      return `expected unique items but items ${Math.min(params.i, params.j) + 1} and ${Math.max(params.i, params.j) + 1} are equal`;
    case "minimum":
      return `expected ${value} to be at least ${params.limit}`;
    case "maximum":
      return `expected ${value} to be at most ${params.limit}`;
    case "exclusiveMinimum":
      return `expected ${value} to be greater than ${params.limit}`;
    case "minProperties":
      return `expect object to have at least ${params.limit} properties`;
    case "anyOf":
      return `object matches none of the required${required(error.schema)}`;
    case "oneOf":
      return Array.isArray(params.passingSchemas)
        ? `value should match only one schema, but matches both schemas ${params.passingSchemas[0] + 1} and ${params.passingSchemas[1] + 1}`
        : "value should match only one schema, but matches none";
    case "not":
      return "value wasn't supposed to match schema";
    default:
      return error.message ?? keyword;
  }
}
