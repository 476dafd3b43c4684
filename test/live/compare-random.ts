/** Random choices; those of one seed are always the same. */
export interface Random {
  /** A whole number from 0 to below the limit. */
  below(limit: number): number;
  /** One of the values; there is at least one. */
  pick<T>(values: readonly T[]): T;
  /** True with this probability. */
  chance(probability: number): boolean;
}

/** The random choices of a seed (a linear congruential generator with the constants of Numerical Recipes). */
export function random(seed: number): Random {
  let state = (seed ^ 0x5bd1e995) >>> 0;
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    // The lower bits repeat soon.
    return ((state >>> 8) ^ ((state << 16) & 0xff0000)) / 2 ** 24;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return {
    below,
    pick: <T>(values: readonly T[]) => values[below(values.length)] as T,
    chance: (probability) => next() < probability,
  };
}
