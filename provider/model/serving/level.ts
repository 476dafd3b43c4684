import { type Field, type Item, type Unclear, unclearValue } from "./objects.ts";

/** How well a route fits in one respect, by the best of its patterns. */
export interface Level {
  /** Higher goes first; -Infinity when nothing is sure to fit. */
  value: number;
  /** Of patterns that are equally good in this respect, the length of the whole pattern in bytes. */
  length: number;
  /** The pattern that fits best or comes nearest, or the field in its place. */
  field: Field;
  /** Because of these it may fit better than that. */
  unclear: Unclear[];
}

/** How one pattern fits: not at all, this well, or "expression" where it cannot be judged. */
export type Fit = { value: number; length: number } | "expression" | undefined;

/** The value of what fits exactly: nothing goes before it. */
export const EXACT = Number.POSITIVE_INFINITY;
const NOTHING = Number.NEGATIVE_INFINITY;

/**
 * The best of several patterns.
 *
 * @param judge judges one pattern
 * @param likeness how near a pattern that does not fit comes, to name the nearest
 */
export function bestOf(
  patterns: readonly Item[],
  field: Field,
  judge: (pattern: string) => Fit,
  likeness: (pattern: string) => number,
): Level {
  const best: Level = { value: NOTHING, length: 0, field, unclear: [] };
  let nearest = -1;
  for (const item of patterns) {
    if (item.text === undefined) {
      best.unclear.push(...item.unclear);
      continue;
    }
    const found = judge(item.text);
    if (found === "expression") best.unclear.push({ field: item.field, why: "expression" });
    else if (found) {
      if (found.value < best.value || (found.value === best.value && found.length <= best.length)) continue;
      Object.assign(best, found, { field: item.field });
    } else if (best.value === NOTHING && likeness(item.text) > nearest) {
      nearest = likeness(item.text);
      best.field = item.field;
    }
  }
  if (best.value === EXACT) best.unclear = [];
  return best;
}

/** Whether something is sure to fit. */
export function fits(level: Level): boolean {
  return level.value !== NOTHING;
}

/** A number of a field, 0 where it is not set. */
export function numberLevel(value: unknown, field: Field): Level {
  const unclear = unclearValue(value, field);
  return { value: unclear.length > 0 ? NOTHING : Number(value ?? 0), length: 0, field, unclear };
}
