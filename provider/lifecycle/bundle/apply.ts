import { type Entry, objectKey, placeIn, specificKind } from "../../model/bundle/entries.ts";
import { idOf } from "../../model/kind.ts";
import { referencesOf } from "../../model/references.ts";
import { BackendError, type ErrorCode } from "../../server/errors.ts";
import { lifecycleOf } from "../index.ts";
import type { Declared, Made } from "../requests.ts";
import type { Session } from "../session.ts";
import type { Later } from "../verify.ts";
import { inOrder, type Task } from "./in-order.ts";
import { count } from "./lines.ts";
import { listsOf, objectOf } from "./lists.ts";
import { type Change, savedEntry } from "./plan.ts";
import type { DeclaredBundle } from "./requests.ts";

/** What has come of changes. */
export interface Applied {
  /** Of the entries that were to be written those that are there now: new ones, and old ones where the change was refused. */
  there: Entry[];
  /** Why others are not as they should be, as in `routes.payments: …`. */
  failures: string[];
  /** How many were not tried, since the server could not be reached or lets nobody in. */
  untried: number;
}

/** What would happen again with every other object. */
const LASTING: readonly ErrorCode[] = ["UNREACHABLE", "TIMEOUT", "UNAUTHORIZED", "NOT_THE_API"];
/** Milliseconds after which the progress shows, and then between two such lines. */
const FIRST_PROGRESS = 2_000;
const NEXT_PROGRESS = 5_000;

/** A label's value at every server. */
const LABEL = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

/** For whom the objects are written. */
export type Writer = Pick<DeclaredBundle, "owner" | "stack" | "adopt"> & { made: Made };

/**
 * Writes what is new or changed, what others refer to first, and then removes what is gone, the other way round; up to
 * `maxConcurrency` at once. What the server refuses stops nothing else, unless it would refuse everything.
 */
export async function apply(session: Session, changes: readonly Change[], writer: Writer): Promise<Applied> {
  const applied: Applied = { there: [], failures: [], untried: 0 };
  const progress = progressOf(session, changes.length);
  let isBroken = false;
  const tasks = new Map<Change, Task>();
  const begun = new Set<Change>();
  const failed = new Map<Task, Change>();
  const toVerify: Verification[] = [];
  for (const change of changes) {
    const task: Task = { after: new Set(), work: () => attempt(change, task) };
    tasks.set(change, task);
  }
  async function attempt(change: Change, task: Task): Promise<void> {
    begun.add(change);
    try {
      const [user] = change.what === "remove" ? [...task.after].flatMap((one) => failed.get(one) ?? []) : [];
      if (user) throw stillReferredTo(change, user);
      const entry = await carryOut(session, change, writer, (verify) => toVerify.push({ change, verify }));
      if (entry) applied.there.push(entry);
      progress();
    } catch (error) {
      if (!(error instanceof BackendError)) throw error;
      failed.set(task, change);
      applied.failures.push(`${placeIn(changedEntry(change))}: ${error.message}`);
      if (LASTING.includes(error.errorCode)) isBroken = true;
      if (change.what !== "add") applied.there.push(change.old);
    }
  }
  const first = removedFirst(changes, tasks);
  const writes = changes.filter((change) => isWrite(change) || first.has(change));
  const removals = changes.filter((change) => !isWrite(change) && !first.has(change));
  setOrder(writes.filter(isWrite), tasks, false);
  setOrder(removals, tasks, true);
  const [one] = changes;
  const most = one ? objectOf(session, changedEntry(one)).server.connection.maxConcurrency : 1;
  for (const group of [writes, removals])
    await inOrder(
      group.flatMap((change) => tasks.get(change) ?? []),
      most,
      () => !isBroken,
    );
  await verify(session, toVerify, most, applied);
  for (const change of changes) {
    if (begun.has(change)) continue;
    applied.untried += 1;
    if (change.what !== "add") applied.there.push(change.old);
  }
  return applied;
}

/** What makes sure that a change was carried out. */
interface Verification {
  change: Change;
  verify(): Promise<unknown>;
}

