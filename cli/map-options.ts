import { EFFECTS, type Effect } from "../provider/model/change/line.ts";
import { routerOf } from "./explain-options.ts";
import type { ChangeOptions } from "./map-change.ts";
import { parsedBy } from "./parsed.ts";
import { Problem } from "./problem.ts";
import { SOURCE_OPTIONS, SOURCE_USAGE, type SourceOptions, sourcesOf } from "./see-options.ts";
import { sourceFile } from "./sources.ts";

/** The text of `map --help`. */
export const MAP_USAGE = `Lists everything outside that can be reached: where it is, how it is encrypted and verified, from where, and whose it is.

  npx pulumi-external-backends map --state FILE [options]

${SOURCE_USAGE}
With states or previews and servers together it also lists what is at the servers and in no state, what differs, and what
is in a state and not there.

What a change opens
  --change                of previews, made with --show-sames and better with --refresh, tells what is newly reachable, no
                          longer reachable or verified, answered otherwise, and which check or limit is gone; stacks that do
                          not change are given with --state
  --before [PLACE=]FILE, --after [PLACE=]FILE
                          states from before and after, in the place of previews
  --fail-on EFFECTS       exit status 1 for one of these, as in reachable,unverified,auth-removed; others are limit-removed,
                          answer, permission, consumer, plugin, encryption, verified, gone and "not known"
  --router ROUTER         as for explain

How to show it
  --by WHAT               groups: stack (default), component, place, or label:KEY
  --csv, --markdown, --json
                          in the place of a table
  --html FILE             writes a page with a picture, search and filters, in one file that loads nothing; nothing of it is
                          printed, and a file that is there is overwritten
  --days DAYS             certificates that end within so many days are listed by themselves (default: 30)
  --help                  this text

Exit status: 0; 1 if servers have something otherwise than the states say, or for --fail-on; 2 if a source could not be
read, whatever the others tell, or a preview did not finish.
`;

/** What rows are grouped by. */
export type Grouping = { by: "stack" | "component" | "place" } | { by: "label"; key: string };

/** What was asked for. */
export interface MapOptions {
  sources: SourceOptions;
  grouping: Grouping;
  format: "table" | "csv" | "markdown" | "json";
  days: number;
  /** The file of the page that is written in the place of what is printed. */
  html?: string;
  /** What is asked of a change. */
  change?: ChangeOptions;
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
      html: { type: "string" },
      days: { type: "string" },
      change: { type: "boolean" },
      before: { type: "string", multiple: true },
      after: { type: "string", multiple: true },
      "fail-on": { type: "string" },
      router: { type: "string" },
    },
  });
  if (values.help) return undefined;
  if (positionals[0] !== undefined)
    throw new Problem(`"${positionals[0]}" is too much: map takes options only.`);
  const formats = (["csv", "markdown", "json"] as const).filter((name) => values[name]);
  const { html } = values;
  const forms = html === undefined ? formats : [...formats, "html"];
  if (forms.length > 1) throw new Problem(`--${forms.join(", --")}: one form at a time.`);
  if (html === "") throw new Problem("--html: name the file to write.");
  const days = Number(values.days ?? 30);
  if (!Number.isInteger(days) || days < 0)
    throw new Problem(`--days ${values.days}: write a number of days.`);
  const format: MapOptions["format"] = formats[0] ?? "table";
  const grouping = groupingOf(values.by ?? "stack");
  const [before, after] = [(values.before ?? []).map(sourceFile), (values.after ?? []).map(sourceFile)];
  if (!values.change) {
    const extra = (["before", "after", "fail-on", "router"] as const).find(
      (name) => values[name] !== undefined,
    );
    if (extra !== undefined) throw new Problem(`--${extra} goes with --change.`);
    return {
      ...{ sources: sourcesOf(values), grouping, format, days },
      ...(html === undefined ? {} : { html }),
    };
  }
  if (html !== undefined) throw new Problem("--html does not go with --change.");
  const sources = sourcesOf(values, before.length + after.length > 0);
  if (sources.servers.length > 0)
    throw new Problem(
      "--from does not go with --change; a preview with --refresh holds what the servers have.",
    );
  if (sources.previews.length === 0 && (before.length === 0 || after.length === 0))
    throw new Problem("--change: give --preview FILE, or --before FILE and --after FILE.");
  if (format === "csv") throw new Problem("--csv does not go with --change.");
  const change = {
    sources,
    before,
    after,
    format,
    failOn: effectsIn(values["fail-on"]),
    router: routerOf(values.router),
  };
  return { sources, grouping, format, days, change };
}

function effectsIn(text: string | undefined): Effect[] {
  return (text?.split(",") ?? []).map((name) => {
    const effect = EFFECTS.find((one) => one === name.trim());
    if (!effect) throw new Problem(`--fail-on ${name}: there is ${EFFECTS.join(", ")}.`);
    return effect;
  });
}

function groupingOf(text: string): Grouping {
  if (text === "stack" || text === "component" || text === "place") return { by: text };
  const key = /^label:(.+)$/s.exec(text)?.[1];
  if (key === undefined) throw new Problem(`--by ${text}: there is stack, component, place and label:KEY.`);
  return { by: "label", key };
}
