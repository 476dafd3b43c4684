import * as z from "zod";
import type { Exclusion } from "../../exclusions.ts";
import { type FieldMeta, type Json, UNKNOWN } from "../../fields.ts";
import { base64 } from "../fields.ts";
import { type Definition, definitionOf, kindDefinition } from "./definitions.ts";
import { duration } from "./duration.ts";
import { namesIn } from "./type-names.ts";

/** What is wrong with a value, if something is: the reason, and what to write instead. */
export type Check = (value: Json) => { reason: string; hint?: string } | undefined;

/** What Kuma asks of a field and its CRD does not say. */
export interface Refinement {
  /** Judges a value that has the right type. */
  check?: Check;
  /** Limits of an integer, in the place of the CRD's. */
  limits?: { minimum?: number; maximum?: number };
  /** Stands in the field's description. */
  says?: string;
  /** The server refuses an object without the field. */
  required?: true;
  /** The server does the same where the field is absent. */
  absentMeans?: Json;
  /** The server makes the field, so that nobody declares it. */
  serverMade?: true;
  exclusions?: readonly Exclusion[];
  /** Legal values, where the type and limits do not say which are. */
  examples?: readonly Json[];
  meta?: FieldMeta;
}

/**
 * Refinements by the place of the fields: `to|from[].default.http` stands for the field in the elements of both lists, `*`
 * for any field, and `**` for any way to it.
 */
export type Refinements = Record<string, Refinement>;

/** The strict schema of the spec of a kind that has a CRD. */
export function specSchema(kind: string, refinements: Refinements = {}): z.ZodObject {
  const matchers = Object.entries(refinements).map(([pattern, refinement]) => ({
    matches: matcherOf(pattern),
    refinement,
  }));
  const refine = (path: string): Refinement => {
    const fitting = matchers.filter(({ matches }) => matches.test(path)).map(({ refinement }) => refinement);
    return fitting.length > 1 ? Object.assign({}, ...fitting) : (fitting[0] ?? {});
  };
  const spec = definitionOf(kindDefinition(kind).spec);
  return objectSchema(spec, "", { refine, nameOf: namesIn(kind, spec) });
}

/** What is known of the places in a spec beside what its CRD says. */
interface Places {
  refine(path: string): Refinement;
  /** The name of the type of an object, where it stands in several places. */
  nameOf(path: string): FieldMeta | undefined;
}

function matcherOf(pattern: string): RegExp {
  const segments = pattern.split(".").map((segment) => {
    if (segment === "**") return "(?:.*\\.)?";
    const [, names = "", lists = ""] = /^(.*?)((?:\[\])*)$/.exec(segment) ?? [];
    return `(?:${names.replaceAll("*", "[^.]*")})${lists.replaceAll("[]", "\\[\\]")}`;
  });
  const joined = segments.join("\\.").replaceAll("(?:.*\\.)?\\.", "(?:.*\\.)?");
  return new RegExp(`^${joined}$`);
}

function objectSchema(definition: Definition, path: string, places: Places): z.ZodObject {
  const fields = Object.entries(definition.properties ?? {}).flatMap(([name, inner]) => {
    const at = path === "" ? name : `${path}.${name}`;
    const refinement = places.refine(at);
    if (refinement.serverMade) return [];
    const isRequired = refinement.required ?? definition.required?.includes(name) ?? false;
    return [[name, fieldSchema(definitionOf(inner), at, isRequired, places)] as const];
  });
  return z.strictObject(Object.fromEntries(fields));
}

function fieldSchema(definition: Definition, path: string, isRequired: boolean, places: Places): z.ZodType {
  const { says, absentMeans, limits } = places.refine(path);
  const value = valueSchema(definition, path, places);
  const standard = definition.default ?? absentMeans;
  const described = describedBy({ ...definition, ...limits }, says);
  // Kuma's API takes null where the CRD has a default, and where it says nothing of the type.
  const isNullable = definition.default !== undefined || ["any", "intOrString"].includes(definition.type);
  const schema = isNullable && !isRequired ? z.nullable(value) : value;
  if (isRequired) return schema.describe(described);
  if (standard === undefined) return schema.optional().describe(described);
  const isEmptyObject = typeof standard === "object";
  return (isEmptyObject ? schema.prefault(standard) : schema.default(standard)).describe(described);
}

