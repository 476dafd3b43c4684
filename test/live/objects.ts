import { canonical } from "../../provider/model/canonical.ts";
import type { JsonObject } from "../../provider/model/fields.ts";
import { kindOf } from "../../provider/model/kinds.ts";
import { toServer } from "../../provider/model/wire.ts";
import type { Stored } from "../support/kinds.ts";
import type { LiveKind } from "./kinds.ts";
import { comparable } from "./lifecycle.ts";
import { read, write } from "./servers.ts";

/** An object of a run that somebody else has made. */
export interface LiveObject {
  kind: LiveKind;
  /** What its name begins with. */
  prefix: string;
  /** What `import --id` chooses it by. */
  named: string;
  path: string;
  body: Stored;
}

/** The object of a kind with all that the kind's tests declare, as it goes over the wire. */
export function objectOf(kind: LiveKind, prefix: string): LiveObject {
  const made = kindOf(kind.type);
  const id = kind.id(prefix);
  const declared = kind.declared?.(kind.full, id) ?? kind.full;
  const args = { ...made.identityDefaults, [kind.identity]: id, ...declared } as JsonObject;
  // A policy of a type that has a kind of its own is an object of that kind.
  const [type, fields] =
    kind.type === "kuma:Policy"
      ? [`kuma:${args.type}`, made.identity.filter((field) => field !== "type")]
      : [kind.type, made.identity];
  const named = [type, ...fields.map((field) => String(args[field]))].join("/");
  return { kind, prefix, named, path: kind.path(id), body: toServer(made, canonical(made, args)) };
}

/** Writes them as somebody would with curl. */
export async function placeAll(objects: readonly LiveObject[]): Promise<void> {
  for (const { kind, path, body } of objects) await write(kind.server, path, body);
}

/** What the servers have of them, less what changes by itself. */
export function foundOf(objects: readonly LiveObject[]): Promise<unknown[]> {
  return Promise.all(
    objects.map(async ({ kind, path }) => [path, comparable(kind, await read(kind.server, path))]),
  );
}
