import { objectsOf } from "../lifecycle/collections.ts";
import type { Session } from "../lifecycle/session.ts";
import type { JsonObject } from "../model/fields.ts";
import type { Kind, Side } from "../model/kind.ts";
import { BackendError } from "../server/errors.ts";
import type { ListRequest } from "./messages.ts";
import type { ListItem } from "./provider.ts";

/** An object that a server has. */
type Item = { id: string; name: string };

/** The lists of a plugin's kinds: all that is at the server, whoever made it, page by page. */
export class Lists {
  readonly #session: Session;
  /** What the first page has found, for the pages after it. */
  readonly #found = new Map<string, Item[]>();

  constructor(session: Session) {
    this.#session = session;
  }

  /** A page of a list; its last item says where the next one begins, if there is one. */
  async page(
    kind: Kind,
    sides: readonly (Side | undefined)[],
    { pageSize, limit, continuationToken, query }: ListRequest,
  ): Promise<ListItem[]> {
    const [unknown] = Object.keys(query ?? {});
    if (kind.patch) throw refused(`${kind.type} cannot be listed: it is a part of an object.`);
    if (unknown !== undefined) throw refused(`The list of ${kind.type} takes no input "${unknown}".`);
    const known = continuationToken === "" ? undefined : this.#found.get(kind.type);
    const all = known ?? (await this.#all(kind, sides));
    this.#found.set(kind.type, all);
    const from = Number(continuationToken);
    if (!Number.isInteger(from) || from < 0)
      throw refused(`"${continuationToken}" is no continuation token.`);
    const most = Math.min(pageSize > 0 ? pageSize : all.length, limit > 0 ? limit : all.length);
    const to = from + Math.max(most, 1);
    return [...all.slice(from, to), ...(to < all.length ? [{ next: String(to) }] : [])];
  }

  async #all(kind: Kind, sides: readonly (Side | undefined)[]): Promise<Item[]> {
    const items = new Map<string, Item>();
    for (const side of sides) {
      const objects = await objectsOf(kind, this.#session, side);
      if (typeof objects === "string") {
        this.#session.warn(`There is no ${kind.title}: ${objects}.`);
        continue;
      }
      for (const { id, object } of objects)
        if (!items.has(id)) items.set(id, { id, name: nameOf(kind, id, object) });
    }
    return [...items.values()].sort((left, right) => (left.id < right.id ? -1 : left.id > right.id ? 1 : 0));
  }
}

/** What people call it: its name, else the last part of its id. */
function nameOf(kind: Kind, id: string, { name }: JsonObject): string {
  const isForPeople = "name" in kind.schema.shape && typeof name === "string" && name !== "";
  return isForPeople ? name : id.slice(id.lastIndexOf("/") + 1);
}

function refused(text: string): BackendError {
  return new BackendError("INVALID_CONFIGURATION", text);
}
