/**
 * Whether Go's regexp package compiles a pattern. Its language is that of JavaScript without looking around and
 * without references to groups, and with a few forms that JavaScript writes in another way.
 */
export function isGoPattern(pattern: string): boolean {
  if (/\(\?(?:<?[=!])/.test(pattern) || /(?<!\\)(?:\\\\)*\\[1-9]/.test(pattern)) return false;
  const translated = pattern
    .replaceAll(/\(\?P</g, "(?<")
    .replaceAll(/\(\?[imsU-]+\)/g, "")
    .replaceAll(/\(\?[imsU-]+:/g, "(?:")
    .replaceAll(/\\[AzQE]/g, "")
    .replaceAll(/\\[aC]/g, "x")
    .replaceAll(/\[\[:\^?\w+:\]\]/g, "[x]")
    .replaceAll(/\\x\{[0-9a-fA-F]+\}/g, "x");
  // Go has no repetition of more than a thousand.
  if (
    [...translated.matchAll(/\{(\d+)(?:,(\d*))?\}/g)].some(
      ([, from, to]) => Number(from) > 1000 || Number(to) > 1000,
    )
  )
    return false;
  try {
    new RegExp(translated);
    return !/[*+?}][*+]|^[*+?]|[(|][*+?]/.test(
      translated.replaceAll(/\\./g, "x").replaceAll(/\[[^\]]*\]/g, "x"),
    );
  } catch {
    return false;
  }
}
