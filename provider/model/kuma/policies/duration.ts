import * as z from "zod";
import { type FieldMeta, type Form, type Json, UNKNOWN } from "../../fields.ts";

/** Nanoseconds in a unit, as Go spells it. */
const UNITS: Record<string, bigint> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

const LARGEST = 2n ** 63n - 1n;
// Both signs for micro, as escapes: they would be the only characters of the bundles for which Node.js takes two bytes each.
const PART = /(\d*)(?:\.(\d*))?([a-z\u00b5\u03bc]+)/y;

/** The nanoseconds of a duration as Go reads it, such as `1h30m`, `0.5s` or `-1ms`; undefined for what is none. */
export function parseDuration(text: string): bigint | undefined {
  const [, sign = "", rest = ""] = /^([-+]?)(.*)$/s.exec(text) ?? [];
  if (rest === "0") return 0n;
  if (rest === "" || text.length > 200) return undefined;
  let total = 0n;
  for (PART.lastIndex = 0; PART.lastIndex < rest.length; ) {
    const [, whole = "", fraction = "", unit = ""] = PART.exec(rest) ?? [];
    const nanoseconds = UNITS[unit];
    if (nanoseconds === undefined || whole + fraction === "") return undefined;
    total += BigInt(whole || "0") * nanoseconds + fractionOf(fraction, nanoseconds);
    if (total > LARGEST) return undefined;
  }
  return sign === "-" ? -total : total;
}

function fractionOf(digits: string, unit: bigint): bigint {
  return digits === "" ? 0n : (BigInt(digits) * unit) / 10n ** BigInt(digits.length);
}

/** Nanoseconds as Go writes them: `1m30s`, `24h0m0s`, `1.5ms`, `1µs`, `0s`. */
export function formatDuration(nanoseconds: bigint): string {
  if (nanoseconds < 0n) return `-${formatDuration(-nanoseconds)}`;
  if (nanoseconds === 0n) return "0s";
  if (nanoseconds < 1_000n) return `${nanoseconds}ns`;
  if (nanoseconds < 1_000_000n) return `${decimal(nanoseconds, 1_000n)}µs`;
  if (nanoseconds < 1_000_000_000n) return `${decimal(nanoseconds, 1_000_000n)}ms`;
  const minutes = nanoseconds / 60_000_000_000n;
  const seconds = `${decimal(nanoseconds % 60_000_000_000n, 1_000_000_000n)}s`;
  if (minutes === 0n) return seconds;
  return minutes < 60n ? `${minutes}m${seconds}` : `${minutes / 60n}h${minutes % 60n}m${seconds}`;
}

function decimal(value: bigint, unit: bigint): string {
  const digits = String(value % unit)
    .padStart(String(unit).length - 1, "0")
    .replace(/0+$/, "");
  return digits === "" ? String(value / unit) : `${value / unit}.${digits}`;
}

/** Kuma keeps a duration as Go writes it, however it was written. */
const durationForm: Form = {
  canonical(value) {
    const nanoseconds = nanosecondsOf(value);
    return nanoseconds === undefined ? value : formatDuration(nanoseconds);
  },
  like: () => undefined,
};

/** The nanoseconds of a known value; undefined for what is no duration. */
export function nanosecondsOf(value: Json | undefined): bigint | undefined {
  return typeof value === "string" && value !== UNKNOWN ? parseDuration(value) : undefined;
}

/** A duration as Go reads it. */
export function duration(): z.ZodString {
  return z
    .string()
    .superRefine((text, context) => {
      if (parseDuration(text) !== undefined) return;
      const hint = /^\d+$/.test(text) ? `give the unit, as in "${text.slice(0, 20)}s"` : undefined;
      context.addIssue({
        code: "custom",
        message: 'is no duration such as "90s" or "1h30m" (units: ns, us, ms, s, m, h)',
        params: { hint },
      });
    })
    .meta({ form: durationForm, examples: ["90s", "1m30s", "0.25s", "24h", "1h0m0s"] } satisfies FieldMeta);
}
