import type { Json } from "../../fields.ts";
import { formatDuration, nanosecondsOf } from "./duration.ts";
import type { Check, Refinement } from "./spec-schema.ts";
import { decimalOf, isDnsName, isFilePath, isIpAddress, isSubdomain, isUrl } from "./texts.ts";

/** A refinement by one condition on a text. */
function texts(isRight: (text: string) => boolean, reason: string, examples: string[]): Refinement {
  return {
    check: (value) => (typeof value !== "string" || isRight(value) ? undefined : { reason }),
    examples,
  };
}

/** A duration of more than nothing. */
export const positive: Refinement = {
  ...durations((nanoseconds) => nanoseconds > 0n, "is not more than zero"),
  says: "More than zero.",
};

/** A duration that is not negative. */
export const notNegative: Refinement = durations((nanoseconds) => nanoseconds >= 0n, "is negative");

/** A duration of more than so many nanoseconds. */
export function longerThan(limit: bigint): Refinement {
  const text = formatDuration(limit);
  return {
    ...durations((nanoseconds) => nanoseconds > limit, `is not more than ${text}`),
    says: `More than ${text}.`,
  };
}

function durations(isRight: (nanoseconds: bigint) => boolean, reason: string): Refinement {
  return {
    check(value) {
      const nanoseconds = nanosecondsOf(value);
      return nanoseconds === undefined || isRight(nanoseconds) ? undefined : { reason };
    },
  };
}

/** An integer in a range, both ends included. */
export function between(minimum: number, maximum: number): Refinement {
  return { limits: { minimum, maximum } };
}

/** An integer of at least 1. */
export const atLeastOne: Refinement = { limits: { minimum: 1 } };

/** A number, or a text of one, on which a condition holds. */
function decimals(isRight: (value: number) => boolean, reason: string, says: string): Refinement {
  const check: Check = (value: Json) => {
    const decimal = decimalOf(value);
    if (decimal === undefined)
      return { reason: 'is no number; a fraction is written as a text, as in "0.5"' };
    return isRight(decimal) ? undefined : { reason };
  };
  return { check, says, examples: [1, 50, "0.5"] };
}

/** A percentage. */
export const percentage = decimals(
  (value) => value >= 0 && value <= 100,
  "is not in 0 to 100",
  '0 to 100; a fraction as a text, as in `"0.5"`.',
);

/** A percentage of more than nothing. */
export const percentageAboveZero = decimals(
  (value) => value > 0 && value <= 100,
  "is not more than 0 and at most 100",
  'More than 0, at most 100; a fraction as a text, as in `"0.5"`.',
);

/** A decimal number that is not negative. */
export const decimalFromZero = decimals(
  (value) => value >= 0,
  "is negative",
  'A fraction is written as a text, as in `"0.5"`.',
);

/** A decimal number of more than nothing. */
export const decimalAboveZero = decimals(
  (value) => value > 0,
  "is not more than 0",
  'More than 0; a fraction as a text, as in `"1.9"`.',
);

/** A text of at least one character. */
export const notEmpty = texts((text) => text !== "", "is empty", ["a", "a-b"]);

/** A text with something in it that is always asked for. */
export const needed: Refinement = { ...notEmpty, required: true };

/** A path that begins with a slash. */
export const absolutePath = texts((text) => text.startsWith("/"), 'does not begin with "/"', ["/", "/a/b"]);

/** The absolute path of a file. */
export const filePath = texts(isFilePath, "is no absolute path of a file", ["/dev/stdout", "C:\\a"]);

/** A URL, or the address of a server. */
export const url = texts(isUrl, "is no URL or address", ["http://a.example:8126", "a.example:80"]);

/** A DNS name. */
export const dnsName = texts(isDnsName, "is no DNS name", ["a.example", "A_b."]);

/** An RFC 1123 subdomain. */
export const subdomain = texts(
  isSubdomain,
  "is no RFC 1123 subdomain: lower case letters, digits, - and ., first and last a letter or digit",
  ["a.example", "a"],
);

/** An IP address or a DNS name. */
export const address = texts(
  (text) => isIpAddress(text) || isDnsName(text),
  "is no IP address or domain name (no port, no scheme, no brackets)",
  ["a.example", "10.0.0.1", "::1"],
);
