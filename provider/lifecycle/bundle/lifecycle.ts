import { type Entry, objectKey, placeIn } from "../../model/bundle/entries.ts";
import type { BundleType } from "../../model/bundle/types.ts";
import { newMark } from "../../model/owner.ts";
import type { Made } from "../requests.ts";
import type { Session } from "../session.ts";
import { apply, type Writer } from "./apply.ts";
import { checkBundle } from "./check.ts";
import { inParts } from "./failures.ts";
import { linesOf } from "./lines.ts";
import { type Lists, listsOf, objectOf } from "./lists.ts";
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
    return checkBundle(this.#session, request);
  }

  /** Whether something changes. Asks no server. */
  diff(old: SavedBundle, wanted: Pick<DeclaredBundle, "entries">): boolean {
    return this.#plan(old, wanted).length > 0;
  }

  /** Tells the person at the terminal, entry by entry, what changes. */
  tell(old: SavedBundle | undefined, wanted: Pick<DeclaredBundle, "entries">): void {
    this.#session.say("info", linesOf(this.#plan(old ?? { entries: [] }, wanted)));
  }

  /** Makes all objects. */
  async create(wanted: DeclaredBundle): Promise<BundleOutcome> {
    const made = { mark: newMark(), server: this.#server(wanted.entries) };
    return this.#apply([], wanted, made, undefined);
  }

  /** Writes what is new or changed, and removes what is gone. */
  async update(old: SavedBundle, wanted: DeclaredBundle): Promise<BundleOutcome> {
    const made = old.made ?? { mark: newMark(), server: this.#server(wanted.entries) };
    return this.#apply(old.entries, wanted, made, old.made);
  }

  /** What the server has. */
  read(saved: SavedBundle): Promise<BundleReadAnswer> {
    this.#expectServerOf(saved);
    return readBundle(this.#session, this.bundle, saved);
  }

  /** Removes all objects that are still the bundle's own. */
  async delete(saved: SavedBundle): Promise<void> {
    const made = this.#expectServerOf(saved);
    const changes = saved.entries.map((old): Change => ({ what: "remove", old }));
    const lists = await listsOf(this.#session, saved.entries);
    const applied = await lists.showing(saved.entries, () =>
      apply(this.#session, changes, { owner: "", adopt: false, made }),
    );
    if (applied.failures.length > 0) throw inParts("deleted", applied, changes.length);
  }

  #plan(old: SavedBundle, wanted: Pick<DeclaredBundle, "entries">): Change[] {
    return planOf(this.#session, old.entries, wanted.entries, old.made);
  }

  async #apply(
    before: readonly Entry[],
    wanted: DeclaredBundle,
    made: Made,
    old: Made | undefined,
  ): Promise<BundleOutcome> {
    const changes = planOf(this.#session, before, wanted.entries, old);
    const lists = await listsOf(this.#session, [...before, ...wanted.entries]);
    const left = this.#left(lists, [...before, ...wanted.entries], wanted, made);
    const writer: Writer = { ...wanted, made };
    const concerned = changes.map((change) => (change.what === "remove" ? change.old : change.entry));
    const applied = await lists.showing(concerned, () => apply(this.#session, [...changes, ...left], writer));
    const touched = new Set(concerned.map(objectKey));
    const strays = new Set(left.map((change) => (change.what === "remove" ? change.old : undefined)));
    const untouched = wanted.entries.filter((entry) => !touched.has(objectKey(entry)));
    return {
      entries: [...untouched, ...applied.there.filter((entry) => !strays.has(entry))],
      made,
      failures:
        applied.failures.length > 0 || applied.untried > 0
          ? [inParts("written", applied, changes.length + left.length).message]
          : [],
    };
  }

  /** Objects that a run which died has made for this bundle, and that nobody declares any more. */
  #left(lists: Lists, entries: readonly Entry[], { owner }: DeclaredBundle, { mark }: Made): Change[] {
    const strays = lists.strays(entries).filter(({ ownership }) => ownership.owner === owner);
    const foreign = strays.filter(({ ownership }) => ownership.mark !== mark);
    if (foreign.length > 0) {
      const shown = foreign.slice(0, 10).map(({ table, id }) => placeIn({ table, key: id }));
      const more = foreign.length > 10 ? ` and ${foreign.length - 10} more` : "";
      this.#session.warn(
        `${shown.join(", ")}${more} carry this bundle's label and are in no state (did a run die, or was the state lost?). ` +
          "They stay; declare them with adopt: true, or remove them by hand.",
      );
    }
    return strays
      .filter(({ ownership }) => ownership.mark === mark)
      .map(({ table, kind, id, ownership }) => {
        const parts = id.split("/");
        const args = Object.fromEntries(kind.identity.map((field, index) => [field, parts[index] ?? ""]));
        return { what: "remove", old: { table, key: ownership.key ?? id, kind, args, secrets: [] } };
      });
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
