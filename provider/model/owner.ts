import { randomInt } from "node:crypto";
import type { JsonObject } from "./fields.ts";
import { isObject } from "./fields.ts";

const OWNER_LABEL = "pulumi-owner";
const STACK_LABEL = "pulumi-stack";
const KEY_LABEL = "pulumi-key";
const ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";

/** Whose an object is, as its labels say. */
export interface Ownership {
  /** Hash over organisation and URN. */
  owner: string;
  /** Made by the create that wrote the object. */
  mark: string;
  /** PROJECT.STACK, for people. */
  stack?: string | undefined;
  /** Of an object of a bundle: its key there, where that is not the object's name. */
  key?: string | undefined;
}

/** A mark for one create: 8 characters. */
export function newMark(): string {
  return Array.from({ length: 8 }, () => ALPHABET[randomInt(ALPHABET.length)]).join("");
}

/** Whose the object is; nothing when no label says so. */
export function ownershipOf(object: JsonObject): Ownership | undefined {
  const labels = isObject(object.labels) ? object.labels : {};
  const match = /^([^.]+)\.([^.]+)$/.exec(String(labels[OWNER_LABEL] ?? ""));
  if (!match) return undefined;
  const [, owner = "", mark = ""] = match;
  const stack = labels[STACK_LABEL];
  const key = labels[KEY_LABEL];
  return {
    owner,
    mark,
    ...(typeof stack === "string" ? { stack } : {}),
    ...(typeof key === "string" ? { key } : {}),
  };
}

/** The object with our labels added. */
export function withOwnership(object: JsonObject, { owner, mark, stack, key }: Ownership): JsonObject {
  const labels = isObject(object.labels) ? object.labels : {};
  return {
    ...object,
    labels: {
      ...labels,
      [OWNER_LABEL]: `${owner}.${mark}`,
      ...(stack ? { [STACK_LABEL]: stack } : {}),
      ...(key ? { [KEY_LABEL]: key } : {}),
    },
  };
}

/** The object without our labels and those that are nobody's to declare. */
export function withoutOwnership(object: JsonObject, isUndeclared: (key: string) => boolean): JsonObject {
  if (!isObject(object.labels)) return object;
  const labels = Object.entries(object.labels).filter(
    ([key]) => ![OWNER_LABEL, STACK_LABEL, KEY_LABEL].includes(key) && !isUndeclared(key),
  );
  return { ...object, labels: Object.fromEntries(labels) };
}
