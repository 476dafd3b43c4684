/** What a change may do, as `--fail-on` and readers sort it. */
export const EFFECTS = [
  "reachable",
  "gone",
  "verified",
  "unverified",
  "encryption",
  "answer",
  "auth-removed",
  "limit-removed",
  "plugin",
  "permission",
  "consumer",
  "not known",
] as const;
/** See {@link EFFECTS}. */
export type Effect = (typeof EFFECTS)[number];

/** One thing that a change does. */
export interface Line {
  effect: Effect;
  /** What it is about, as in `route r1` or `httpbin.org:443`. */
  about: string;
  place: string;
  text: string;
  /** Requests that it was seen with. */
  examples: string[];
}
