/** A JSON object as the Admin API stores it. */
export type JsonObject = Record<string, unknown>;

/** An object with what the store knows about it. */
export interface Stored {
  /** The collection's path, for example `routes` or `consumers/jack/credentials`. */
  kind: string;
  /** Its id within the collection. */
  id: string;
  /** The object itself. */
  value: JsonObject;
  /** The revision at which it was created. */
  createdIndex: number;
  /** The revision at which it was last written. */
  modifiedIndex: number;
}

/** Called after each change with what stood there before and what stands there now. */
export type ChangeListener = (
  kind: string,
  id: string,
  before: JsonObject | undefined,
  after: JsonObject | undefined,
) => void;

/** Whether a value is a JSON object, and no list. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The objects of one gateway, in memory; takes the place of APISIX's etcd. */
export class Store {
  readonly #collections = new Map<string, Map<string, Stored>>();
  readonly #listeners: ChangeListener[] = [];
  #revision = 0;

  /** Has the listener called after every change. */
  onChange(listener: ChangeListener): void {
    this.#listeners.push(listener);
  }

  /** Counts on and returns the next revision, which also makes the ids of POST. */
  nextRevision(): number {
    this.#revision += 1;
    return this.#revision;
  }

  /** The object under a kind and an id. */
  find(kind: string, id: string): Stored | undefined {
    return this.#collections.get(kind)?.get(id);
  }

  /** All objects of a kind, sorted by id as etcd sorts its keys. */
  entries(kind: string): Stored[] {
    return [...(this.#collections.get(kind)?.values() ?? [])].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** Writes a copy of the value, with its times, and returns what is stored now. */
  write(kind: string, id: string, value: JsonObject, timestamps = true): Stored {
    const before = this.find(kind, id);
    const revision = this.nextRevision();
    const copy = structuredClone(value);
    if (timestamps) {
      const now = Math.floor(Date.now() / 1000);
      copy.create_time = before?.value.create_time ?? now;
      copy.update_time = now;
    }
    const stored: Stored = {
      kind,
      id,
      value: copy,
      createdIndex: before?.createdIndex ?? revision,
      modifiedIndex: revision,
    };
    const collection = this.#collections.get(kind) ?? new Map<string, Stored>();
    this.#collections.set(kind, collection.set(id, stored));
    this.#changed(kind, id, before?.value, copy);
    return stored;
  }

  /** Removes an object; false when there is none. */
  remove(kind: string, id: string): boolean {
    const before = this.find(kind, id);
    if (!before) return false;
    this.nextRevision();
    this.#collections.get(kind)?.delete(id);
    this.#changed(kind, id, before.value, undefined);
    return true;
  }

  /** Removes everything. */
  clear(): void {
    for (const [kind, collection] of this.#collections) {
      for (const id of [...collection.keys()]) this.remove(kind, id);
    }
  }

  #changed(kind: string, id: string, before: JsonObject | undefined, after: JsonObject | undefined): void {
    for (const listener of this.#listeners) listener(kind, id, before, after);
  }
}
