import { EXACT, type Fit } from "./level.ts";

/** How a host pattern fits a host, for the router that looks at hosts first: exactly, or by the length of the ending. */
export function hostFit(pattern: string, host: string): Fit {
  const wanted = pattern.toLowerCase();
  const star = wanted.lastIndexOf("*");
  if (star < 0) return wanted === host ? { value: EXACT, length: 0 } : undefined;
  const ending = wanted.slice(star + 1);
  return host.endsWith(ending) ? { value: ending.length, length: 0 } : undefined;
}

/**
 * Whether a host pattern fits, for the routers that look at paths first.
 *
 * @param header the `Host` header as it was sent; patterns with a port are compared with it
 */
export function hostHolds(pattern: string, host: string, header: string): boolean {
  const wildcard = pattern.startsWith("*");
  const wanted = (wildcard ? pattern.slice(1) : pattern).toLowerCase();
  const given = wanted.includes(":") ? header : host;
  return wildcard ? given.endsWith(wanted) : given === wanted;
}

/** How many characters at their ends two hosts have in common. */
export function hostLikeness(pattern: string, host: string): number {
  const wanted = pattern.replace(/^\*/, "").toLowerCase();
  let count = 0;
  while (count < wanted.length && wanted.at(-1 - count) === host.at(-1 - count)) count++;
  return count;
}
