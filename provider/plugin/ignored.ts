import { ignoredUnseen } from "../lifecycle/refusals.ts";
import { canonical } from "../model/canonical.ts";
import { type JsonObject, sameJson } from "../model/fields.ts";
import type { Kind } from "../model/kind.ts";

/**
 * Refuses a change of a resource that was taken over from a state of version 0.2 or older while `ignoreChanges` is set: such
 * a state has another form than the program, and the engine has copied ignored values between the two by path.
 */
export function ignoredBefore(
  kind: Kind,
  before: JsonObject,
  wanted: JsonObject,
  ignored: readonly string[],
): void {
  if (ignored.length === 0 || sameJson(canonical(kind, before), canonical(kind, wanted))) return;
  throw ignoredUnseen(kind, ignored);
}
