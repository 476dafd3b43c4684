import * as pulumi from "@pulumi/pulumi";
import { isObject } from "../model/fields.ts";

/** True for an output or a promise. */
export function isEventual(value: unknown): boolean {
  return pulumi.Output.isInstance(value) || value instanceof Promise;
}

/** True when there is no output or promise in a value, at any depth: it is known as it stands. */
export function isPlain(value: unknown): boolean {
  if (isEventual(value)) return false;
  if (Array.isArray(value)) return value.every(isPlain);
  return !isObject(value) || Object.values(value).every(isPlain);
}
