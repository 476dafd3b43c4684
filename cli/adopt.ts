import type * as z from "zod";
import { ownerText } from "../provider/lifecycle/refusals.ts";
import type { Target } from "../provider/lifecycle/target.ts";
import {
  bare,
  isObject,
  type Json,
  type JsonObject,
  schemaFor,
  shapeOf,
  UNKNOWN,
} from "../provider/model/fields.ts";
import type { Kind, Side } from "../provider/model/kind.ts";
import { ownershipOf } from "../provider/model/owner.ts";
import { SECRET_KEY } from "../provider/model/secrets.ts";
import { validate } from "../provider/model/validate.ts";
import { BackendError } from "../provider/server/errors.ts";
import type { Named } from "./collections.ts";
import { notImportable } from "./foreign.ts";

/** An object of a server as this package declares it. */
export interface Found {
  kind: Kind;
  id: string;
  /** In the canonical form. What the server does not give back stands there as the unknown value. */
  args: JsonObject;
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
export async function adopt(target: Target, { id, object }: Named, wish: Wish): Promise<Found | Skipped> {
  const { kind, connection } = target;
  const skipped = (reason: string): Skipped => ({ what: `${kind.title} "${id}"`, reason });
  const foreign = notImportable(kind, id, object, wish.side, wish.named);
  if (foreign) return skipped(foreign);
  const owner = ownershipOf(object);
  if (owner && !wish.owned) return skipped(`belongs to ${ownerText(owner)}; --owned imports it all the same`);
  if (isSpecial(object)) return skipped("holds a text that Pulumi keeps for itself");
  let args: JsonObject;
  try {
    args = hideWriteOnly(kind, await target.seen(object, id, leastDeclared(object, kind, wish.side)));
  } catch (error) {
    if (error instanceof BackendError && error.kind === "INVALID_CONFIGURATION")
      return skipped("has no legal id");
    throw error;
  }
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
    labels: isObject(object.labels) ? object.labels : {},
    mark: owner?.mark ?? "",
    server: connection.server,
    idPrefix: connection.idPrefix,
    loose,
  };
}

/** What would be declared at least: of plugins their names, so that what equals a plugin's default is left out. */
function leastDeclared({ plugins }: JsonObject, kind: Kind, side: Side | undefined): JsonObject {
  return {
    ...(isObject(plugins)
      ? { plugins: Object.fromEntries(Object.keys(plugins).map((name) => [name, {}])) }
      : {}),
    ...("metadata" in kind.schema.shape ? { metadata: {} } : {}),
    ...("origin" in kind.schema.shape && side === "zone" ? { origin: "zone" } : {}),
  };
}

/** What a server gives in fields that it does not give back as they were written is nothing to go by. */
function hideWriteOnly(kind: Kind, seen: JsonObject): JsonObject {
  const hidden = hideIn(kind.schema, seen);
  return kind.imported?.(hidden) ?? hidden;
}

function hideIn(schema: z.core.$ZodType, value: JsonObject): JsonObject {
  const result = { ...value };
  for (const [key, field] of Object.entries(shapeOf(schema) ?? {})) {
    const { meta, optional } = bare(field);
    const inner = result[key];
    if (meta.writeOnly && (inner !== undefined || !optional)) result[key] = UNKNOWN;
    else if (isObject(inner)) result[key] = hideIn(schemaFor(field, inner), inner);
  }
  return result;
}

/** Texts and keys that mean something to Pulumi, wherever they stand. */
function isSpecial(value: Json): boolean {
  if (typeof value === "string") return value.includes(UNKNOWN);
  if (Array.isArray(value)) return value.some(isSpecial);
  return isObject(value) && (SECRET_KEY in value || Object.values(value).some(isSpecial));
}
