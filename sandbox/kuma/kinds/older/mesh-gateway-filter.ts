import type { Violation } from "../../errors.ts";
import {
  doubleValue,
  type FieldDecoder,
  type Fields,
  flag,
  list,
  merged,
  message,
  oneOf,
  text,
  textValue,
  uint32,
} from "../../message.ts";
import {
  complainIf,
  complaint,
  each,
  fields,
  isSet,
  list as items,
  text as textOf,
} from "../../rules/checks.ts";
import { checkPort } from "../kind.ts";
import { checkPercentage, notEmpty } from "./older-policy.ts";

const header = message({ name: text, value: text });
const headers = message({ set: list(header), add: list(header), remove: list(textValue) });
const rewrite = merged(
  oneOf({ replace_full: textValue, replace_prefix_match: textValue }),
  message({ host_to_backend_hostname: flag }),
);

/** What a gateway's route does with a request on its way to a backend. */
export const filter = (backend: FieldDecoder): FieldDecoder =>
  oneOf({
    request_header: headers,
    mirror: message({ backend, percentage: doubleValue }),
    redirect: message({ scheme: text, hostname: text, port: uint32, status_code: uint32, path: rewrite }),
    rewrite,
    response_header: headers,
  });

/** What the rest of a rule says that filters depend on. */
interface Rule {
  /** A match is by the beginning of the path. */
  hasPrefix: boolean;
  /** The host becomes that of the backend. */
  keepsHost: boolean;
}

/** Complaints about a filter. */
export function checkFilter(
  { requestHeader, redirect, mirror, rewrite: change }: Fields,
  field: string,
  rule: Rule,
  checkBackend: (backend: Fields, field: string) => Violation[],
): Violation[] {
  if (isSet(requestHeader)) return checkHeaders(fields(requestHeader), `${field}.request_header`, rule);
  if (isSet(redirect)) return checkRedirect(fields(redirect), `${field}.redirect`);
  if (isSet(mirror)) {
    const { percentage, backend } = fields(mirror);
    return [
      ...checkPercentage(percentage, `${field}.mirror.percentage`),
      ...(isSet(backend)
        ? checkBackend(fields(backend), `${field}.mirror.backend`)
        : complaint(`${field}.mirror.backend`, "cannot be empty")),
    ];
  }
  const isLost = isSet(fields(change).replacePrefixMatch) && !rule.hasPrefix;
  const reason = "cannot be used without a match on path prefix";
  return complainIf(isLost, `${field}.rewrite.replacePrefixMatch`, reason);
}

function checkHeaders({ set, add, remove }: Fields, field: string, { keepsHost }: Rule): Violation[] {
  const isEmpty = [set, add, remove].every((part) => items(part).length === 0);
  const check = ({ name, value }: Fields, at: string): Violation[] => {
    const isHost = [":authority", "Host", "host"].includes(textOf(name));
    const option = "'rewrite.host_to_backend_hostname' option";
    const reason = `cannot modify '${textOf(name)}' header, when route has set ${option}`;
    return [
      ...complainIf(isHost && keepsHost, at, reason),
      ...notEmpty(name, `${at}.name`),
      ...notEmpty(value, `${at}.value`),
    ];
  };
  return [
    ...complainIf(isEmpty, field, "cannot be empty"),
    ...each(set, `${field}.set`, check),
    ...each(add, `${field}.add`, check),
    ...items(remove).flatMap((name, index) => notEmpty(name, `${field}.remove[${index}]`)),
  ];
}

function checkRedirect({ port, statusCode = 0 }: Fields, field: string): Violation[] {
  const isOutside = Number(statusCode) < 300 || Number(statusCode) > 308;
  return [
    ...(isSet(port) ? checkPort(`${field}.port`, Number(port)) : []),
    ...complainIf(isOutside, `${field}.status_code`, "must be in the range [300, 308]"),
  ];
}
