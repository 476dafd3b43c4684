import { type Relation, relationsOf } from "../provider/model/references.ts";
import type { Found } from "./adopt.ts";

/** A field of an object that names another one, which is imported, too, if `to` says which it is. */
export interface Reference extends Relation<Found> {
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
  const references: Map<Found, Reference[]> = relationsOf(all, ({ at }) => at);
  const units = Map.groupBy(all, unitOf);
  const ordered: Found[] = [];
  const [open, done] = [new Set<object>(), new Set<object>()];
  const visit = (unit: object) => {
    if (done.has(unit)) return;
    open.add(unit);
    const members = units.get(unit) ?? [];
    for (const found of members) {
      for (const reference of references.get(found) ?? []) {
        const { to } = reference;
        if (to && open.has(unitOf(to))) reference.isCircular = true;
        else if (to) visit(unitOf(to));
      }
    }
    open.delete(unit);
    done.add(unit);
    ordered.push(...members);
  };
  for (const unit of units.keys()) visit(unit);
  return { references, ordered };
}
