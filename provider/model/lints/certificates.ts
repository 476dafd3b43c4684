import { isObject, UNKNOWN } from "../fields.ts";
import { validityOf } from "../inventory/certificates.ts";
import type { Validity } from "../inventory/exits.ts";
import { kindOf } from "../kinds.ts";
import { formatPath, type Path, valueAt } from "../paths.ts";
import { secretPathsOf } from "../secret-fields.ts";
import type { Declared } from "./facts.ts";
import { unwatched } from "./watched.ts";

/** How PEM and base64 of it begin. */
const CERTIFICATE = /^\s*(-----BEGIN |LS0tLS1CRUdJTi)/;

/** Fields that hold one. */
const FIELD = /cert|^ca$|^inline/i;

/** The certificates that stand in a resource's arguments, but for those in fields that are secret. */
export function certificatesOf({ type, args: given }: Declared): Validity[] {
  const args = unwatched(given);
  const found: { path: Path; text: string }[] = [];
  const visit = (value: unknown, path: Path): void => {
    if (typeof value === "string") {
      if (CERTIFICATE.test(value)) found.push({ path, text: value });
      // Of all that is not known only this concerns certificates.
      else if (value === UNKNOWN && FIELD.test(String(path.at(-1)))) valueAt(given, path);
    } else if (Array.isArray(value))
      for (const [index, item] of value.entries()) visit(item, [...path, index]);
    else if (isObject(value)) for (const [key, inner] of Object.entries(value)) visit(inner, [...path, key]);
  };
  visit(args, []);
  if (found.length === 0) return [];
  const secret = secretPathsOf(kindOf(type).schema, args);
  const isSecret = (path: Path) =>
    secret.some((one) => one.every((key, index) => String(key) === String(path[index])));
  return found
    .filter(({ path }) => !isSecret(path))
    .flatMap(({ path, text }) => validityOf(text, formatPath(path)));
}
