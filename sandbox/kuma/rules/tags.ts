import type { Violation } from "../errors.ts";
import { quote } from "../go/quote.ts";
import { at, complainIf, complaint, each, fields, list, text } from "./checks.ts";

/** What a place asks of tags, beyond the characters that they may have. */
export interface TagRules {
  /** There is at least one. */
  some?: true;
  /** There is one that names the service. */
  service?: true;
  /** The only one names the service. */
  onlyService?: true;
}

const SERVICE = "kuma.io/service";

/** Checks tags of data planes. */
export function checkTags(value: unknown, field: string, rules: TagRules = {}): Violation[] {
  const reason = "tag value must consist of alphanumeric characters, dots, dashes and underscores";
  return checkKeysAndValues(value, field, /^[a-zA-Z0-9.\-_:]*$/, reason, rules);
}

/** Checks tags that select, where `*` is any value. */
export function checkSelector(value: unknown, field: string, rules: TagRules = {}): Violation[] {
  const reason =
    'tag value must consist of alphanumeric characters, dots, dashes, slashes and underscores or be "*"';
  return checkKeysAndValues(value, field, /^([a-zA-Z0-9.\-_:/]*|\*)$/, reason, rules);
}

function checkKeysAndValues(
  value: unknown,
  field: string,
  legal: RegExp,
  reason: string,
  { some, service, onlyService }: TagRules,
): Violation[] {
  const nameReason =
    "tag name must consist of alphanumeric characters, dots, dashes, slashes and underscores";
  const tags = Object.entries(fields(value));
  const hasService = Object.hasOwn(fields(value), SERVICE);
  return [
    ...complainIf(some === true && tags.length === 0, field, "must have at least one tag"),
    ...complainIf(
      onlyService === true && !(tags.length === 1 && hasService),
      field,
      `must consist of exactly one tag "${SERVICE}"`,
    ),
    ...tags.flatMap(([key, tag]) => [
      ...complainIf(key === "", field, "tag name must be non-empty"),
      ...complainIf(!/^[a-zA-Z0-9.\-_:/]*$/.test(key), at(field, key), nameReason),
      ...complainIf(
        onlyService === true && key !== SERVICE,
        at(field, key),
        `tag ${quote(key)} is not allowed`,
      ),
      ...complainIf(tag === "", at(field, key), "tag value must be non-empty"),
      ...complainIf(!legal.test(text(tag)), at(field, key), reason),
    ]),
    ...complainIf(service === true && !hasService, field, `mandatory tag "${SERVICE}" is missing`),
  ];
}

/** Checks the selectors of an older policy, of which there is at least one. */
export function checkSelectors(
  value: unknown,
  field: string,
  rules: TagRules = {},
  limits: { mayBeNone?: true; atMostOne?: true } = {},
): Violation[] {
  if (list(value).length === 0) {
    return limits.mayBeNone ? [] : complaint(field, "must have at least one element");
  }
  return each(value, field, ({ match }, place, index) => [
    ...checkSelector(match, `${place}.match`, rules),
    ...complainIf(index > 0 && limits.atMostOne === true, place, "there can be at most one selector"),
  ]);
}

/** Protocols that the control plane names when it refuses one. */
export const PROTOCOLS = ["grpc", "http", "http2", "kafka", "tcp"];

/** Refuses a protocol that the control plane does not know, whatever the case of its letters. */
export function checkProtocolTag(tags: unknown, field: string): Violation[] {
  const protocol = fields(tags)["kuma.io/protocol"];
  if (protocol === undefined || isProtocol(text(protocol))) return [];
  const what = `tag "kuma.io/protocol" has an invalid value ${quote(text(protocol))}`;
  return complaint(at(field, "kuma.io/protocol"), `${what}. Allowed values: ${PROTOCOLS.join(", ")}`);
}

/** Whether it is a protocol; two more are taken than are named in a refusal. */
export const isProtocol = (text: string): boolean =>
  [...PROTOCOLS, "tls", "mysql"].includes(text.toLowerCase());
