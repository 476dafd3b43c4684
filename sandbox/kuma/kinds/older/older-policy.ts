import type { Violation } from "../../errors.ts";
import {
  type FieldDecoder,
  type Fields,
  list,
  map,
  message,
  oneOfNamesValue,
  textValue,
} from "../../message.ts";
import { complainIf, text } from "../../rules/checks.ts";
import { checkSelectors, type TagRules } from "../../rules/tags.ts";
import type { Kind } from "../kind.ts";

const selectors = list(message({ match: map(textValue) }));

/** A policy of the time before target references; only the global control plane of a federation has it written. */
export function olderPolicy(
  type: string,
  path: string,
  fields: Record<string, FieldDecoder>,
  check: (spec: Fields) => Violation[],
): Kind {
  return {
    type,
    path,
    inMesh: true,
    writtenOn: "global",
    goesDown: true,
    policy: {},
    decode: message(fields),
    check,
  };
}

/** The fields of a policy between services. */
export const sourcesAndDestinations: Record<string, FieldDecoder> = {
  sources: selectors,
  destinations: selectors,
};

/** The field of a policy for services. */
export const selectorsOnly: Record<string, FieldDecoder> = { selectors };

const SERVICE: TagRules = { some: true, service: true };

/** Complaints about who sends and who receives, where both are services. */
export const checkServices = ({ sources, destinations }: Fields): Violation[] => [
  ...checkSelectors(sources, "sources", SERVICE),
  ...checkSelectors(destinations, "destinations", { service: true, onlyService: true }),
];

/** Complaints about who sends and who receives, where both have any tags. */
export const checkTagged = ({ sources, destinations }: Fields): Violation[] => [
  ...checkSelectors(sources, "sources", { some: true }),
  ...checkSelectors(destinations, "destinations", { some: true }),
];

/** A duration that is nothing; undefined is none. */
export const isNoTime = (value: unknown): boolean => typeof value === "string" && /^-?0s$/.test(value);

/** A duration or number, if it is set, is more than nothing. */
export function positiveIfDefined(value: unknown, field: string): Violation[] {
  return complainIf(isNoTime(value) || value === 0, field, "has to be greater than 0 when defined");
}

/** A method of HTTP. */
export const httpMethod: FieldDecoder = oneOfNamesValue(
  "kuma.mesh.v1alpha1.HttpMethod",
  "NONE",
  "CONNECT",
  "DELETE",
  "GET",
  "HEAD",
  "OPTIONS",
  "PATCH",
  "POST",
  "PUT",
  "TRACE",
);

/** A percentage, which has to be given. */
export function checkPercentage(value: unknown, field: string): Violation[] {
  if (value === undefined) return [{ field, reason: "cannot be empty" }];
  return complainIf(Number(value) < 0 || Number(value) > 100, field, "has to be in [0.0 - 100.0] range");
}

/** A text, which has to be given. */
export const notEmpty = (value: unknown, field: string): Violation[] =>
  complainIf(text(value) === "", field, "cannot be empty");
