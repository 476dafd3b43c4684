import { type Relation, relationsOf } from "../provider/model/references.ts";
import type { Found } from "./adopt.ts";

/** A field of an object that names another one, which is imported, too, if `to` says which it is. */
export interface Reference extends Relation<Found> {
  /** The reference would close a circle, which no program can have. */
  isCircular?: true;
}

/**
 * Relates all of them, and gives them in an order in which what is referred to comes first. The objects of a bundle stand
 * together, and refer to each other in a circle.
 */
export function relate(all: readonly Found[]): Found[] {
  for (const [found, references] of relationsOf(all, ({ at }) => at)) {
    found.references = references;
    for (const { to } of references) to?.users.push(found);
  }
  const unitOf = (found: Found): object => found.bundle ?? found;
  const units = Map.groupBy(all, unitOf);
  const ordered: Found[] = [];
  const [open, done] = [new Set<object>(), new Set<object>()];
  const visit = (unit: object) => {
    if (done.has(unit)) return;
    open.add(unit);
    const members = units.get(unit) ?? [];
    for (const reference of members.flatMap(({ references }) => references)) {
      const { to } = reference;
      if (to && open.has(unitOf(to))) reference.isCircular = true;
      else if (to) visit(unitOf(to));
    }
    open.delete(unit);
    done.add(unit);
    ordered.push(...members);
  };
  for (const unit of units.keys()) visit(unit);
  return ordered;
}
