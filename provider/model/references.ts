import { type Json, type JsonObject, UNKNOWN } from "./fields.ts";
import type { Kind } from "./kind.ts";
import { kindOf } from "./kinds.ts";
import type { Path } from "./paths.ts";
import { described } from "./walk.ts";

/** A field that names another object. */
export interface Reference {
  /** As in `["plugins", "traffic-split", "rules", 0, "weighted_upstreams", 1, "upstream_id"]`. */
  path: Path;
  /** The name as it is written: an id of APISIX may be a number. */
  value: string | number;
  /** Type of the other object, as in `apisix:Upstream`. */
  type: string;
  /** Id of the other object: the value, with the mesh before it where the other one is in a mesh. */
  id: string;
}

/** Everything that the arguments of a kind refer to, as far as it is known. */
export function referencesOf(kind: Kind, args: JsonObject): Reference[] {
  const found: Reference[] = [];
  const add = (type: string, value: unknown, path: Path) => {
    if (!isName(value)) return;
    const id = idAt(kindOf(type), value, args);
    if (id !== undefined) found.push({ path, value, type, id });
  };
  for (const { meta, value, path } of described(kind.schema, args)) {
    if (meta.reference !== undefined) add(meta.reference, value, path);
    for (const inner of meta.references?.(value as Json) ?? [])
      add(inner.type, inner.value, [...path, ...inner.path]);
  }
  return found;
}

/** The id of an object of a kind, made of its arguments and of its resource's name, as far as it is known. */
export function idFrom(kind: Kind, args: JsonObject, name: string): string | undefined {
  return idAt(kind, args[kind.identity.at(-1) ?? ""] ?? name, args);
}

/** The other parts of an id, such as a mesh, are those of the object that refers to it. */
function idAt({ identity, identityDefaults }: Kind, last: unknown, args: JsonObject): string | undefined {
  const outer = identity.slice(0, -1).map((field) => args[field] ?? missing(args, field, identityDefaults));
  const parts = [...outer, last];
  return parts.every(isName) ? parts.join("/") : undefined;
}

/** What is null is not known, since it comes from another resource. */
function missing(args: JsonObject, field: string, defaults: Record<string, string> = {}): unknown {
  return args[field] === null ? undefined : defaults[field];
}

function isName(value: unknown): value is string | number {
  return (typeof value === "string" && value !== UNKNOWN) || typeof value === "number";
}
