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
import type { Resource } from "../provider/model/inventory/resource.ts";
import { isLegalId, type Kind } from "../provider/model/kind.ts";
import { SECRET_KEY } from "../provider/model/marks.ts";
import { ownershipOf } from "../provider/model/owner.ts";
import { validate } from "../provider/model/validate.ts";
import { mapParts, type Schema } from "../provider/model/walk.ts";
import type { ImportedBundle } from "./bundles.ts";
import { notImportable } from "./foreign.ts";
import { isAboutTheKind, type LiveDraft } from "./live-server.ts";
import type { Reference } from "./references.ts";
import type { SecretValue } from "./secret-values.ts";

/** An object of a server as a program declares it, before the inventory has it. */
export interface Adopted extends LiveDraft {
  /** In the canonical form. What the server does not give back stands there as the unknown value. */
  args: JsonObject;
  /** Of the create that made it, for an object that has a stack already. */
  mark: string;
  /** What goes before ids that are made from the resource's name. */
  idPrefix: string;
  /** A plugin's configuration has fields that the types do not know. */
  loose: boolean;
}

/** An object in the inventory. */
type Entered = Adopted & Resource;

/** A resource of the inventory that is imported, and what becomes of it in the program. */
export interface Found extends Entered {
  references: Reference[];
  /** What refers to it. */
  users: Found[];
  /** Of the variable that holds it. */
  variable: string;
  secrets: SecretValue[];
  /** The bundle that it is an entry of. */
  bundle?: ImportedBundle;
}

/** What was left out, and why. */
export interface Skipped {
  what: string;
  reason: string;
  /** Of a copy from the other side of a federation: what `placeOf` says of the object that it is a copy of. */
  copyOf?: string;
}

/**
 * The object in the canonical form, or why it is left out.
 *
 * @param wish `named`: it was asked for by its id; `owned`: what belongs to a stack already is wanted, too
 */
export async function adopt(
  draft: LiveDraft,
  session: Session,
  wish: { named: boolean; owned: boolean },
): Promise<Adopted | Skipped> {
  const { kind, id, stored, side } = draft;
  const skipped = (reason: string): Skipped => ({ what: `${kind.title} "${id}"`, reason });
  const foreign = notImportable(draft, wish.named);
  if (foreign) return { ...skipped(""), ...foreign };
  const owner = ownershipOf(stored);
  if (owner && !wish.owned) return skipped(`belongs to ${ownerText(owner)}; --owned imports it all the same`);
  if (isSpecial(stored)) return skipped("holds a text that Pulumi keeps for itself");
  if (!isLegalId(kind, id)) return skipped("has no legal id");
  const least = new ServerObject(kind, session, leastDeclared(stored, kind, side), id);
  const { customPlugins, idPrefix } = least.server.connection;
  let seen: JsonObject;
  try {
    seen = await least.seen(stored, true);
  } catch (error) {
    if (isAboutTheKind(error)) return skipped(error.message);
    throw error;
  }
  const args = hideWriteOnly(kind, seen);
  let loose = false;
  const warn = (text: string) => {
    loose ||= /knows no such field/.test(text);
  };
  const [problem] = validate(kind, args, { warn, customPlugins });
  if (problem) return skipped(`this package would refuse it: ${problem.path} ${problem.reason}`);
  return { ...draft, args, mark: owner?.mark ?? "", idPrefix, loose };
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
