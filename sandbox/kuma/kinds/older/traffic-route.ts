import type { Violation } from "../../errors.ts";
import {
  type FieldDecoder,
  type Fields,
  list,
  map,
  message,
  oneOf,
  text,
  textValue,
  uint32,
  uint32Value,
  uint64,
} from "../../message.ts";
import {
  at,
  complainIf,
  complaint,
  each,
  fields,
  isSet,
  list as items,
  text as textOf,
} from "../../rules/checks.ts";
import { checkSelector } from "../../rules/tags.ts";
import type { Kind } from "../kind.ts";
import { checkServices, notEmpty, olderPolicy, sourcesAndDestinations } from "./older-policy.ts";
import { checkModify, modify } from "./traffic-route-modify.ts";

const split: FieldDecoder = list(message({ weight: uint32Value, destination: map(textValue) }));
/** Tags that were sent stay, even if there are none. */
const destination: FieldDecoder = (value) => map(textValue)(value) ?? {};
const matcher = oneOf({ prefix: textValue, exact: textValue, regex: textValue });

/** Where traffic goes. */
export const trafficRoute: Kind = olderPolicy(
  "TrafficRoute",
  "traffic-routes",
  {
    ...sourcesAndDestinations,
    conf: message({
      split,
      load_balancer: oneOf({
        round_robin: message({}),
        least_request: message({ choice_count: uint32 }),
        ring_hash: message({ hash_function: text, min_ring_size: uint64, max_ring_size: uint64 }),
        random: message({}),
        maglev: message({}),
      }),
      destination,
      http: list(
        message({
          match: message({ method: matcher, path: matcher, headers: map(matcher) }),
          modify,
          split,
          destination,
        }),
      ),
    }),
  },
  (spec) => [...checkServices(spec), ...checkConf(spec.conf)],
);

function checkConf(value: unknown): Violation[] {
  if (!isSet(value)) return complaint("conf", "cannot be empty");
  const conf = fields(value);
  return [
    ...checkTargets(conf, "conf"),
    ...each(conf.http, "conf.http", (http, field) => [
      ...checkMatch(fields(http.match), `${field}.match`),
      ...checkModify(fields(http.modify), fields(http.match), `${field}.modify`),
      ...checkTargets(http, field),
    ]),
    ...checkLoadBalancer(fields(conf.loadBalancer)),
  ];
}

const SERVICE = { some: true, service: true } as const;

function checkTargets({ split: parts, destination }: Fields, field: string): Violation[] {
  return [
    ...complainIf(!isSet(parts) && !isSet(destination), field, 'requires either "destination" or "split"'),
    ...complainIf(
      isSet(parts) && isSet(destination),
      field,
      '"split" cannot be defined at the same time as "destination"',
    ),
    ...(isSet(parts) ? checkSplit(parts, `${field}.split`) : []),
    ...(isSet(destination) ? checkSelector(destination, `${field}.destination`, SERVICE) : []),
  ];
}

function checkSplit(parts: unknown, field: string): Violation[] {
  const weights = items(parts).map((part) => Number(fields(part).weight ?? 0));
  const isNothing = weights.every((weight) => weight === 0);
  return [
    ...each(parts, field, ({ weight, destination }, place) => [
      ...complainIf(!isSet(weight), `${place}.weight`, "needs to be defined"),
      ...checkSelector(destination, `${place}.destination`, SERVICE),
    ]),
    ...complainIf(isNothing, field, "there must be at least one split entry with weight above 0"),
  ];
}

function checkMatch({ path, method, headers }: Fields, field: string): Violation[] {
  if (![path, method, headers].some(isSet)) {
    const elements = '"method", "path" or "headers"';
    return complaint(field, `must be present and contain at least one of the elements: ${elements}`);
  }
  return [
    ...(isSet(method) ? checkMatcher(method, `${field}.method`) : []),
    ...(isSet(path) ? checkMatcher(path, `${field}.path`) : []),
    ...Object.entries(fields(headers)).flatMap(([name, header]) => [
      ...complainIf(name === "", at(`${field}.headers`, name), "cannot be empty"),
      ...checkMatcher(header, at(`${field}.headers`, name)),
    ]),
  ];
}

function checkMatcher(value: unknown, field: string): Violation[] {
  const [name] = Object.keys(fields(value));
  if (name === undefined) {
    return complaint(field, 'cannot be empty. Available options: "exact", "split" or "regex"');
  }
  return name === "exact" ? [] : notEmpty(fields(value)[name], `${field}.${name}`);
}

function checkLoadBalancer({ leastRequest, ringHash }: Fields): Violation[] {
  const field = "conf.loadBalancer";
  const isKnown = ["XX_HASH", "MURMUR_HASH_2"].includes(textOf(fields(ringHash).hashFunction));
  return [
    ...complainIf(
      fields(leastRequest).choiceCount === 1,
      `${field}.leastRequest.choiceCount`,
      "value must be greater than or equal to 2",
    ),
    ...complainIf(
      isSet(ringHash) && !isKnown,
      `${field}.ringHash.hashFunction`,
      "must have a valid hash function",
    ),
  ];
}
