import { isEventual } from "../../provider/dynamic/eventual.ts";
import { isObject, type JsonObject, UNKNOWN } from "../../provider/model/fields.ts";
import type { Kind } from "../../provider/model/kind.ts";
import { validate } from "../../provider/model/validate.ts";
import type { ManifestObject } from "./objects.ts";

export { idOf, seconds, timeouts } from "../../provider/model/kubernetes/translation.ts";

/** Arguments of a resource of the API; some of them may be known later only. */
export type Args = Record<string, unknown>;

/** Checks translated arguments, and reports what is wrong where it stands in the manifest. */
export function checkArgs(
  kind: Kind,
  object: ManifestObject,
  args: Args,
  originOf: (path: string) => string,
): void {
  for (const { path, reason } of validate(kind, known(args) as JsonObject))
    object.report(originOf(path), reason);
}

/** Values that come later as the text of an unknown value. */
function known(value: unknown): unknown {
  if (isEventual(value)) return UNKNOWN;
  if (Array.isArray(value)) return value.map(known);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, known(inner)]));
}

/** The object less fields that are undefined, empty lists and empty objects: for the controller they are not there. */
export function given(args: Args): Args {
  return Object.fromEntries(
    Object.entries(args).filter(([, value]) => {
      if (value === undefined) return false;
      if (Array.isArray(value)) return value.length > 0;
      return isEventual(value) || !isObject(value) || Object.keys(value).length > 0;
    }),
  );
}
