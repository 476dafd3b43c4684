import type { Fields } from "./message.ts";

/** A stored object: type, mesh (in a mesh only), name, times, labels and the kind's own fields. */
export interface StoredObject extends Fields {
  type: string;
  mesh?: string;
  name: string;
  labels?: Record<string, string>;
}

/** Told of every change: the object as it was and as it is, one of which may be missing. */
export type ChangeListener = (before: StoredObject | undefined, after: StoredObject | undefined) => void;

/** The objects of one control plane, in memory. */
export class Store {
  readonly #objects = new Map<string, Map<string, StoredObject>>();
  readonly #listeners: ChangeListener[] = [];
  readonly #outlivesMesh: (object: StoredObject) => boolean;
  readonly #owned = new Map<string, StoredObject[]>();

  /** What is in a mesh goes with it, but for some objects. */
  constructor(outlivesMesh: (object: StoredObject) => boolean = () => false) {
    this.#outlivesMesh = outlivesMesh;
  }

  /** Calls the listener after every change from now on. */
  onChange(listener: ChangeListener): void {
    this.#listeners.push(listener);
  }

  /** One object, or undefined. */
  get(type: string, mesh: string | undefined, name: string): StoredObject | undefined {
    return this.#objects.get(type)?.get(key(mesh, name));
  }

  /** All objects of a type, of one mesh or of all, by mesh and name. */
  list(type: string, mesh?: string): StoredObject[] {
    return [...(this.#objects.get(type)?.entries() ?? [])]
      .filter(([, object]) => mesh === undefined || object.mesh === mesh)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, object]) => object);
  }

  /** All objects. */
  all(): StoredObject[] {
    return [...this.#objects.values()].flatMap((objects) => [...objects.values()]);
  }

  /** Stores the object, over one that was there, and sets its times; it goes when its owner, if any, does. */
  put(object: StoredObject, owner?: StoredObject): void {
    const before = this.get(object.type, object.mesh, object.name);
    const time = now();
    const { type, mesh, name, creationTime: _, modificationTime: __, ...rest } = object;
    const after: StoredObject = {
      type,
      ...(mesh !== undefined && { mesh }),
      name,
      creationTime: before?.creationTime ?? time,
      modificationTime: time,
      ...rest,
    };
    const objects = this.#objects.get(type) ?? new Map<string, StoredObject>();
    this.#objects.set(type, objects.set(key(mesh, name), after));
    if (owner) {
      const own = ownerKey(owner);
      this.#owned.set(own, [...(this.#owned.get(own) ?? []), after]);
    }
    this.#changed(before, after);
  }

  /** Removes the object, what it owns, and what is in it if it is a mesh; false if it was not there. */
  delete(type: string, mesh: string | undefined, name: string): boolean {
    const before = this.get(type, mesh, name);
    if (!before) return false;
    this.#objects.get(type)?.delete(key(mesh, name));
    this.#changed(before, undefined);
    const owned = this.#owned.get(ownerKey(before)) ?? [];
    this.#owned.delete(ownerKey(before));
    const inside = type === "Mesh" ? this.all().filter((object) => object.mesh === name) : [];
    for (const object of [...owned, ...inside.filter((each) => !this.#outlivesMesh(each))]) {
      this.delete(object.type, object.mesh, object.name);
    }
    return true;
  }

  #changed(before: StoredObject | undefined, after: StoredObject | undefined): void {
    for (const listener of this.#listeners) listener(before, after);
  }
}

const key = (mesh: string | undefined, name: string): string => `${mesh ?? ""}/${name}`;

const ownerKey = ({ type, mesh, name }: StoredObject): string => `${type}/${key(mesh, name)}`;

/** The time as the control plane writes it, with nanoseconds; it never goes back. */
function now(): string {
  const milliseconds = performance.timeOrigin + performance.now();
  const whole = Math.floor(milliseconds);
  const rest = Math.floor((milliseconds - whole) * 1_000_000);
  return new Date(whole).toISOString().replace("Z", `${String(rest).padStart(6, "0")}Z`);
}
