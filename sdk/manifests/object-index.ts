import type { KindName } from "./kinds.ts";
import type { ManifestObject } from "./objects.ts";

/** Finds objects by kind, namespace and name. */
export class ObjectIndex {
  readonly #objects: readonly ManifestObject[];

  constructor(objects: readonly ManifestObject[]) {
    this.#objects = objects;
  }

  /** All objects of a kind, in the order of the files. */
  all(...kinds: KindName[]): ManifestObject[] {
    return this.#objects.filter(({ kind }) => kinds.includes(kind));
  }

  /** The object that another one means by a name. */
  find(kind: KindName, namespace: string | undefined, name: string): ManifestObject | undefined {
    return this.all(kind).find((object) => object.namespace === namespace && object.name === name);
  }
}
