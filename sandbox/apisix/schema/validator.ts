import { luaType } from "../lua/values.ts";
import { isReference } from "../secret-references.ts";
import { isObject, type JsonObject } from "../store.ts";
import { checkCombinations } from "./combinations.ts";
import { checkContains, checkList } from "./lists.ts";
import { checkObject } from "./objects.ts";
import { checkConstant, checkEnum, checkFormat, checkNumber, checkText } from "./scalars.ts";

/** In what the validators of APISIX's releases differ. */
export interface Dialect {
  /** Whether a reference to a secret stands for any text, whatever the schema says of the text (from 3.17 on). */
  skipsReferences: boolean;
  /** The word for what a text with a `format` is, in its error: `address` in 3.11, `format` later. */
  formatWord: "address" | "format";
}

/** The outcome of a validation: the value with the schema's defaults, or what is wrong with it. */
export type Validation = { value: JsonObject } | { error: string };

/** One validation: what is wrong with a value, undefined for nothing. Defaults are filled into the value on the way. */
export interface Walk {
  dialect: Dialect;
  check(schema: unknown, value: unknown): string | undefined;
  /** Whether a value fits; the defaults of a schema that it does not fit are taken back. */
  fits(schema: unknown, value: unknown): boolean;
  /** Fills in a default. */
  add(object: JsonObject, name: string, value: unknown): void;
}

/**
 * Validates a copy of a value as APISIX's own validator does: the same keywords in the same order, the first fault in
 * the same words. An empty list and an empty object are the same to it.
 */
export function validate(schema: JsonObject, value: unknown, dialect: Dialect): Validation {
  const copy = structuredClone(value);
  const error = begin(dialect).check(schema, copy);
  return error === undefined ? { value: copy as JsonObject } : { error };
}

function begin(dialect: Dialect): Walk {
  const added: { object: JsonObject; name: string }[] = [];
  const walk: Walk = {
    dialect,
    check: (schema, value) => checkValue(walk, schema, value),
    fits(schema, value) {
      const before = added.length;
      if (walk.check(schema, value) === undefined) return true;
      for (const { object, name } of added.splice(before)) delete object[name];
      return false;
    },
    add(object, name, value) {
      object[name] = structuredClone(value);
      added.push({ object, name });
    },
  };
  return walk;
}

function checkValue(walk: Walk, schema: unknown, value: unknown): string | undefined {
  if (schema === false) return "expect false always";
  if (!isObject(schema)) return undefined;
  const text = schema.type === undefined || schema.type === "string";
  if (walk.dialect.skipsReferences && text && isReference(value)) return undefined;
  return (
    checkType(schema.type, value) ??
    checkObject(walk, schema, value) ??
    checkList(walk, schema, value) ??
    checkText(schema, value) ??
    checkNumber(schema, value) ??
    checkEnum(schema, value) ??
    checkCombinations(walk, schema, value) ??
    checkFormat(schema, value, walk.dialect.formatWord) ??
    checkConstant(schema, value) ??
    checkContains(walk, schema, value)
  );
}

function checkType(type: unknown, value: unknown): string | undefined {
  if (Array.isArray(type)) {
    if (type.some((one) => hasType(one, value))) return undefined;
    return `wrong type: expected one of ${type.join(", ")}, got ${luaType(value)}`;
  }
  if (typeof type !== "string" || hasType(type, value)) return undefined;
  return `wrong type: expected ${type}, got ${luaType(value)}`;
}

function hasType(type: unknown, value: unknown): boolean {
  if (type === "object") return isObject(value) || (Array.isArray(value) && value.length === 0);
  if (type === "array") return Array.isArray(value) || (isObject(value) && Object.keys(value).length === 0);
  if (type === "integer") return typeof value === "number" && value % 1 === 0;
  if (type === "null") return value === null;
  return luaType(value) === type;
}
