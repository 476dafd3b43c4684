import { createHash } from "node:crypto";
import { isEventual } from "../../provider/dynamic/eventual.ts";
import { isObject, type JsonObject, UNKNOWN } from "../../provider/model/fields.ts";
import type { Kind } from "../../provider/model/kind.ts";
import { validate } from "../../provider/model/validate.ts";
import type { ManifestObject } from "./objects.ts";

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

/** An id at the gateway: the parts joined by `_`. What APISIX would refuse is cut to size and told apart by a hash. */
export function idOf(...parts: readonly string[]): string {
  const id = parts.join("_");
  if (/^[a-zA-Z0-9\-_.]{1,64}$/.test(id)) return id;
  const hash = createHash("sha256").update(id).digest("hex").slice(0, 8);
  return `${id.replace(/[^a-zA-Z0-9\-_.]+/g, "-").slice(0, 55)}_${hash}`;
}

/** Seconds of a time such as `1m30s`, which has been checked; the controller's default is 60. */
export function seconds(duration: unknown): number {
  const [, hours = "0", minutes = "0", rest = "0"] =
    /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(String(duration)) ?? [];
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(rest);
}

/** The three timeouts in seconds; APISIX wants all of them, and the controller fills in 60. */
export function timeouts(timeout: unknown): JsonObject | undefined {
  if (!isObject(timeout)) return undefined;
  const fields = ["connect", "send", "read"].map((field) => {
    return [field, timeout[field] === undefined ? 60 : seconds(timeout[field])];
  });
  return Object.fromEntries(fields) as JsonObject;
}
