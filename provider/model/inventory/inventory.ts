import type { JsonObject } from "../fields.ts";
import type { Kind } from "../kind.ts";
import { kindOf } from "../kinds.ts";
import { changedAt, valueAt } from "../paths.ts";
import { idFrom } from "../references.ts";
import { isNotKnown } from "../serving/not-known.ts";
import type { Stored } from "../serving/objects.ts";
import { described } from "../walk.ts";
import { objectOf } from "./object.ts";
import { readableIn } from "./readable.ts";
import type { Draft, Resource } from "./resource.ts";
import { groups } from "./servers.ts";
import { withUnknownTexts } from "./values.ts";

/** All resources of several sources together, and what could not be read of them. */
export interface Inventory<D extends Draft = Draft> {
  resources: (D & Resource)[];
  notes: string[];
}

/**
 * Joins what sources tell: resolves references, finds which resources are at one server, and makes the servers' objects.
 *
 * @param servers for each draft what all at its server have in common
 */
export function inventoryOf<D extends Draft>(
  drafts: readonly D[],
  servers: readonly string[] = groups(drafts),
): Inventory<D> {
  const byUrn = new Map(
    drafts.flatMap((draft) => (draft.urn === undefined ? [] : [[draft.urn, draft] as const])),
  );
  const resources: (D & Resource)[] = [];
  const notes: string[] = [];
  for (const [index, draft] of drafts.entries()) {
    const kind = specificKind(draft);
    try {
      const { args, misfits } = readableIn(kind, resolved(kind, draft, byUrn));
      for (const path of misfits)
        notes.push(
          `${draft.source}: ${draft.type} "${draft.name}" of ${draft.place}: ${path} cannot be read.`,
        );
      const id = idOfDraft(kind, { ...draft, args });
      const object = objectOf(kind, withIdentity(kind, args, id), id);
      resources.push({ ...draft, args, id, object, at: servers[index] ?? "" });
    } catch {
      // What is wrong with it may be secret.
      notes.push(`${draft.source}: ${draft.type} "${draft.name}" of ${draft.place} cannot be read.`);
    }
  }
  return { resources, notes };
}

function specificKind(draft: Draft): Kind {
  const kind = kindOf(draft.type);
  return kind.specific?.(withUnknownTexts(draft.args) as JsonObject) ?? kind;
}

function idOfDraft(kind: Kind, { args, name }: Draft): string | undefined {
  return idFrom(kind, withUnknownTexts(args) as JsonObject, name);
}

/** What was left out of the identity stands in the object all the same. */
function withIdentity(kind: Kind, args: Stored, id: string | undefined): Stored {
  const parts = id?.split("/") ?? [];
  if (parts.length !== kind.identity.length) return args;
  const missing = kind.identity.flatMap((field, index) =>
    args[field] === undefined ? [[field, parts[index]]] : [],
  );
  return { ...args, ...Object.fromEntries(missing) };
}

/** An unknown reference names the one resource that the field depends on, if there is one and it is of the right type. */
function resolved(kind: Kind, { args, dependencies }: Draft, byUrn: ReadonlyMap<string, Draft>): Stored {
  const plain = withUnknownTexts(args) as JsonObject;
  let result: unknown = args;
  for (const { meta, path } of described(kind.schema, plain)) {
    if (meta.reference === undefined || !isNotKnown(valueAt(args, path))) continue;
    const urns = dependencies[String(path[0])] ?? [];
    const [urn] = urns;
    const target = urns.length === 1 && urn !== undefined ? byUrn.get(urn) : undefined;
    if (target?.type !== meta.reference) continue;
    const id = idOfDraft(kindOf(target.type), target);
    if (id !== undefined) result = changedAt(result, path, () => id.split("/").at(-1));
  }
  return result as Stored;
}

/** Labels that people gave a resource. */
export function labelsOf({ args }: Resource): Readonly<Record<string, string>> {
  const labels = args.labels;
  if (typeof labels !== "object" || labels === null || isNotKnown(labels)) return {};
  return Object.fromEntries(
    Object.entries(labels).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

/** What a kind is called for people, as in `external service`. */
export function titleOf(type: string): string {
  return kindOf(type).title;
}
