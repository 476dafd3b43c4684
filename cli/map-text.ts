import { visibleIn } from "./code.ts";
import type { MapAnswer, MapRow } from "./map-answer.ts";
import { ownerLine } from "./ownership.ts";

/** Host and port, with brackets around an address of IPv6. */
function destination({ host, port }: MapRow): string {
  const name = host.includes(":") && !host.includes("/") ? `[${host}]` : host;
  return port === null ? name : `${name}:${port}`;
}

function validUntil({ certificates }: MapRow): string {
  return (
    certificates
      .map((one) => one.validUntil)
      .sort()[0]
      ?.slice(0, 10) ?? ""
  );
}

function owners({ owners: list }: MapRow): string {
  return list.map(({ type, name, stack }) => `${type} ${name} (${stack ?? "in no stack"})`).join(", ");
}

/** A table for the terminal, with a block for each group. */
export function tableText(told: MapAnswer, days: number): string {
  // A line end in a name of a server would make a line that says what it likes.
  const answer = visibleIn(told);
  const { exits } = answer;
  if (exits.length === 0) return `${["Nothing outside can be reached.", ...rest(answer, days)].join("\n")}\n`;
  const head = ["Outside", "Protocol", "TLS", "Valid until", "From"];
  const cells = (row: MapRow) => [destination(row), row.protocol, row.tls, validUntil(row)];
  const widths = [0, 1, 2, 3].map((index) =>
    Math.max(head[index]?.length ?? 0, ...exits.map((row) => cells(row)[index]?.length ?? 0)),
  );
  const line = (texts: readonly string[]) =>
    texts
      .map((text, index) => text.padEnd(widths[index] ?? 0))
      .join("  ")
      .trimEnd();
  const blocks = [...Map.groupBy(exits, ({ group }) => group)].map(([group, rows]) => [
    group === "" ? "(none)" : group,
    `  ${line(head)}`,
    ...rows.flatMap((row) => [
      `  ${line([...cells(row), row.from[0] ?? ""])}`,
      ...row.from.slice(1).map((from) => `  ${line(["", "", "", "", from])}`),
      ...row.because.map((one) => `    not known: ${one}`),
    ]),
  ]);
  return `${[...blocks, rest(answer, days)]
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

/** What there is to say beside the rows. */
function rest({ ending, comparison, notes }: MapAnswer, days: number): string[] {
  const part = (title: string, lines: readonly string[]) =>
    lines.length > 0 ? [title, ...lines.map((one) => `  ${one}`)] : [];
  return [
    ...part(
      `Certificates that end within ${days} days`,
      ending.map(({ field, subject, validUntil: until }) => `${until.slice(0, 10)} ${field} (${subject})`),
    ),
    ...(comparison
      ? [
          ...part("At a server and in no state", comparison.unmanaged.map(ownerLine)),
          ...part(
            "Otherwise at the server than in the state",
            comparison.differing.map(({ owner, fields }) => `${ownerLine(owner)}: ${fields.join(", ")}`),
          ),
          ...part("In a state and not at the server", comparison.missing.map(ownerLine)),
        ]
      : []),
    ...part("Not known", notes),
  ];
}

const HEAD = ["group", "host", "port", "protocol", "tls", "valid until", "from", "owners", "not known"];

function values(row: MapRow): string[] {
  const { group, host, port, protocol, tls, from, because } = row;
  return [
    group,
    host,
    port === null ? "" : String(port),
    protocol,
    tls,
    validUntil(row),
    from.join("; "),
    owners(row),
    because.join("; "),
  ];
}

/** Comma-separated values, a line each. A text that a spreadsheet would run as a formula gets a quotation mark. */
export function csvText({ exits }: MapAnswer): string {
  const cell = (text: string) => {
    const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\r\n;]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return [HEAD, ...exits.map(values)].map((line) => `${line.map(cell).join(",")}\n`).join("");
}

/** A table in Markdown, and what there is to say beside it. */
export function markdownText(answer: MapAnswer, days: number): string {
  const cell = (text: string) => text.replace(/[\\`*_{}[\]<>|#~]/g, "\\$&").replace(/\s+/g, " ");
  const line = (texts: readonly string[]) => `| ${texts.join(" | ")} |\n`;
  const rows = answer.exits.map((row) => line(values(row).map(cell)));
  const more = rest(answer, days);
  const list = more
    .map((one) => (one.startsWith("  ") ? `- ${cell(one.trim())}` : `\n${cell(one)}\n`))
    .join("\n");
  return line(HEAD) + line(HEAD.map(() => "---")) + rows.join("") + (more.length > 0 ? `${list}\n` : "");
}
