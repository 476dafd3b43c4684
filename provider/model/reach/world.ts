import { isNotKnown, whyNotKnown } from "../serving/not-known.ts";
import {
  distinct,
  type Field,
  fieldOf,
  isMap,
  type Judged,
  type Stored,
  type Unclear,
} from "../serving/objects.ts";

/** What a control plane has been told, as its REST API writes it. Any value may be a marker of what is not known. */
export interface World {
  /** Objects of every type, with their `type` and, where they belong to a mesh, its name in `mesh`. */
  resources: readonly Stored[];
  /** The zone of the data plane. Default: `default`, as a control plane of one zone calls it. */
  zone?: string;
  /**
   * Names of the mesh's secrets. Without them it is not known whether a secret is there, and nothing is said about what
   * needs one.
   */
  secrets?: readonly string[];
}

/** The zone's name. */
export function zoneOf({ zone = "default" }: World): string {
  return zone;
}

/** The objects of a type that belong to a mesh, sorted by name. */
export function ofMesh(world: World, type: string, mesh: string): Stored[] {
  return world.resources.filter((one) => one.type === type && (one.mesh ?? "default") === mesh).sort(byName);
}

/** The objects of a type that belong to no mesh, sorted by name. */
export function ofType(world: World, type: string): Stored[] {
  return world.resources.filter((one) => one.type === type).sort(byName);
}

function byName(a: Stored, b: Stored): number {
  return nameOf(a) < nameOf(b) ? -1 : nameOf(a) > nameOf(b) ? 1 : 0;
}

/** An object's name. */
export function nameOf(object: Stored): string {
  return String(object.name ?? "");
}

/** The name that an object had where it was made; a synchronised one carries another. */
export function displayName(object: Stored): string {
  return labelsOf(object)["kuma.io/display-name"] ?? nameOf(object);
}

/** An object's labels as far as they are known. */
export function labelsOf(object: Stored): Record<string, string> {
  return textMap(object.labels);
}

/** The texts of a map. */
export function textMap(value: unknown): Record<string, string> {
  if (!isMap(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

/** Gives what stands at a path of an object. */
export type Get = (...path: (string | number)[]) => unknown;

/** Reads from an object. What is not known of all that is read makes the whole answer not known. */
export function read<T>(object: Stored, body: (get: Get) => T): Judged<T> {
  const because: Unclear[] = [];
  const value = body((...path) => {
    let current: unknown = object;
    for (const [index, key] of path.entries()) {
      const next = Array.isArray(current) ? current[Number(key)] : isMap(current) ? current[key] : undefined;
      if (isNotKnown(next)) {
        because.push({ field: fieldAt(object, path.slice(0, index + 1)), why: whyNotKnown(next) });
        return undefined;
      }
      current = next;
    }
    return current;
  });
  return because.length > 0 ? { known: false, because } : { known: true, value };
}

/** A field of an object of Kuma. */
export function fieldAt(object: Stored, path: readonly (string | number)[]): Field {
  const text = path.map((key) => (typeof key === "number" ? `[${key}]` : `.${key}`)).join("");
  return fieldOf(String(object.type), object, text.replace(/^\./, ""));
}

/** All that keeps several answers from being known. */
export function unknowns(...judged: readonly Judged<unknown>[]): Unclear[] {
  return distinct(judged.flatMap((one) => (one.known ? [] : one.because)));
}

/** An answer from others, not known if one of them is not. */
export function from<const J extends readonly Judged<unknown>[], T>(
  judged: J,
  body: (...values: { [I in keyof J]: J[I] extends Judged<infer V> ? V : never }) => T,
): Judged<T> {
  const because = unknowns(...judged);
  if (because.length > 0) return { known: false, because };
  const values = judged.map((one) => (one.known ? one.value : undefined));
  return {
    known: true,
    value: body(...(values as { [I in keyof J]: J[I] extends Judged<infer V> ? V : never })),
  };
}
