import { Problem } from "./problem.ts";
import { parsedBy, SOURCE_OPTIONS, SOURCE_USAGE, type SourceOptions, sourcesOf } from "./see-options.ts";

/** The text of `map --help`. */
export const MAP_USAGE = `Lists everything outside that can be reached: where it is, how it is encrypted and verified, from where, and whose it is.

  npx pulumi-external-backends map --state FILE [options]

${SOURCE_USAGE}
With states or previews and servers together it also lists what is at the servers and in no state, what differs, and what
is in a state and not there.

How to show it
  --by WHAT               groups: stack (default), component, place, or label:KEY
  --csv, --markdown, --json
                          in the place of a table
  --days DAYS             certificates that end within so many days are listed by themselves (default: 30)
  --help                  this text

Exit status: 0; 1 if servers have something otherwise than the states say; 2 if nothing could be read.
`;

/** What rows are grouped by. */
export type Grouping = { by: "stack" | "component" | "place" } | { by: "label"; key: string };

/** What was asked for. */
export interface MapOptions {
  sources: SourceOptions;
  grouping: Grouping;
  format: "table" | "csv" | "markdown" | "json";
  days: number;
}

/** Reads the command line behind `map`; nothing when only the help is wanted. */
export function readMapOptions(args: string[]): MapOptions | undefined {
  const { values, positionals } = parsedBy({
    args,
    allowPositionals: true,
    options: {
      ...SOURCE_OPTIONS,
      by: { type: "string" },
      csv: { type: "boolean" },
      markdown: { type: "boolean" },
      json: { type: "boolean" },
      days: { type: "string" },
    },
  });
  if (values.help || args.length === 0) return undefined;
  if (positionals[0] !== undefined)
    throw new Problem(`"${positionals[0]}" is too much: map takes options only.`);
  const formats = (["csv", "markdown", "json"] as const).filter((name) => values[name]);
  if (formats.length > 1) throw new Problem(`--${formats.join(", --")}: one form at a time.`);
  const days = Number(values.days ?? 30);
  if (!Number.isInteger(days) || days < 0)
    throw new Problem(`--days ${values.days}: write a number of days.`);
  return {
    sources: sourcesOf(values),
    grouping: groupingOf(values.by ?? "stack"),
    format: formats[0] ?? "table",
    days,
  };
}

function groupingOf(text: string): Grouping {
  if (text === "stack" || text === "component" || text === "place") return { by: text };
  const key = /^label:(.+)$/s.exec(text)?.[1];
  if (key === undefined) throw new Problem(`--by ${text}: there is stack, component, place and label:KEY.`);
  return { by: "label", key };
}
