import { bare, isObject, type JsonObject, UNKNOWN } from "../model/fields.ts";
import { isLegalId, type Kind, type Side } from "../model/kind.ts";
import { ownershipOf } from "../model/owner.ts";
import { formatPath, type Path } from "../model/paths.ts";
import { mapParts, type Schema, visit } from "../model/walk.ts";
import { ServerObject } from "./object.ts";
import { noId } from "./refusals.ts";
import type { Outcome } from "./requests.ts";
import type { Session } from "./session.ts";

/** What would be declared at least: of plugins their names, so that what equals a plugin's default is left out. */
export function leastDeclared({ plugins }: JsonObject, kind: Kind, side: Side | undefined): JsonObject {
  return {
    ...(isObject(plugins)
      ? { plugins: Object.fromEntries(Object.keys(plugins).map((name) => [name, {}])) }
      : {}),
    ...("metadata" in kind.schema.shape ? { metadata: {} } : {}),
    ...("origin" in kind.schema.shape && side === "zone" ? { origin: "zone" } : {}),
  };
}

/** An object of a server, or of that side of a federation, as arguments of its kind; undefined when it is not there. */
export async function importedObject(
  kind: Kind,
  session: Session,
  given: string,
  side?: Side,
): Promise<Outcome | undefined> {
  const id = wholeId(kind, given);
  if (!isLegalId(kind, id)) throw noId(kind, given);
  const place = new ServerObject(kind, session, atSide(side), id);
  const found = await place.look(place.call("import"));
  if (!found) return undefined;
  const object = new ServerObject(kind, session, leastDeclared(found, kind, side), id);
  const seen = await object.seen(found, true);
  const { args, hidden } = withoutHidden(kind.schema, seen);
  if (hidden.length > 0) {
    session.warn(
      `The ${object.title}: ${hidden.map(formatPath).join(", ")} ${hidden.length > 1 ? "are" : "is"} left out, since the server does not give ${hidden.length > 1 ? "them" : "it"} back. Add ${hidden.length > 1 ? "them" : "it"} to the program.`,
    );
  }
  return object.outcome(args, ownershipOf(found)?.mark ?? "", kind.reported?.of(found));
}

/** The sides of a federation at which there may be objects of a kind. One control plane alone is the global one. */
export function sidesOf({ side }: Kind, isFederation: boolean): (Side | undefined)[] {
  if (typeof side !== "function") return [side];
  return isFederation ? ["global", "zone"] : ["global"];
}

/** What says at which side of a federation an object is written that either side may have. */
export function atSide(side: Side | undefined): JsonObject {
  return side === "zone" ? { origin: "zone" } : {};
}

/** The whole id of one that leaves out what has a default, such as the mesh. */
function wholeId({ identity, identityDefaults = {} }: Kind, id: string): string {
  const missing = identity.length - id.split("/").length;
  const standards = identity.slice(0, Math.max(missing, 0)).map((field) => identityDefaults[field]);
  return standards.some((standard) => standard === undefined) ? id : [...standards, id].join("/");
}

/** What a server gives in fields that it does not give back as they were written is nothing to go by. */
function withoutHidden(schema: Schema, seen: JsonObject): { args: JsonObject; hidden: Path[] } {
  const hidden: Path[] = [];
  visit(schema, seen, ({ path, meta, value }) => {
    if (meta.writeOnly && value !== UNKNOWN) hidden.push(path);
    return !meta.writeOnly;
  });
  const without = (inner: Schema, value: JsonObject): JsonObject =>
    mapParts(inner, value, ({ schema: field, value: part }) => {
      if (!field) return part;
      if (bare(field).meta.writeOnly) return undefined;
      return isObject(part) ? without(field, part) : part;
    }) as JsonObject;
  return { args: without(schema, seen), hidden };
}
