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

/** A resource of a program, a stack or a server, as far as references are about it. */
export interface Referring {
  type: string;
  /** Pulumi's name of it, from which its id is made where the arguments do not say it. */
  name: string;
  args: JsonObject;
}

/** A reference with the resource that it leads to, if that is among the given ones. */
export interface Relation<R> extends Reference {
  to?: R;
}

/**
 * What each of some resources refers to.
 *
 * @param serverOf what all at one server have in common: an id means something there only
 * @param saidBy the arguments whose references are asked for
 */
export function relationsOf<R extends Referring>(
  all: readonly R[],
  serverOf: (one: R) => unknown,
  saidBy: (one: R) => JsonObject = ({ args }) => args,
): Map<R, Relation<R>[]> {
  const byType = Map.groupBy(all, ({ type }) => type);
  const byId = new Map<string, Map<string | undefined, R[]>>();
  const find = ({ type, id }: Reference, server: unknown): R | undefined => {
    // Made when a type is first asked for: what is read of arguments may be noted.
    const known =
      byId.get(type) ??
      Map.groupBy(byType.get(type) ?? [], ({ args, name }) => idFrom(kindOf(type), args, name));
    byId.set(type, known);
    return known.get(id)?.find((one) => serverOf(one) === server);
  };
  return new Map(
    all.map((one) => {
      const said = saidBy(one);
      const kind = kindOf(one.type);
      const relations = referencesOf(kind.specific?.(said) ?? kind, said).map((reference): Relation<R> => {
        const to = find(reference, serverOf(one));
        return to ? { ...reference, to } : reference;
      });
      return [one, relations];
    }),
  );
}
