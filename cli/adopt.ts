import type { Named } from "../provider/lifecycle/collections.ts";
import { leastDeclared } from "../provider/lifecycle/imported.ts";
import { ServerObject } from "../provider/lifecycle/object.ts";
import { ownerText } from "../provider/lifecycle/refusals.ts";
import type { Session } from "../provider/lifecycle/session.ts";
import {
  bare,
  isObject,
  type Json,
  type JsonObject,
  schemaFor,
  shapeOf,
  UNKNOWN,
} from "../provider/model/fields.ts";
import { isLegalId, type Kind, type Side } from "../provider/model/kind.ts";
import { SECRET_KEY } from "../provider/model/marks.ts";
import { ownershipOf } from "../provider/model/owner.ts";
import { validate } from "../provider/model/validate.ts";
import { mapParts, type Schema } from "../provider/model/walk.ts";
import { notImportable } from "./foreign.ts";

/** An object of a server as this package declares it. */
export interface Found {
  kind: Kind;
  id: string;
  /** In the canonical form. What the server does not give back stands there as the unknown value. */
  args: JsonObject;
  /** The outputs that the server has made. */
  reported: JsonObject;
  /** The labels that it has at the server, the server's own among them. */
  labels: JsonObject;
  /** Of the create that made it, for an object that has a stack already. */
  mark: string;
  /** What tells its server from others. */
  server: string;
  /** What goes before ids that are made from the resource's name. */
  idPrefix: string;
  /** A plugin's configuration has fields that the types do not know. */
  loose: boolean;
}

/** What was left out, and why. */
export interface Skipped {
  what: string;
  reason: string;
  /** Of a copy from the other side of a federation: the object that it is a copy of. */
  copyOf?: string;
}

/** What is asked for beyond the rules. */
export interface Wish {
  /** The side of a federation at which it was found. */
  side: Side | undefined;
  /** It was asked for by its id. */
  named: boolean;
  /** What belongs to a stack already is wanted, too. */
  owned: boolean;
}

/** The object in the canonical form, or why it is left out. */
export async function adopt(
  kind: Kind,
  session: Session,
  { id, object }: Named,
  wish: Wish,
): Promise<Found | Skipped> {
  const skipped = (reason: string): Skipped => ({ what: `${kind.title} "${id}"`, reason });
  const foreign = notImportable(kind, id, object, wish.side, wish.named);
  if (foreign) return { ...skipped(""), ...foreign };
  const owner = ownershipOf(object);
  if (owner && !wish.owned) return skipped(`belongs to ${ownerText(owner)}; --owned imports it all the same`);
  if (isSpecial(object)) return skipped("holds a text that Pulumi keeps for itself");
  if (!isLegalId(kind, id)) return skipped("has no legal id");
  const least = new ServerObject(kind, session, leastDeclared(object, kind, wish.side), id);
  const { connection } = least.server;
  const args = hideWriteOnly(kind, await least.seen(object, true));
  let loose = false;
  const { customPlugins } = connection;
  const warn = (text: string) => {
    loose ||= /knows no such field/.test(text);
  };
  const [problem] = validate(kind, args, { warn, customPlugins });
  if (problem) return skipped(`this package would refuse it: ${problem.path} ${problem.reason}`);
  return {
    kind,
    id,
    args,
    reported: kind.reported?.of(object) ?? {},
    labels: isObject(object.labels) ? object.labels : {},
    mark: owner?.mark ?? "",
    server: connection.server,
    idPrefix: connection.idPrefix,
    loose,
  };
}

/** What a server gives in fields that it does not give back as they were written is nothing to go by. */
function hideWriteOnly(kind: Kind, seen: JsonObject): JsonObject {
  const hidden = hideIn(kind.schema, seen);
  return kind.imported?.(hidden) ?? hidden;
}

function hideIn(schema: Schema, value: JsonObject): JsonObject {
  const hidden = mapParts(schema, value, ({ schema: field, value: inner }) => {
    if (!field) return inner;
    if (bare(field).meta.writeOnly) return UNKNOWN;
    return isObject(inner) ? hideIn(field, inner) : inner;
  }) as JsonObject;
  const needed = Object.entries(shapeOf(schemaFor(schema, value)) ?? {}).filter(
    ([key, field]) => bare(field).meta.writeOnly && !bare(field).optional && hidden[key] === undefined,
  );
  return { ...hidden, ...Object.fromEntries(needed.map(([key]) => [key, UNKNOWN])) };
}

/** Texts and keys that mean something to Pulumi, wherever they stand. */
function isSpecial(value: Json): boolean {
  if (typeof value === "string") return value.includes(UNKNOWN);
  if (Array.isArray(value)) return value.some(isSpecial);
  return isObject(value) && (SECRET_KEY in value || Object.values(value).some(isSpecial));
}
