import { type Entry, objectKey, specificKind } from "../../model/bundle/entries.ts";
import type { Difference } from "../../model/differences.ts";
import { hasUnknown, sameJson } from "../../model/fields.ts";
import { formatPath } from "../../model/paths.ts";
import { movedMarks } from "../../model/secret-fields.ts";
import { lifecycleOf } from "../index.ts";
import type { Made, Saved } from "../requests.ts";
import type { Session } from "../session.ts";

/** What happens to an object of a bundle. */
export type Change =
  | { what: "add"; entry: Entry }
  | {
      what: "remove";
      old: Entry;
      /** The mark of the object, where it is not the bundle's: another run has made it. */
      mark?: string;
    }
  | {
      what: "change";
      old: Entry;
      entry: Entry;
      /** It has to be removed before it is made anew. */
      isReplaced: boolean;
      differences: readonly Difference[];
    };

/** What one entry of a state says, as a resource of its own would. */
export function savedEntry({ args, secrets }: Entry, made: Made | undefined): Saved {
  return { args, made, marks: secrets, asWritten: true };
}

/**
 * What has to happen so that the declared objects stand where the old ones stood. Objects are told apart by kind and id,
 * so that another key for the same object changes nothing. Asks no server.
 */
export function planOf(
  session: Session,
  before: readonly Entry[],
  after: readonly Entry[],
  made: Made | undefined,
): Change[] {
  const old = new Map(before.map((entry) => [objectKey(entry), entry]));
  const byKey = new Map(before.map((entry) => [formatPath([entry.table, entry.key]), entry]));
  const changes: Change[] = [];
  for (const entry of after) {
    const key = objectKey(entry);
    // Which object it will be is not known in a preview: most likely the one that it is.
    const isUnclear = hasUnknown(entry.kind.identity.map((field) => entry.args[field] ?? null));
    const found = isUnclear ? byKey.get(formatPath([entry.table, entry.key])) : old.get(key);
    if (!found) changes.push({ what: "add", entry });
    else {
      old.delete(objectKey(found));
      const change = changeOf(session, found, entry, made);
      if (change) changes.push(change);
    }
  }
  for (const entry of old.values()) changes.push({ what: "remove", old: entry });
  return changes;
}

function changeOf(session: Session, old: Entry, entry: Entry, made: Made | undefined): Change | undefined {
  const isMarkedAnew = !sameJson(old.secrets, entry.secrets) && marksMore(old, entry);
  if (!isMarkedAnew && sameJson(old.args, entry.args)) return undefined;
  const lifecycle = lifecycleOf(entry.kind, session);
  const saved = savedEntry(old, made);
  const wanted = { args: entry.args, owner: "" };
  const { changed, replaces } = lifecycle.diff(saved, wanted);
  if (!changed && !isMarkedAnew) return undefined;
  const differences = changed ? lifecycle.differences(saved, wanted) : [];
  return { what: "change", old, entry, isReplaced: replaces.length > 0, differences };
}

/** Whether something is secret now that stands in the state for everybody to read. */
function marksMore(old: Entry, entry: Entry): boolean {
  const moved = movedMarks(specificKind(entry).schema, old.secrets, entry.args);
  const known = new Set([...old.secrets, ...moved].map(formatPath));
  return entry.secrets.some(
    (path) => !path.some((_, index) => known.has(formatPath(path.slice(0, index + 1)))),
  );
}
