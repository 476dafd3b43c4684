/** Whether a text is one of these, in which `*` stands for any characters. Without regard to capital letters. */
export function isAmong(text: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => {
    const parts = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
    return new RegExp(`^${parts.join(".*")}$`, "is").test(text);
  });
}
