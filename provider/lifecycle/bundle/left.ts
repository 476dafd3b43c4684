import { placeIn } from "../../model/bundle/entries.ts";
import type { JsonObject } from "../../model/fields.ts";
import { identityOf } from "../../model/kind.ts";
import { fromServer } from "../../model/wire.ts";
import type { Stray } from "./lists.ts";
import type { Change } from "./plan.ts";

/** The removal of an object that a run which died has made, by the mark that it has. */
export type Removal = Extract<Change, { what: "remove" }>;

/** What is told at a run that changes no entry, and so looks at no server. */
export const LEFT_BEFORE =
  "An earlier run has found objects that carry this bundle's label and are not of this state: a run that died has left them, or " +
  "another state of the same name has made them. pulumi refresh lists those that are still there. " +
  "To remove them, set adopt: true on the bundle; its destroy removes them, too.";

/** What is removed of objects that no entry names. Their arguments tell in which order. */
export function removalOf({ table, kind, id, found, ownership }: Stray): Removal {
  const args = fromServer(kind, found, identityOf(kind, id));
  const key = ownership.key ?? id.split("/").at(-1) ?? id;
  return { what: "remove", old: { table, key, kind, args, secrets: [] }, mark: ownership.mark };
}

/** Which objects stay that carry the bundle's label and are not of its state, and what helps. */
export function leftThere(strays: readonly Stray[]): string {
  const shown = strays.slice(0, 10).map(({ table, id }) => placeIn({ table, key: id }));
  const more = strays.length > shown.length ? ` and ${strays.length - shown.length} more` : "";
  return (
    `${shown.join(", ")}${more} carry this bundle's label and are in no entry and not of this state: a run that died has left ` +
    "them, or another state of the same name has made them. They stay until the bundle is destroyed. " +
    "To remove them now, set adopt: true on the bundle and run pulumi up; to keep one, declare it with adopt: true."
  );
}

/** The marks of these objects, each once. */
export function marksOf(marks: readonly string[]): string[] {
  return [...new Set(marks)].toSorted();
}

/** `__left`, as both doors keep it among the outputs; nothing where nothing is left. */
export function leftKey(left: readonly string[] | undefined): JsonObject {
  return left && left.length > 0 ? { __left: [...left] } : {};
}

/** Reads `__left`. */
export function leftIn({ __left: left }: JsonObject): string[] {
  return Array.isArray(left) ? left.map(String) : [];
}
