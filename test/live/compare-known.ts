import type { RawRequest } from "./compare-servers.ts";

/** A difference between the sandbox and a real control plane that is meant to be. */
interface Known {
  why: string;
  kinds: RegExp;
  words: RegExp;
}

/** All differences that there may be. */
export const KNOWN: Known[] = [
  {
    why: "a control plane removes workloads without data planes in its own time, and makes some again",
    kinds: /^Workload$/,
    words:
      /^(GET (after|list|form|format|name|path)|DELETE \w+|PUT \w+): (status: (200|201|404) instead of|body\.(items|total))/,
  },
  {
    why: "a control plane tells ingresses of the data planes of all meshes, also those of others",
    kinds: /^ZoneIngress$/,
    words: /availableServices/,
  },
  {
    why: "bytes that are no UTF-8 are shown as bytes in some messages, and as replacement characters in the sandbox",
    kinds: /./,
    words: /^PUT text: .*(\\ufffd|\ufffd|\\x[89a-f])/,
  },
  {
    why: "a field in another case of letters escapes the definition; the sandbox then checks and fills in no further",
    kinds: /./,
    words: /^\w+ (letters|letters after): /,
  },
  {
    why: "the sandbox reads a number too large for its type as floating point, the server shows it as it was written",
    kinds: /./,
    words: /cannot unmarshal number (Infinity|[\d.]+e\+\d+) .* instead of .*cannot unmarshal number/,
  },
  {
    why: "of several wrong entries of a map any may be the first",
    kinds: /./,
    words:
      /cannot unmarshal (\w+) into Go value of type (\w+).* instead of .*cannot unmarshal (?!\1)(\w+) into Go value of type \2/,
  },
];

/** The reason why a difference may be. */
export function knownDifference(type: string, _request: RawRequest, what: string): string | undefined {
  return KNOWN.find(({ kinds, words }) => kinds.test(type) && words.test(what))?.why;
}
