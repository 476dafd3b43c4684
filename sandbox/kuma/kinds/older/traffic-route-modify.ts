import type { Violation } from "../../errors.ts";
import {
  type FieldDecoder,
  type Fields,
  flag,
  list,
  message,
  oneOf,
  text,
  textValue,
} from "../../message.ts";
import { complainIf, complaint, each, fields, isSet, text as textOf } from "../../rules/checks.ts";
import { notEmpty } from "./older-policy.ts";

const replacement = message({ pattern: text, substitution: text });
const headers = message({
  add: list(message({ name: text, value: text, append: flag })),
  remove: list(message({ name: text })),
});

/** What a route changes in requests and answers. */
export const modify: FieldDecoder = message({
  path: oneOf({ rewritePrefix: textValue, regex: replacement }),
  host: oneOf({ value: textValue, fromPath: replacement }),
  requestHeaders: headers,
  responseHeaders: headers,
});

/** Complaints about what a route changes. */
export function checkModify(change: Fields, match: Fields, field: string): Violation[] {
  const { path, host, requestHeaders, responseHeaders } = change;
  return [
    ...(isSet(path) ? checkPath(fields(path), match, `${field}.path`) : []),
    ...(isSet(host) ? checkHost(fields(host), `${field}.host`) : []),
    ...checkHeaders(fields(requestHeaders), `${field}.requestHeaders`),
    ...checkHeaders(fields(responseHeaders), `${field}.responseHeaders`),
  ];
}

function checkPath({ rewritePrefix, regex }: Fields, match: Fields, field: string): Violation[] {
  if (isSet(regex)) return checkReplacement(regex, `${field}.regex`);
  if (!isSet(rewritePrefix)) return complaint(field, 'either "rewritePrefix" or "regex" has to be set');
  const isLost = textOf(rewritePrefix) !== "" && textOf(fields(match.path).prefix) === "";
  const at = `${field}.rewritePrefix`;
  return [
    ...notEmpty(rewritePrefix, at),
    ...complainIf(isLost, at, "can only be set when .http.match.path.prefix is not empty"),
  ];
}

function checkHost({ value, fromPath }: Fields, field: string): Violation[] {
  if (isSet(fromPath)) return checkReplacement(fromPath, `${field}.fromPath`);
  if (!isSet(value)) return complaint(field, 'either "value" or "fromPath" has to be set');
  return notEmpty(value, `${field}.value`);
}

const checkReplacement = (value: unknown, field: string): Violation[] =>
  ["pattern", "substitution"].flatMap((name) => notEmpty(fields(value)[name], `${field}.${name}`));

function checkHeaders({ add, remove }: Fields, field: string): Violation[] {
  return [
    ...each(add, `${field}.add`, ({ name, value }, at) => [
      ...checkName(textOf(name), `${at}.name`),
      ...notEmpty(value, `${at}.value`),
    ]),
    ...each(remove, `${field}.remove`, ({ name }, at) => checkName(textOf(name), `${at}.name`)),
  ];
}

function checkName(name: string, field: string): Violation[] {
  if (name === "") return complaint(field, "cannot be empty");
  const isFixed = name.startsWith(":") || name === "host" || name === "Host";
  const reason = "host header and HTTP/2 pseudo-headers are not allowed to be modified";
  return complainIf(isFixed, field, reason);
}
