/** Control characters, those of terminals among them, and marks that turn the direction of a line. */
const UNPRINTABLE = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** A text that somebody else may have written, so that it does nothing but stand there. */
export function printable(text: string): string {
  return text
    .toWellFormed()
    .replace(UNPRINTABLE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

/** A text of at most that many characters, and dots when it was cut. */
export function shortened(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)}...` : text;
}
