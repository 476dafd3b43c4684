/** Where Go's standard base64 decoder stops: the byte that it complains about, or undefined if it does not. */
export function base64ErrorOffset(text: string): number | undefined {
  const bytes = Buffer.from(text, "utf8");
  const isLineBreak = (index: number) => bytes[index] === 10 || bytes[index] === 13;
  let index = 0;
  while (index < bytes.length) {
    let digits = 0;
    while (digits < 4) {
      if (index === bytes.length) return digits === 0 ? undefined : index - digits;
      if (isLineBreak(index)) {
        index++;
        continue;
      }
      const character = String.fromCharCode(bytes[index] ?? 0);
      if (/[A-Za-z0-9+/]/.test(character)) {
        index++;
        digits++;
        continue;
      }
      if (character !== "=" || digits < 2) return index;
      index++;
      if (digits === 2) {
        while (isLineBreak(index)) index++;
        if (index === bytes.length) return bytes.length;
        if (bytes[index] !== 61) return index - 1;
        index++;
      }
      while (isLineBreak(index)) index++;
      return index < bytes.length ? index : undefined;
    }
  }
  return undefined;
}

/** Base64 as it is written again: without line breaks, and without bits that stand for no byte. */
export const normalBase64 = (text: string): string => Buffer.from(text, "base64").toString("base64");
