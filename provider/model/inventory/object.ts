import { canonical } from "../canonical.ts";
import { isObject, type JsonObject, UNKNOWN } from "../fields.ts";
import type { Kind } from "../kind.ts";
import type { Path } from "../paths.ts";
import { movedMarks, secretPathsOf } from "../secret-fields.ts";
import { secretPathsByName } from "../secret-names.ts";
import { notKnown } from "../serving/not-known.ts";
import type { Stored } from "../serving/objects.ts";
import { argumentPath, toServer } from "../wire.ts";
import { markersIn, withUnknownTexts } from "./values.ts";

/**
 * The object that a server has by these arguments, in the server's own words. A marker in the arguments is one in the
 * object, wherever its field stands there, and so is every value that is a secret by its field or by its name, such as
 * `Authorization` among the headers that a plugin sets.
 *
 * @param id the object's id, where it is known
 */
export function objectOf(kind: Kind, args: Stored, id: string | undefined): Stored {
  const plain = withUnknownTexts(args) as JsonObject;
  const form = canonical(kind, plain);
  const marked = movedMarks(kind.schema, markersIn(args, "secret"), form);
  const secret = [...secretPathsOf(kind.schema, form), ...secretPathsByName(kind, form)];
  const body = toServer(kind, form);
  const within = (paths: readonly Path[]) => (path: Path) => {
    const at = argumentPath(kind.schema, body, path);
    return paths.some((one) => one.every((key, index) => String(key) === String(at[index])));
  };
  const object = withMarkers(body, [], { isSecret: within(secret), wasSecret: within(marked) }) as Stored;
  if (kind.dialect !== "apisix" || id === undefined) return object;
  return { id: id.split("/").at(-1), ...object };
}

/** Which paths hold a secret by their fields, and in which the arguments had a marker of one. */
interface Secrets {
  isSecret(path: Path): boolean;
  wasSecret(path: Path): boolean;
}

function withMarkers(value: unknown, at: Path, secrets: Secrets): unknown {
  if (at.length > 0 && secrets.isSecret(at)) return notKnown("secret");
  if (typeof value === "string") {
    if (!value.includes(UNKNOWN)) return value;
    return notKnown(secrets.wasSecret(at) ? "secret" : "unknown");
  }
  if (Array.isArray(value)) return value.map((item, index) => withMarkers(item, [...at, index], secrets));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, withMarkers(inner, [...at, key], secrets)]),
  );
}
