import * as pulumi from "@pulumi/pulumi";
import type * as z from "zod";
import { bare, shapeOf } from "../../provider/model/fields.ts";
import type { Kind } from "../../provider/model/kind.ts";
import { secretCases } from "./secret-cases.ts";

/** The fields of a kind that are or may hold secrets, and that no row of {@link secretCases} has. */
export function untriedSecrets({ type, schema }: Kind): string[] {
  const tried = secretCases().flatMap((one) => (one.type === type ? pathsIn(one.args) : []));
  return secretFields(schema).filter((path) => !tried.includes(path));
}

/** The fields that a schema calls secret, or such that they may hold some. */
function secretFields(schema: z.core.$ZodType, at = ""): string[] {
  const { schema: inner, meta } = bare(schema);
  if (meta.secret || meta.sensitive || meta.secretPaths) return [at];
  const def = inner._zod.def as { element?: z.core.$ZodType; options?: z.core.$ZodType[] };
  if (def.element) return secretFields(def.element, at);
  return [
    ...(def.options ?? []).flatMap((option) => secretFields(option, at)),
    ...Object.entries(shapeOf(inner) ?? {}).flatMap(([key, field]) => secretFields(field, `${at}/${key}`)),
  ];
}

/** The paths of everything in arguments, less the places in lists. */
export function pathsIn(value: unknown, at = ""): string[] {
  if (pulumi.Output.isInstance(value) || typeof value !== "object" || value === null) return [at];
  if (Array.isArray(value)) return value.flatMap((item) => pathsIn(item, at));
  return [at, ...Object.entries(value).flatMap(([key, inner]) => pathsIn(inner, `${at}/${key}`))];
}
