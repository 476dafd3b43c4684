import type { Json } from "../provider/model/fields.ts";
import { referencesOf } from "../provider/model/references.ts";
import type { Found } from "./adopt.ts";
import type { Path } from "./paths.ts";

/** A field of an object that names another one. */
export interface Reference {
  path: Path;
  value: Json;
  /** The other one, if it is imported, too. */
  to?: Found;
  /** The reference would close a circle, which no program can have. */
  isCircular?: true;
}

/** The references of all, and all of them in an order in which what is referred to comes first. */
export function relate(all: readonly Found[]): {
  references: Map<Found, Reference[]>;
  ordered: Found[];
} {
  const byId = new Map(all.map((found) => [`${found.kind.type} ${found.id}`, found]));
  const references = new Map<Found, Reference[]>();
  const ordered: Found[] = [];
  const open = new Set<Found>();
  const visit = (found: Found) => {
    if (references.has(found)) return;
    open.add(found);
    const own = referencesOf(found.kind, found.args).map(({ path, value, type, id }): Reference => {
      const to = byId.get(`${type} ${id}`);
      if (to && open.has(to)) return { path, value, to, isCircular: true };
      if (to) visit(to);
      return { path, value, ...(to ? { to } : {}) };
    });
    open.delete(found);
    references.set(found, own);
    ordered.push(found);
  };
  for (const found of all) visit(found);
  return { references, ordered };
}
