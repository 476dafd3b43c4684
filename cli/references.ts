import type { Json } from "../provider/model/fields.ts";
import type { Path } from "../provider/model/paths.ts";
import { referencesOf } from "../provider/model/references.ts";
import type { Found } from "./adopt.ts";

/** A field of an object that names another one. */
export interface Reference {
  path: Path;
  value: Json;
  /** The other one, if it is imported, too. */
  to?: Found;
  /** The reference would close a circle, which no program can have. */
  isCircular?: true;
}

/**
 * The references of all, and all of them in an order in which what is referred to comes first. What shares a unit stands
 * together, as the objects of a bundle, and refers to each other in a circle.
 */
export function relate(
  all: readonly Found[],
  unitOf: (found: Found) => object = (found) => found,
): {
  references: Map<Found, Reference[]>;
  ordered: Found[];
} {
  const byId = new Map(all.map((found) => [`${found.kind.type} ${found.id}`, found]));
  const units = Map.groupBy(all, unitOf);
  const references = new Map<Found, Reference[]>();
  const ordered: Found[] = [];
  const [open, done] = [new Set<object>(), new Set<object>()];
  const visit = (unit: object) => {
    if (done.has(unit)) return;
    open.add(unit);
    const members = units.get(unit) ?? [];
    for (const found of members) {
      const own = referencesOf(found.kind, found.args).map(({ path, value, type, id }): Reference => {
        const to = byId.get(`${type} ${id}`);
        if (to && open.has(unitOf(to))) return { path, value, to, isCircular: true };
        if (to) visit(unitOf(to));
        return { path, value, ...(to ? { to } : {}) };
      });
      references.set(found, own);
    }
    open.delete(unit);
    done.add(unit);
    ordered.push(...members);
  };
  for (const unit of units.keys()) visit(unit);
  return { references, ordered };
}
