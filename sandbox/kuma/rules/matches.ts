import type { Violation } from "../errors.ts";
import { subdomainReasons } from "../go/names.ts";
import type { Fields } from "../message.ts";
import { complainIf, complaint, each, fields, isSet, text } from "./checks.ts";

/** Checks who is meant by the matches of a rule: identities and names that clients ask for. */
export function checkMatches(matches: unknown, field: string): Violation[] {
  return each(matches, field, checkMatch);
}

function checkMatch({ spiffeID, sni }: Fields, field: string): Violation[] {
  const says: Violation[] = [];
  if (isSet(spiffeID)) {
    const reason = spiffeReason(text(fields(spiffeID).value));
    if (reason) says.push({ field: `${field}.spiffeID`, reason: `must be a valid Spiffe ID: ${reason}` });
  }
  if (isSet(sni)) {
    const name = text(fields(sni).value);
    const reasons = name === "" ? ["must be set"] : subdomainReasons(name);
    says.push(...reasons.flatMap((reason) => complaint(`${field}.sni.value`, reason)));
  }
  return says;
}

/**
 * Checks the matches of a rule in a policy where some settings cannot depend on who sends: each match says
 * something, and where one names an identity those settings are refused.
 */
export function checkSourceMatches(
  matches: unknown,
  field: string,
  unconditional: (reason: string) => Violation[],
): Violation[] {
  const reason =
    "can't be specified when matches contain spiffeID because this field cannot be conditioned on source identity";
  const names = each(matches, field, ({ spiffeID }, at) => complainIf(isSet(spiffeID), at, ""));
  return [
    ...checkMatches(matches, field),
    ...each(matches, field, ({ spiffeID, sni }, at) =>
      complainIf(!isSet(spiffeID) && !isSet(sni), at, "must specify at least one of 'spiffeID' or 'sni'"),
    ),
    ...(names.length > 0 ? unconditional(reason) : []),
  ];
}

/** What is wrong with a SPIFFE ID, in the words of its library; nothing if it is one. */
export function spiffeReason(id: string): string | undefined {
  if (id === "") return "cannot be empty";
  if (!id.startsWith("spiffe://")) return "scheme is missing or invalid";
  const [domain = "", ...segments] = id.slice("spiffe://".length).split("/");
  if (!/^[a-z0-9._-]*$/.test(domain)) {
    return "trust domain characters are limited to lowercase letters, numbers, dots, dashes, and underscores";
  }
  if (domain === "") return "trust domain is missing";
  for (const [index, segment] of segments.entries()) {
    const isLast = index === segments.length - 1;
    if (!/^[a-zA-Z0-9._-]*$/.test(segment)) {
      return "path segment characters are limited to letters, numbers, dots, dashes, and underscores";
    }
    if (segment === "")
      return isLast ? "path cannot have a trailing slash" : "path cannot contain empty segments";
    if (segment === "." || segment === "..") return "path cannot contain dot segments";
  }
  return undefined;
}
