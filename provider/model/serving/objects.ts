import { isNotKnown, whyNotKnown } from "./not-known.ts";

/** An object as the Admin API stores it. Any value in it, at any depth, may be a marker of what is not known. */
export type Stored = { readonly [field: string]: unknown };

/** A credential together with the consumer to whom it belongs, which the stored object itself does not say. */
export interface CredentialOf {
  /** The consumer's `username`. */
  consumer: string;
  credential: Stored;
}

/**
 * What a gateway has been told, as plain JSON objects with their `id` (consumers: `username`). The lists are in the order in
 * which APISIX reads them: by their ids after a start, later ones at the end.
 */
export interface Gateway {
  routes?: readonly Stored[];
  services?: readonly Stored[];
  upstreams?: readonly Stored[];
  plugin_configs?: readonly Stored[];
  global_rules?: readonly Stored[];
  consumers?: readonly Stored[];
  consumer_groups?: readonly Stored[];
  credentials?: readonly CredentialOf[];
}

/** The collections of the Admin API that matter for serving. */
export type Collection = keyof Gateway;

/**
 * One field of one stored object, its path as in `vars[0]` or `plugins.key-auth`. An empty path is the object itself.
 * A credential's id has its consumer before it, as in `jack/credentials/c1`.
 */
export interface Field {
  /** A collection of the Admin API, or a type of Kuma such as ExternalService. */
  collection: string;
  id: string;
  path: string;
}

/** A field that keeps a question from being answered, and why. */
export interface Unclear {
  field: Field;
  why:
    | "unknown"
    | "secret"
    /** It refers to an object that is not among those given. */
    | "not there"
    /** It refers to a secret or an environment variable of the server. */
    | "reference"
    /** Its program (Lua, or a plugin's own code or data) decides. */
    | "program"
    /** It is an expression or a pattern that this model cannot read. */
    | "expression"
    /** It asks for something that the given request does not tell. */
    | "request";
}

/** An answer, or the fields because of which there is none. */
export type Judged<T> = { known: true; value: T } | { known: false; because: Unclear[] };

/** Each field once. */
export function distinct(list: readonly Unclear[]): Unclear[] {
  return [
    ...new Map(
      list.map((one) => [`${one.field.collection}/${one.field.id} ${one.field.path}`, one]),
    ).values(),
  ];
}

/** The id by which other objects refer to a stored one. */
export function idOf(object: Stored): string {
  const id = object.id ?? object.username ?? object.name ?? "";
  return isNotKnown(id) ? "(not known)" : String(id);
}

/** A field of an object of a collection. */
export function fieldOf(collection: string, object: Stored, path: string): Field {
  return { collection, id: idOf(object), path };
}

/** The field below another one. */
export function below(field: Field, path: string): Field {
  const separator = field.path === "" || path.startsWith("[") ? "" : ".";
  return { ...field, path: `${field.path}${separator}${path}` };
}

/** True for an object or a map; false for lists, null and markers. */
export function isMap(value: unknown): value is Stored {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isNotKnown(value);
}

/** What is unclear about a value itself, not about what is inside it. */
export function unclearValue(value: unknown, field: Field): Unclear[] {
  return isNotKnown(value) ? [{ field, why: whyNotKnown(value) }] : [];
}

/** One text of a field that holds a text or a list of texts. */
export type Item = { field: Field; text: string } | { field: Field; text?: never; unclear: Unclear[] };

/**
 * The texts of a field that holds one or several, undefined where the field is not set. An empty list may come as `{}`,
 * since the server knows no difference.
 */
export function items(value: unknown, field: Field): Item[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (isMap(value)) return [];
  if (!Array.isArray(value)) return [item(value, field)];
  return value.map((one, index) => item(one, below(field, `[${index}]`)));
}

function item(value: unknown, field: Field): Item {
  const unclear = unclearValue(value, field);
  return unclear.length > 0 ? { field, unclear } : { field, text: String(value) };
}
