/** A Markdown table. The first row is its head; every column but the first is aligned to the right. */
export function markdownTable([head = [], ...rows]: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const rule = widths.map(
    (width, column) => "-".repeat(column === 0 ? width : width - 1) + (column === 0 ? "" : ":"),
  );
  const pad = (cell: string, column: number) => {
    const width = widths[column] ?? 0;
    return column === 0 ? cell.padEnd(width) : cell.padStart(width);
  };
  return [head, rule, ...rows].map((row) => `| ${row.map(pad).join(" | ")} |\n`).join("");
}

/** A Markdown table of texts, every column aligned to the left. */
export function leftTable(rows: readonly (readonly string[])[]): string {
  const [head = []] = rows;
  const widths = head.map((_, column) => Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)));
  const [first = "", ...others] = rows.map(
    (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |\n`,
  );
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |\n`;
  return [first, rule, ...others].join("");
}
