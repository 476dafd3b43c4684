import { pathIn, placeIn } from "../../model/bundle/entries.ts";
import { type JsonObject, UNKNOWN } from "../../model/fields.ts";
import { type Path, valueAt } from "../../model/paths.ts";
import { MASK } from "../../model/secrets.ts";
import { shortened } from "../../model/text.ts";
import type { Change } from "./plan.ts";

/** So many lines say what happens to the entries; then counts. The environment variable shows all. */
const MOST_LINES = 200;
/** `EXTERNAL_BACKENDS_LINES=all pulumi preview` shows every line. */
const ALL_LINES = "EXTERNAL_BACKENDS_LINES";
const MOST_CHARACTERS = 80;

const VERBS = { add: "added", change: "changed", remove: "removed" } as const;

/** As in `12 added, 3 changed, 1 removed of 1,480`. */
export function summaryOf(changes: readonly Change[], total: number): string {
  const said = countsOf(changes);
  return `${said === "" ? "no changes" : said} of ${count(total)}`;
}

function countsOf(changes: readonly Change[]): string {
  const parts = (["add", "change", "remove"] as const).flatMap((what) => {
    const { length } = changes.filter((change) => change.what === what);
    return length > 0 ? [`${count(length)} ${VERBS[what]}`] : [];
  });
  return parts.join(", ");
}

/** As people write numbers: `1,480`. */
export function count(number: number): string {
  return number.toLocaleString("en-US");
}

/** A line for each entry that is added or removed, and for each field that changes, at most 200. */
export function linesOf(changes: readonly Change[], isWhole = process.env[ALL_LINES] === "all"): string[] {
  const lines: string[] = [];
  for (const [index, change] of changes.entries()) {
    const own = linesOfOne(change);
    if (!isWhole && lines.length + own.length > MOST_LINES && lines.length > 0) {
      const rest = changes.slice(index);
      return [...lines, `… and ${countsOf(rest)} more; ${ALL_LINES}=all pulumi preview shows them all`];
    }
    lines.push(...(isWhole ? own : own.slice(0, MOST_LINES)));
  }
  return lines;
}

function linesOfOne(change: Change): string[] {
  if (change.what === "add") return [`+ ${placeIn(change.entry)}`];
  if (change.what === "remove") return [`- ${placeIn(change.old)}`];
  const { old, entry, isReplaced } = change;
  if (change.differences.length === 0) return [`~ ${placeIn(entry)}: secret from now on`];
  const sign = isReplaced ? "+-" : "~";
  return change.differences.map(({ path, change: what }) => {
    const secrets = [...old.secrets, ...entry.secrets];
    const [before, after] = [old, entry].map(({ args }) => shownAt(args, secrets, path));
    const where = pathIn(entry, path);
    if (what === "add") return `${sign} ${where}: ${after} (added)`;
    if (what === "delete") return `${sign} ${where}: ${before} (removed)`;
    return `${sign} ${where}: ${before} => ${after}`;
  });
}

/** What stands at a path, as everybody may read it. */
function shownAt(args: JsonObject, secrets: readonly Path[], path: Path): string {
  // The path leads into a secret, or to what one is in.
  const hides = (secret: Path) =>
    secret.every((key, index) => index >= path.length || String(key) === String(path[index]));
  if (secrets.some(hides)) return MASK;
  const value = valueAt(args, path);
  if (value === undefined) return "nothing";
  const text = JSON.stringify(value);
  return shortened(text.replaceAll(`"${UNKNOWN}"`, "what is not known yet"), MOST_CHARACTERS);
}
