import type { JsonObject } from "../model/fields.ts";
import { type Ownership, ownershipOf } from "../model/owner.ts";
import type { ServerObject } from "./object.ts";
import { alreadyExists } from "./refusals.ts";

/** Refuses an object that is there already, unless it was made for this very resource and is as it is declared now. `isEntry`: for a bundle. */
export async function refuseForeign(
  object: ServerObject,
  found: JsonObject,
  { owner, stack }: Pick<Ownership, "owner"> & { stack?: string | undefined },
  isEntry: boolean,
): Promise<void> {
  const mine = await object.mayBelongTo(found, owner);
  if (mine && (await object.isAsDeclared(found))) return;
  const { url } = object.server.connection;
  throw alreadyExists(object.kind, object.id, url, ownershipOf(found), mine, stack, isEntry);
}
