/** The candidate that differs from `word` the least, if it is near enough to be meant: a third of its letters, or `most`. */
export function nearest(word: string, candidates: readonly string[], most = 64): string | undefined {
  // What is longer than any name of ours is near to none of them.
  if (word.length > 256) return undefined;
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, "");
  const meant = plain(word);
  const limit = Math.min(most, Math.max(1, Math.floor(Math.min(word.length, 64) / 3)));
  const ranked = candidates
    .map((candidate) => ({ candidate, plain: plain(candidate) }))
    .filter((one) => Math.abs(one.plain.length - meant.length) <= limit)
    .map((one) => ({ candidate: one.candidate, distance: distance(meant, one.plain) }))
    .sort((a, b) => a.distance - b.distance)[0];
  return ranked && ranked.distance <= limit ? ranked.candidate : undefined;
}

/** How many letters were left out, added, changed or swapped with their neighbour, in the first 64 characters. */
function distance(from: string, to: string): number {
  const [a, b] = [from.slice(0, 64), to.slice(0, 64)];
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = swapped ? (before[j - 2] ?? 0) + 1 : change;
      next.push(Math.min(change, swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    [before, row] = [row, next];
  }
  return row[b.length] ?? 0;
}
