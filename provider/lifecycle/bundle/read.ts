import { type Entry, placeIn, specificKind } from "../../model/bundle/entries.ts";
import type { BundleType } from "../../model/bundle/types.ts";
import { idOf } from "../../model/kind.ts";
import { importedObject } from "../imported.ts";
import { lifecycleOf } from "../index.ts";
import type { Made } from "../requests.ts";
import type { Session } from "../session.ts";
import { leftThere, marksOf } from "./left.ts";
import { linesOf, summaryOf } from "./lines.ts";
import { listsOf, type Stray } from "./lists.ts";
import { type Change, savedEntry } from "./plan.ts";
import type { BundleReadAnswer, SavedBundle } from "./requests.ts";

/** What lists say of a bundle's objects: which are changed or gone, and which carry its label that it does not know. */
export async function readBundle(
  session: Session,
  bundle: BundleType,
  { entries, made = { mark: "", server: "" }, left: before = [] }: SavedBundle,
): Promise<BundleReadAnswer> {
  const lists = await listsOf(session, entries);
  const changes: Change[] = [];
  const found: Entry[] = [];
  await lists.showing(entries, async () => {
    for (const old of entries) {
      const entry = await readEntry(session, old, made, changes);
      if (entry) found.push(entry);
    }
  });
  const strays = lists.strays(entries);
  const left = strays.filter(
    ({ ownership }) => ownership.mark !== made.mark && before.includes(ownership.mark),
  );
  if (left.length > 0) session.warn(leftThere(left));
  for (const stray of strays.filter(({ ownership }) => ownership.mark === made.mark)) {
    const entry = await strayEntry(session, bundle, stray, found);
    if (!entry) continue;
    found.push(entry);
    changes.push({ what: "add", entry });
  }
  if (changes.length > 0) {
    const heading = `At the server: ${summaryOf(changes, found.length)}`;
    session.say("info", [heading, ...linesOf(changes)]);
  }
  const isGone = entries.length > 0 && found.length === 0;
  const marks = marksOf(left.map(({ ownership }) => ownership.mark));
  return isGone ? undefined : { entries: found, made, left: marks, drifted: changes.length > 0 };
}

/** The entry as it is there; what is different goes to the changes. */
async function readEntry(
  session: Session,
  old: Entry,
  made: Made,
  changes: Change[],
): Promise<Entry | undefined> {
  const lifecycle = lifecycleOf(old.kind, session);
  const saved = savedEntry(old, made);
  const answer = await lifecycle.read(idOf(old.kind, old.args), saved);
  if (!answer) {
    changes.push({ what: "remove", old });
    return undefined;
  }
  if (!answer.drifted) return old;
  const entry = { ...old, args: answer.args, secrets: answer.secrets };
  const differences = lifecycle.differences(saved, { args: entry.args, owner: "" });
  changes.push({ what: "change", old, entry, isReplaced: false, differences });
  return entry;
}

/** An object that carries the bundle's label, as an entry. */
async function strayEntry(
  session: Session,
  bundle: BundleType,
  { table, kind, id, found, ownership }: Stray,
  known: readonly Entry[],
): Promise<Entry | undefined> {
  const specific = specificKind({ kind, args: found });
  const object = await importedObject(specific, session, id);
  if (!object || bundle.tables[table] === undefined) return undefined;
  const key = ownership.key ?? id.split("/").at(-1) ?? id;
  const isTaken = known.some((entry) => placeIn(entry) === placeIn({ table, key }));
  return { table, key: isTaken ? id : key, kind, args: object.args, secrets: object.secrets };
}
