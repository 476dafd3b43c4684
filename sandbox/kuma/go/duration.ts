import { DecodeError } from "./decode-error.ts";
import { quoteBytes } from "./quote.ts";

const units: Record<string, bigint> = {
  ns: 1n,
  us: 1_000n,
  "\u00b5s": 1_000n,
  "\u03bcs": 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

/** Nanoseconds of a text such as `1h30m`, `-1.5s` or `0`, as Go's time.ParseDuration reads it; throws its error. */
export function parseDuration(text: string): bigint {
  const invalid = () => new DecodeError(`time: invalid duration ${quoteBytes(text)}`);
  const isNegative = text.startsWith("-");
  let rest = text.replace(/^[+-]/, "");
  if (rest === "0") return 0n;
  if (rest === "") throw invalid();
  let total = 0n;
  while (rest !== "") {
    const [number = ""] = /^\d*(\.\d*)?/.exec(rest) ?? [];
    if (!/\d/.test(number)) throw invalid();
    rest = rest.slice(number.length);
    const [unit = ""] = /^[^\d.]*/.exec(rest) ?? [];
    if (unit === "") throw new DecodeError(`time: missing unit in duration ${quoteBytes(text)}`);
    const nanoseconds = Object.hasOwn(units, unit) ? units[unit] : undefined;
    if (nanoseconds === undefined) {
      throw new DecodeError(`time: unknown unit ${quoteBytes(unit)} in duration ${quoteBytes(text)}`);
    }
    rest = rest.slice(unit.length);
    const [whole = "", fraction = ""] = number.split(".");
    total += BigInt(whole || 0) * nanoseconds;
    total += (BigInt(fraction || 0) * nanoseconds) / 10n ** BigInt(fraction.length);
    if (total > 1n << 63n || (total === 1n << 63n && !isNegative)) throw invalid();
  }
  return isNegative ? -total : total;
}

/** As Go prints a duration: `1h0m0s`, `1m30s`, `1.5s`, `100ms`, `0s`. */
export function formatDuration(nanoseconds: bigint): string {
  if (nanoseconds === 0n) return "0s";
  const sign = nanoseconds < 0n ? "-" : "";
  const size = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  if (size < 1_000n) return `${sign}${size}ns`;
  if (size < 1_000_000n) return `${sign}${decimal(size, 3)}\u00b5s`;
  if (size < 1_000_000_000n) return `${sign}${decimal(size, 6)}ms`;
  const minutes = size / 60_000_000_000n;
  const seconds = `${decimal(size % 60_000_000_000n, 9)}s`;
  if (minutes === 0n) return sign + seconds;
  return minutes < 60n
    ? `${sign}${minutes}m${seconds}`
    : `${sign}${minutes / 60n}h${minutes % 60n}m${seconds}`;
}

/** A duration of a protobuf message in JSON: seconds with no, three, six or nine decimals. */
export function formatSeconds(nanoseconds: bigint): string {
  const sign = nanoseconds < 0n ? "-" : "";
  const size = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  const fraction = String(size % 1_000_000_000n)
    .padStart(9, "0")
    .replace(/(000){1,3}$/, "");
  return `${sign}${size / 1_000_000_000n}${fraction && `.${fraction}`}s`;
}

/** The value divided by a power of ten, without zeros at the end. */
function decimal(value: bigint, digits: number): string {
  const divisor = 10n ** BigInt(digits);
  const fraction = String(value % divisor)
    .padStart(digits, "0")
    .replace(/0+$/, "");
  return `${value / divisor}${fraction && `.${fraction}`}`;
}
