import { type Entry, objectKey } from "../../model/bundle/entries.ts";
import type { JsonObject } from "../../model/fields.ts";
import type { Kind } from "../../model/kind.ts";
import { type Ownership, ownershipOf } from "../../model/owner.ts";
import { ServerObject } from "../object.ts";
import type { Session } from "../session.ts";

/** An object that a list has shown, and that no entry names. */
export interface Stray {
  table: string;
  kind: Kind;
  id: string;
  found: JsonObject;
  ownership: Ownership;
}

/** What the lists of a bundle's kinds have shown. */
export interface Lists {
  /** Does work in which the first look at each of these entries' objects is answered by its list. */
  showing<T>(entries: readonly Entry[], work: () => Promise<T>): Promise<T>;
  /** Objects with an owner's label that are none of these entries'. */
  strays(entries: readonly Entry[]): Stray[];
}

/** A collection at a server, with one of the entries that are in it. */
interface Collection {
  path: string;
  object: ServerObject;
  entry: Entry;
}

/** Asks for the lists in which the objects of these entries are, each once. */
export async function listsOf(session: Session, entries: readonly Entry[]): Promise<Lists> {
  const collections = new Map<string, Collection>();
  for (const entry of entries) {
    const object = objectOf(session, entry);
    const path = object.place.collection;
    const key = `${object.server.connection.url} ${path}`;
    if (!collections.has(key)) collections.set(key, { path, object, entry });
  }
  const found = new Map<string, Map<string, JsonObject>>();
  await Promise.all(
    [...collections].map(async ([key, { path, object }]) => {
      const call = { doing: `list ${path}`, path, secrets: [] };
      const listed = await object.server.api.list(call);
      found.set(key, new Map(listed.map(({ name, object: one }) => [name, one])));
    }),
  );
  return {
    async showing(shown, work) {
      const keys: string[] = [];
      for (const entry of shown) {
        const object = objectOf(session, entry);
        const { collection, name } = object.place;
        const list = found.get(`${object.server.connection.url} ${collection}`);
        if (!list) continue;
        keys.push(object.shownKey());
        session.shown.set(object.shownKey(), list.get(name));
      }
      try {
        return await work();
      } finally {
        // What nobody has looked at is old by now.
        for (const key of keys) session.shown.delete(key);
      }
    },
    strays(known) {
      const names = new Set(known.map(objectKey));
      return [...collections].flatMap(([key, { entry }]) =>
        [...(found.get(key) ?? [])].flatMap(([name, object]): Stray[] => {
          const ownership = ownershipOf(object);
          const id = idIn(entry.kind, name, object);
          if (!ownership || names.has(`${entry.kind.type} ${id}`)) return [];
          return [{ table: entry.table, kind: entry.kind, id, found: object, ownership }];
        }),
      );
    },
  };
}

/** The object of an entry. */
export function objectOf(session: Session, { kind, args }: Pick<Entry, "kind" | "args">): ServerObject {
  return new ServerObject(kind, session, args);
}

/** The id of a listed object: Kuma's say all of it themselves. */
function idIn({ identity }: Kind, name: string, object: JsonObject): string {
  return identity.length > 1 ? identity.map((field) => String(object[field])).join("/") : name;
}
