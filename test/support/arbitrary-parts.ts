import * as fc from "fast-check";
import type { JsonObject } from "../../provider/model/fields.ts";

/** Nine times of ten one of the right values. */
export function mostly<T>(right: T[], wrong: T[]): fc.Arbitrary<T> {
  return fc.oneof({ weight: 19, arbitrary: fc.constantFrom(...right) }, fc.constantFrom(...wrong));
}

/** An object in which every field may be left out, apart from these keys. */
export function optional(fields: Record<string, fc.Arbitrary<unknown>>, requiredKeys: string[] = []) {
  return fc.record(fields, { requiredKeys, noNullPrototype: true }) as fc.Arbitrary<JsonObject>;
}

/** Names of Kuma. */
export const names = mostly(
  ["a", "a.b-c", "x".repeat(253), "default"],
  ["", "UPPER", "a-", "-a", "a..b", "under_score", "x".repeat(254), "a b"],
);
/** Labels of Kuma. */
export const labels = fc.dictionary(
  mostly(
    ["team", "a.b/c_D", "x".repeat(63)],
    ["kuma.io/mesh", "pulumi-owner", "a/b/c", "/a", "x".repeat(64), "a-"],
  ),
  mostly(["edge", "", "A.b-c_d", "x".repeat(63)], ["a b", "-a", "x".repeat(64)]),
  { maxKeys: 2, noNullPrototype: true },
);

const PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
/** Sources of a certificate. */
export const sources = mostly<JsonObject>(
  [{ secret: "certificate" }, { inline: Buffer.from(PEM).toString("base64") }, { inlineString: PEM }],
  [{ inlineString: PEM, secret: "certificate" }, { inline: "no base64" }, { inlineString: "" }, {}],
);
/** Ports. */
export const ports = mostly<number | string>([1, 10002, 9901, 65535], [0, -1, 65536, 2 ** 32, 1.5, "80"]);