/** The schema of a value, whether it is a field's or stands in a list. */
function valueSchema(definition: Definition, path: string, places: Places): z.ZodType {
  const { check, exclusions, examples, meta, limits } = places.refine(path);
  const plain = plainSchema({ ...definition, ...limits }, path, places);
  const checked = check ? plain.superRefine((value, context) => judge(check, value as Json, context)) : plain;
  // What is said of a schema is lost when a check is added to it.
  const all = {
    ...z.globalRegistry.get(plain),
    ...meta,
    ...(exclusions ? { exclusions } : {}),
    ...(examples ? { examples } : {}),
  };
  return Object.keys(all).length > 0 ? checked.meta(all) : checked;
}

function judge(check: Check, value: Json, context: z.RefinementCtx): void {
  const found = value === UNKNOWN ? undefined : check(value);
  if (found) context.addIssue({ code: "custom", message: found.reason, params: { hint: found.hint } });
}

function plainSchema(definition: Definition, path: string, places: Places): z.ZodType {
  switch (definition.type) {
    case "any":
      return z.unknown();
    case "object":
      return objectSchema(definition, path, places).meta(places.nameOf(path) ?? {});
    case "map":
      return z.record(z.string(), valueSchema(itemsOf(definition), `${path}.*`, places));
    case "array": {
      const list = z.array(valueSchema(itemsOf(definition), `${path}[]`, places));
      const { minItems, maxItems } = definition;
      const long = minItems === undefined ? list : list.min(minItems);
      return maxItems === undefined ? long : long.max(maxItems);
    }
    case "boolean":
      return z.boolean();
    case "duration":
      return duration();
    case "base64":
      return base64().min(1);
    case "intOrString":
      return z
        .union([integer({ minimum: -(2 ** 31), maximum: 2 ** 31 - 1 }), z.string()])
        .meta({ numberOrText: true } satisfies FieldMeta);
    case "integer":
      return definition.enum ? z.literal(definition.enum) : integer(definition);
    case "string":
      return definition.enum ? z.enum(definition.enum as string[]) : text(definition);
  }
}

function itemsOf({ items }: Definition): Definition {
  return definitionOf(items ?? { type: "any" });
}

function integer({ minimum, maximum }: Pick<Definition, "minimum" | "maximum">): z.ZodType {
  const least = minimum === undefined ? z.int() : z.int().min(minimum);
  return maximum === undefined ? least : least.max(maximum);
}

function text({ minLength, maxLength, pattern }: Definition): z.ZodType {
  const short = z.string().min(minLength ?? 0);
  const limited = maxLength === undefined ? short : short.max(maxLength);
  return pattern === undefined
    ? limited
    : limited.regex(new RegExp(pattern), `does not have the form ${pattern}`);
}

/** The description, with the limits and the server's default where it does not name them. */
function describedBy(
  { description = "", type, default: standard, minimum, maximum }: Definition,
  says = "",
): string {
  const isLimited = type === "integer" && maximum !== undefined && maximum < 2 ** 31 - 1;
  const least = minimum ? `At least ${minimum}.` : "";
  const limits = isLimited ? `${minimum ?? 0} to ${maximum}.` : type === "integer" ? least : "";
  const form = type === "duration" ? 'A duration such as `"90s"` or `"1h30m"`.' : "";
  const isShown = standard !== undefined && standard !== "" && !/defaults?\b/i.test(description);
  const server = isShown ? `Server's default: \`${String(standard)}\`.` : "";
  return [description, form, limits, says, server].filter((part) => part !== "").join(" ");
}