/** Where the answers do not prove the writes, one more list of each kind does. */
async function verify(
  session: Session,
  verifications: readonly Verification[],
  most: number,
  applied: Applied,
): Promise<void> {
  if (verifications.length === 0) return;
  const fail = (change: Change, error: unknown) => {
    if (!(error instanceof BackendError)) throw error;
    applied.failures.push(`${placeIn(changedEntry(change))}: ${error.message}`);
    if (change.what !== "remove") applied.there = applied.there.filter((entry) => entry !== change.entry);
    if (change.what !== "add") applied.there.push(change.old);
  };
  const entries = verifications.map(({ change }) => changedEntry(change));
  const lists = await listsOf(session, entries).catch((error: unknown) => {
    for (const { change } of verifications) fail(change, error);
  });
  if (!lists) return;
  const tasks = verifications.map(
    ({ change, verify: look }): Task => ({
      after: new Set(),
      work: () =>
        look().then(
          () => undefined,
          (error: unknown) => fail(change, error),
        ),
    }),
  );
  await lists.showing(entries, () => inOrder(tasks, most, () => true));
}

/** The entry that stands there afterwards, if one does. */
async function carryOut(
  session: Session,
  change: Change,
  { made, owner, stack, adopt }: Writer,
  later: Later,
): Promise<Entry | undefined> {
  const { kind, args } = changedEntry(change);
  const lifecycle = lifecycleOf(kind, session);
  const id = idOf(kind, args);
  if (change.what === "remove") {
    const { mark = made.mark } = change;
    await lifecycle.delete(id, savedEntry(change.old, { ...made, mark }), later);
    return undefined;
  }
  const { entry } = change;
  // What is no value of a label is not one; the object's name is the key then, should it be found by its label.
  const key = id.split("/").at(-1) === entry.key || !LABEL.test(entry.key) ? undefined : entry.key;
  const wanted: Declared = { args, owner, stack, adopt, mark: made.mark, key, later };
  if (change.what === "change" && !change.isReplaced)
    await lifecycle.update(id, savedEntry(change.old, made), wanted);
  else {
    if (change.what === "change") await lifecycle.delete(id, savedEntry(change.old, made));
    await lifecycle.create(wanted);
  }
  return entry;
}

function changedEntry(change: Change): Entry {
  return change.what === "remove" ? change.old : change.entry;
}

function isWrite(change: Change): boolean {
  return change.what !== "remove";
}

/** A server would refuse it, after some seconds. */
function stillReferredTo(change: Change, user: Change): BackendError {
  const [own, other] = [change, user].map((one) => placeIn(changedEntry(one)));
  return new BackendError(
    "STILL_IN_USE",
    `${own} was not deleted, since ${other} refers to it and is still there.`,
  );
}

/** What has to go before a new object comes, since the server takes no two of what is in it: its key, of a consumer. */
function removedFirst(changes: readonly Change[], tasks: ReadonlyMap<Change, Task>): Set<Change> {
  const first = new Set<Change>();
  const gone = changes.filter((change) => change.what === "remove" && change.old.kind.exclusive);
  if (gone.length === 0) return first;
  for (const change of changes) {
    if (change.what === "remove" || !change.entry.kind.exclusive) continue;
    const { kind, args } = change.entry;
    for (const other of gone) {
      const task = tasks.get(other);
      const isSame =
        other.what === "remove" && other.old.kind === kind && kind.exclusive?.(other.old.args, args);
      if (!isSame || !task) continue;
      first.add(other);
      tasks.get(change)?.after.add(task);
    }
  }
  return first;
}

/** An object comes after those that it refers to; it goes before them. */
function setOrder(changes: readonly Change[], tasks: ReadonlyMap<Change, Task>, isReverse: boolean): void {
  const byObject = new Map(changes.map((change) => [objectKey(changedEntry(change)), tasks.get(change)]));
  for (const change of changes) {
    const entry = changedEntry(change);
    const own = tasks.get(change);
    for (const { type, id } of referencesOf(specificKind(entry), entry.args)) {
      const other = byObject.get(`${type} ${id}`);
      if (!own || !other || own === other) continue;
      if (isReverse) other.after.add(own);
      else own.after.add(other);
    }
  }
}

/** Tells how many are written once it takes long. */
function progressOf(session: Session, total: number): () => void {
  let written = 0;
  let next = Date.now() + FIRST_PROGRESS;
  return () => {
    written += 1;
    if (Date.now() < next) return;
    next = Date.now() + NEXT_PROGRESS;
    session.progress(`${count(written)} of ${count(total)} written`);
  };
}
