import { isObject, type JsonObject } from "../store.ts";
import type { Walk } from "./validator.ts";

/** Checks what a schema combines of other schemas. */
export function checkCombinations(walk: Walk, schema: JsonObject, value: unknown): string | undefined {
  return (
    checkAll(walk, list(schema.allOf), value) ??
    checkAny(walk, list(schema.anyOf), value) ??
    checkOne(walk, list(schema.oneOf), value) ??
    checkCondition(walk, schema, value) ??
    (schema.not !== undefined && walk.fits(schema.not, value)
      ? "value wasn't supposed to match schema"
      : undefined)
  );
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function checkAll(walk: Walk, schemas: unknown[], value: unknown): string | undefined {
  for (const [index, schema] of schemas.entries()) {
    const error = walk.check(schema, value);
    if (error !== undefined) return `allOf ${index + 1} failed: ${error}`;
  }
  return undefined;
}

function checkAny(walk: Walk, schemas: unknown[], value: unknown): string | undefined {
  if (schemas.length === 0 || schemas.some((schema) => walk.fits(schema, value))) return undefined;
  const required = schemas.flatMap((schema) =>
    isObject(schema) && schema.required !== undefined ? [JSON.stringify(schema.required)] : [],
  );
  return `object matches none of the required${required.length > 0 ? `: ${required.join(" or ")}` : ""}`;
}

function checkOne(walk: Walk, schemas: unknown[], value: unknown): string | undefined {
  const words = "value should match only one schema, but matches";
  let matched: number | undefined;
  for (const [index, schema] of schemas.entries()) {
    if (!walk.fits(schema, value)) continue;
    if (matched !== undefined) return `${words} both schemas ${matched + 1} and ${index + 1}`;
    matched = index;
  }
  return schemas.length > 0 && matched === undefined ? `${words} none` : undefined;
}

function checkCondition(walk: Walk, schema: JsonObject, value: unknown): string | undefined {
  if (schema.if === undefined) return undefined;
  const branch = walk.fits(schema.if, value) ? "then" : "else";
  const other = schema[branch];
  return other === undefined || walk.fits(other, value) ? undefined : `${branch} clause did not match`;
}
