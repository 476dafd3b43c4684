import * as z from "zod";
import type { Exclusion } from "./exclusions.ts";

/** The text that stands for a value that is not known yet, at any depth of what `check` and `diff` get (Pulumi's wire format). */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** JSON as it travels between the engine, the lifecycle and the servers. */
export type Json = null | boolean | number | string | Json[] | JsonObject;
/** An object of {@link Json}. */
export type JsonObject = { [key: string]: Json };

/** The server's versions that have something: from `since` on, and none from `until` on. */
export interface Releases {
  since?: string;
  until?: string;
}

/** Another way to write a field of the same object, as `host: "a"` is of `hosts: ["a"]`. */
export interface Spelling {
  /** The field that the server knows. */
  of: string;
  /** That field's value. An unknown value stays unknown, or is part of the value. */
  toField(value: Json): Json;
  /** The reverse; undefined for what cannot be said in this spelling. */
  fromField(value: Json): Json | undefined;
}

/** Several ways to write the value of one field, as nodes are a list or a map. */
export interface Form {
  /** The one in which values are compared. What is in it already stays as it is. */
  canonical(value: Json): Json;
  /** A canonical value in the form of what was written; undefined where it cannot be said so, or need not be. */
  like(canonical: Json, written: Json): Json | undefined;
}

/** What names another object inside a value that the schema does not describe. */
export interface NestedReference {
  path: readonly (string | number)[];
  value: Json;
  /** Type of the other object, as in `apisix:Upstream`. */
  type: string;
}

/** What a schema says about a field beyond its type, given with zod's `meta`. */
export type FieldMeta = {
  /** The order of the elements means nothing, and none may stand twice. */
  set?: boolean;
  /** The order of the elements means nothing; this tells which element is meant, whatever else of it has changed. */
  elementKey?: (element: Json) => string;
  /** The field is another way to write a field beside it. */
  spelling?: Spelling;
  /** The value can be written in several ways. */
  form?: Form;
  /** What the server does where the field is absent, if that depends on other fields and so is no default of the schema. */
  absentMeans?: Json;
  /** Never shown, always encrypted in the state. */
  secret?: boolean;
  /** The server does not give the value back as it was written: what was declared is kept on a read. */
  writeOnly?: boolean;
  /** Where secrets stand inside free data: always encrypted in the state. */
  secretPaths?: (value: Json) => (string | number)[][];
  /** The server does not give back what stands at {@link FieldMeta.secretPaths} as it was written. */
  writeOnlySecrets?: boolean;
  /** Not sent to the server: it steers this package, and is kept from the state on a read. */
  local?: boolean;
  /** The field's text may hold secrets, so no error shows it, and server texts that repeat it are scrubbed. */
  sensitive?: boolean;
  /** Other versions of the server drop the field in silence, so that it is refused there. */
  releases?: Releases;
  /** The value names an object of this type, as in `apisix:Upstream`. */
  reference?: string;
  /** What names other objects inside the value. */
  references?: (value: Json) => NestedReference[];
  /** Of an object: which of its fields go together, and which exclude each other. */
  exclusions?: readonly Exclusion[];
  /** Legal values, where pattern and limits do not say enough to make some up: tests make arguments of them. */
  examples?: readonly Json[];
  /** A number is another value than the text of its digits, though the field takes both. */
  numberOrText?: boolean;
  /** Its TypeScript type, where the name made of its place would not do, as for what stands in several places. */
  typeName?: string;
  /** What a type of that name is, where that is more than what the field is. */
  typeDoc?: string;
};

/** True for a plain object (no list, no null). */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** True when `value` is unknown or holds something unknown. */
export function hasUnknown(value: unknown): boolean {
  if (value === UNKNOWN) return true;
  if (Array.isArray(value)) return value.some(hasUnknown);
  return isObject(value) && Object.values(value).some(hasUnknown);
}

/** The same JSON, whatever the order of the keys. */
export function sameJson(left: unknown, right: unknown): boolean {
  return stableJson(left) === stableJson(right);
}

/** JSON text with sorted keys: equal values have equal texts. */
export function stableJson(value: unknown): string {
  return (
    JSON.stringify(value, (_, inner) =>
      isObject(inner)
        ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
        : inner,
    ) ?? "undefined"
  );
}

/** A list whose order means nothing and in which nothing stands twice. */
export function set<T extends z.ZodType>(element: T, minimum = 0): z.ZodArray<T> {
  return z
    .array(element)
    .min(minimum)
    .superRefine((list, context) => {
      const seen = new Set<string>();
      list.forEach((item, index) => {
        const text = stableJson(item);
        if (item !== UNKNOWN && seen.has(text)) {
          context.addIssue({ code: "custom", message: "stands in the list twice", path: [index] });
        }
        seen.add(text);
      });
    })
    .meta({ set: true } satisfies FieldMeta);
}

/** A schema without its optional and default wrappings, and what they say. */
export interface Bare {
  schema: z.core.$ZodType;
  optional: boolean;
  default?: unknown;
  description?: string;
  meta: FieldMeta;
}

/** Unwraps `optional()`, `nullable()`, `default()` and `prefault()`, and gathers their descriptions. */
export function bare(schema: z.core.$ZodType): Bare {
  const known = bareSchemas.get(schema);
  if (known) return known;
  const found = unwrap(schema);
  bareSchemas.set(schema, found);
  return found;
}

const WRAPPINGS = ["optional", "nullable", "default", "prefault"];
/** Asked for every field of every value. */
const bareSchemas = new WeakMap<z.core.$ZodType, Bare>();

function unwrap(schema: z.core.$ZodType): Bare {
  const { description, ...meta } = (z.globalRegistry.get(schema) ?? {}) as FieldMeta & {
    description?: string;
  };
  const own = { ...(description === undefined ? {} : { description }), meta };
  const def = schema._zod.def;
  if (!WRAPPINGS.includes(def.type)) return { schema, optional: false, ...own };
  const wrapped = def as z.core.$ZodOptionalDef | z.core.$ZodNullableDef | z.core.$ZodDefaultDef;
  const inner = bare(wrapped.innerType);
  return {
    ...inner,
    ...own,
    meta: { ...inner.meta, ...meta },
    optional: wrapped.type !== "nullable" || inner.optional,
    ...("defaultValue" in wrapped ? { default: wrapped.defaultValue } : {}),
  };
}

/** The fields of an object schema; nothing for free maps and all else. */
export function shapeOf(schema: z.core.$ZodType): Record<string, z.core.$ZodType> | undefined {
  const def = bare(schema).schema._zod.def;
  return def.type === "object" ? (def as z.core.$ZodObjectDef).shape : undefined;
}

/** The element's schema of a list, or the one alternative of a union that has the form of `value`. */
export function schemaFor(schema: z.core.$ZodType, value: unknown): z.core.$ZodType {
  const inner = bare(schema).schema;
  if (inner._zod.def.type !== "union") return inner;
  const form = Array.isArray(value) ? ["array"] : isObject(value) ? ["object", "record"] : undefined;
  const options = (inner._zod.def as z.core.$ZodUnionDef).options;
  const fitting = options.find((option) => {
    const type = bare(option).schema._zod.def.type;
    return form ? form.includes(type) : !["array", "object", "record"].includes(type);
  });
  return fitting ? schemaFor(fitting, value) : inner;
}
