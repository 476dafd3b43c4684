import { type Entry, objectKey } from "../../model/bundle/entries.ts";
import type { BundleType } from "../../model/bundle/types.ts";
import { newMark } from "../../model/owner.ts";
import type { Made } from "../requests.ts";
import type { Session } from "../session.ts";
import { apply, type Writer } from "./apply.ts";
import { checkBundle } from "./check.ts";
import { inParts } from "./failures.ts";
import { LEFT_BEFORE, leftThere, marksOf, type Removal, removalOf } from "./left.ts";
import { linesOf } from "./lines.ts";
import { listsOf, objectOf, type Stray } from "./lists.ts";
import { type Change, planOf } from "./plan.ts";
import { readBundle } from "./read.ts";
import type {
  BundleCheckAnswer,
  BundleCheckRequest,
  BundleOutcome,
  BundleReadAnswer,
  DeclaredBundle,
  SavedBundle,
} from "./requests.ts";

/** What can be done with a bundle: with many objects of one server as with one resource. Both doors call it. */
export class BundleLifecycle {
  readonly bundle: BundleType;
  readonly #session: Session;

  constructor(bundle: BundleType, session: Session) {
    this.bundle = bundle;
    this.#session = session;
  }

  /** Judges the entries, each as a resource of its own would be. */
  check(request: BundleCheckRequest): Promise<BundleCheckAnswer> {
    return checkBundle(this.#session, this.bundle, request);
  }

  /** Whether something changes: an entry, or that what is left there of a run that died goes now. Asks no server. */
  diff(old: SavedBundle, wanted: Pick<DeclaredBundle, "entries" | "adopt">): boolean {
    if (this.#plan(old, wanted).length > 0) return true;
    const isLeft = (old.left ?? []).length > 0;
    if (isLeft && !wanted.adopt) this.#session.warn(LEFT_BEFORE);
    return isLeft && wanted.adopt;
  }

  /** Tells the person at the terminal, entry by entry, what changes. */
  tell(old: SavedBundle | undefined, wanted: Pick<DeclaredBundle, "entries"> & { adopt?: boolean }): void {
    const takesLeft = wanted.adopt && (old?.left ?? []).length > 0;
    this.#session.say("info", [
      ...linesOf(this.#plan(old ?? { entries: [] }, wanted)),
      ...(takesLeft ? ["- what carries this bundle's label and is in no entry"] : []),
    ]);
  }

  /** Makes all objects. */
  async create(wanted: DeclaredBundle): Promise<BundleOutcome> {
    const made = { mark: newMark(), server: this.#server(wanted.entries) };
    return this.#apply({ entries: [] }, wanted, made);
  }

  /** Writes what is new or changed, and removes what is gone. */
  async update(old: SavedBundle, wanted: DeclaredBundle): Promise<BundleOutcome> {
    const made = old.made ?? { mark: newMark(), server: this.#server(wanted.entries) };
    return this.#apply(old, wanted, made);
  }

  /** What the server has. */
  read(saved: SavedBundle): Promise<BundleReadAnswer> {
    this.#expectServerOf(saved);
    return readBundle(this.#session, this.bundle, saved);
  }

  /** Removes all objects that are still the bundle's own, and what runs that died have left under its label. */
  async delete(saved: SavedBundle): Promise<void> {
    const made = this.#expectServerOf(saved);
    const lists = await listsOf(this.#session, saved.entries);
    const marks = [made.mark, ...(saved.left ?? [])];
    const strays = lists.strays(saved.entries).filter(({ ownership }) => marks.includes(ownership.mark));
    const left = this.#removalsOf(strays);
    const changes = [...saved.entries.map((old): Change => ({ what: "remove", old })), ...left];
    const concerned = [...saved.entries, ...left.map(({ old }) => old)];
    const applied = await lists.showing(concerned, () =>
      apply(this.#session, changes, { owner: "", adopt: false, made }),
    );
    if (applied.failures.length > 0) throw inParts("deleted", applied, changes.length);
  }

  #plan(old: SavedBundle, wanted: Pick<DeclaredBundle, "entries">): Change[] {
    return planOf(this.#session, old.entries, wanted.entries, old.made);
  }

  async #apply(old: SavedBundle, wanted: DeclaredBundle, made: Made): Promise<BundleOutcome> {
    const known = [...old.entries, ...wanted.entries];
    const changes = this.#plan(old, wanted);
    const lists = await listsOf(this.#session, known);
    const strays = lists.strays(known).filter(({ ownership }) => ownership.owner === wanted.owner);
    // Another mark may be that of another state of the same name, whose objects nobody wants to lose unasked.
    const kept = wanted.adopt ? [] : strays.filter(({ ownership }) => ownership.mark !== made.mark);
    if (kept.length > 0) this.#session.warn(leftThere(kept));
    const left = this.#removalsOf(strays.filter((stray) => !kept.includes(stray)));
    const writer: Writer = { ...wanted, made };
    const concerned = changes.map((change) => (change.what === "remove" ? change.old : change.entry));
    const shown = [...concerned, ...left.map((change) => change.old)];
    const applied = await lists.showing(shown, () => apply(this.#session, [...changes, ...left], writer));
    const touched = new Set(concerned.map(objectKey));
    const removals = new Map(left.map((change) => [change.old, change.mark ?? made.mark]));
    const untouched = wanted.entries.filter((entry) => !touched.has(objectKey(entry)));
    const stillThere = applied.there.flatMap((entry) => removals.get(entry) ?? []);
    const marks = [...kept.map(({ ownership }) => ownership.mark), ...stillThere];
    return {
      entries: [...untouched, ...applied.there.filter((entry) => !removals.has(entry))],
      made,
      left: marksOf(marks.filter((mark) => mark !== made.mark)),
      failures:
        applied.failures.length > 0 || applied.untried > 0
          ? [inParts("written", applied, changes.length + left.length).message]
          : [],
    };
  }

  /** The removals of objects that a run which died has made for this bundle and that no entry names, printed line by line. */
  #removalsOf(strays: readonly Stray[]): Removal[] {
    const removals = strays.map(removalOf);
    if (removals.length > 0) this.#session.say("info", ["Left by a run that died:", ...linesOf(removals)]);
    return removals;
  }

  /** Refuses when the state was written for another server. */
  #expectServerOf({ entries, made }: SavedBundle): Made {
    const [first] = entries;
    if (first) objectOf(this.#session, first).expectServerOf({ made });
    return made ?? { mark: "", server: "" };
  }

  #server(entries: readonly Entry[]): string {
    const [first] = entries;
    return first ? objectOf(this.#session, first).server.connection.server : "";
  }
}
