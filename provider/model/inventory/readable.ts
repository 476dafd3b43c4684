import type { JsonObject } from "../fields.ts";
import type { Kind } from "../kind.ts";
import { changedAt, formatPath } from "../paths.ts";
import { notKnown } from "../serving/not-known.ts";
import type { Stored } from "../serving/objects.ts";
import { misfits } from "../validate.ts";
import { withUnknownTexts } from "./values.ts";

/** The arguments, with a marker wherever something stands that cannot be what its field says, and where that is. */
export function readableIn(kind: Kind, args: Stored): { args: Stored; misfits: string[] } {
  const paths = misfits(kind, withUnknownTexts(args) as JsonObject);
  const readable = paths.reduce<unknown>(
    (changed, path) => changedAt(changed, path.map(keyOf), () => notKnown("unknown")),
    args,
  );
  return { args: readable as Stored, misfits: paths.map(formatPath) };
}

function keyOf(key: PropertyKey): string | number {
  return typeof key === "symbol" ? key.toString() : key;
}
