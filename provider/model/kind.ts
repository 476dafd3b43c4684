import type * as z from "zod";
import type { DialectName } from "./dialect.ts";
import { bare, type JsonObject, type Releases } from "./fields.ts";

/** Reports what is wrong at a path such as `upstream.tls.verify`; the hint says what to write instead. */
export type Report = (path: string, reason: string, hint?: string) => void;

/** What a kind's rules may ask of the run that they are part of. */
export interface Surroundings {
  /** Tells the person at the terminal something that is no error. */
  warn(text: string): void;
  /** The names of plugins that are not judged: the gateway's own ones, or those of a newer version. */
  customPlugins: readonly string[];
  /** What an APISIX says of the plugins that the arguments name: the schema for requests, or null for one that it does not have. */
  served?: ReadonlyMap<string, JsonObject | null>;
  /** The server's version, as in `3.18.0`, if it says it. */
  release?: string | undefined;
}

/** What a kind's rules may ask of the arguments. */
export interface RuleContext extends Surroundings {
  /** Reports a violation. */
  report: Report;
  /** True when nothing at these paths is unknown; a rule that touches an unknown value is skipped. */
  known(...paths: string[]): boolean;
}

export type { DialectName };

/** The sides of a federation of control planes. */
export type Side = "global" | "zone";

/** All that is special about one kind of resource. Everything else is written down once, in the lifecycle. */
export interface Kind {
  /** Module and type, as in `apisix:Route`; stands in the state for ever. */
  type: string;
  /** What messages call it. */
  title: string;
  /** What it is, in Markdown; the first sentence stands alone in lists. */
  doc: string;
  /** The server's own documentation of such an object. */
  docs: string;
  /** Programs with one, in which `config` is the stack's configuration; the usual one first. */
  examples: readonly [string, ...string[]];
  dialect: DialectName;
  /** Which of a control plane's URLs the kind, or an object of it, belongs to. */
  side?: Side | ((args: JsonObject) => Side);
  /** Strict schema of the arguments: form, defaults of the server, sets, secrets and documentation. */
  schema: z.ZodObject;
  /** The arguments that name the object; joined by `/` they are the id. The last one defaults to the resource's name. */
  identity: readonly string[];
  /** Defaults of ours for the other identity arguments, written into the inputs. */
  identityDefaults?: Record<string, string>;
  /** The identity stands in the object, too, as in all of Kuma's. */
  identityInBody?: boolean;
  /** The object's path below the API's root. */
  path(identity: readonly string[]): string;
  /** Rules between fields, run when every field by itself is right. */
  rules?(args: JsonObject, context: RuleContext): void;
  /** Adds what is filled in where the user leaves it out, so that previews show it. Gets valid arguments with unknown values in them. */
  fill?(args: JsonObject): JsonObject;
  /** What of the canonical form depends on several fields together; all else is said on the fields themselves. */
  canonical?(args: JsonObject): JsonObject;
  /** What remains to be said differently on the wire, after the mechanical conversion. */
  toServer?(body: JsonObject): JsonObject;
  /** The reverse of {@link Kind.toServer}, before the mechanical conversion. */
  fromServer?(body: JsonObject): JsonObject;
  /** Fields that the server makes and no one declares. */
  serverMade: readonly string[];
  /** Outputs that are made from the arguments and declared by no one. */
  derived?(args: JsonObject): JsonObject;
  /** The outputs that its class has beside the identity, made from the arguments, said by them or reported, and what each is. */
  outputs?: Record<string, string>;
  /** Outputs that the server makes, some time after it has taken the object. */
  reported?: Reported;
  /** Sets some fields of an object that somebody else made; a written default says something then. */
  patch?: boolean;
  /**
   * Whether the server takes no two of what is in both, so that the old object must go before its replacement comes. Gets
   * the arguments of both in canonical form. The server must take the removal of an object to which others refer.
   */
  exclusive?(old: JsonObject, replacement: JsonObject): boolean;
  /** The server's versions that have the kind, where not all do, and what the others have instead. */
  releases?: Releases & { instead: string };
  /** The first of the server's versions whose objects of the kind have labels, where older ones have none. */
  labelsSince?: string;
  /** The server's own JSON schema of such an object, as in `route`, by which it is judged at previews, too. */
  serverSchema?: string;
  /** No list tells whether an id is taken: there is not one list of all of them, or what stands in it is secret. */
  unlisted?: true;
  /** Collections below the object's path that go when it goes; it is not deleted while foreign objects are in one. */
  contents?: readonly string[];
  /** Why an object is the server's own making, if it is. The import command leaves it out, unless it is asked for by its id. */
  madeByServer?(object: JsonObject): string | undefined;
  /** Which of the collections that a control plane names hold the kind, where its path does not say it. */
  collections?(named: readonly Collection[]): string[];
  /** The kind by which objects with such arguments are judged and compared, where more is known of some. Has the same identity. */
  specific?(args: JsonObject): Kind | undefined;
  /** How states of another kind that had the same objects are read, so that an alias turns one into the other. */
  former?: { id(id: string): string; args(args: JsonObject): JsonObject };
  /** What the import command declares of an object, where the server does not give all of it back. */
  imported?(args: JsonObject): JsonObject;
}

/** What a server reports of an object, some time after it has taken it. */
export interface Reported {
  /** The outputs, with the form of each. Those that are not there yet are absent. */
  outputs: Readonly<Record<string, "text" | "texts">>;
  /** The argument with the seconds for which all of them are waited for, after a create or an update. */
  wait: string;
  /** The outputs of an object, as far as they are there. */
  of(found: JsonObject): JsonObject;
  /** Why some are not there, as far as the object tells, as a clause. */
  why(found: JsonObject): string;
}

/** The names of all outputs that are no arguments. */
export function outputNames(kind: Kind, args: JsonObject): string[] {
  return [...Object.keys(kind.derived?.(args) ?? {}), ...Object.keys(kind.reported?.outputs ?? {})];
}

/** A collection of objects that a control plane says it has. */
export interface Collection {
  /** As in `meshtimeouts`. */
  path: string;
  /** Its objects are policies that say by `targetRef` what they are for. */
  isPolicy: boolean;
}

/** The type of the objects in which those of a kind are, as credentials are in a consumer; nothing where they are in none. */
export function containerOf({ identity, schema }: Kind): string | undefined {
  const [outer] = identity;
  const field = identity.length > 1 && outer !== undefined ? schema.shape[outer] : undefined;
  return field && bare(field).meta.reference;
}

/** Where an object stands: the path of its kind's collection, and what of its own path is behind that. */
export function placeOf(kind: Kind, identity: readonly string[]): { collection: string; name: string } {
  const path = kind.path(identity);
  const end = path.lastIndexOf("/");
  return { collection: path.slice(0, end), name: path.slice(end + 1) };
}

/** The id that the arguments name. */
export function idOf(kind: Kind, args: JsonObject): string {
  return kind.identity.map((field) => String(args[field])).join("/");
}

/** The identity arguments of an id. Whether they are legal is asked by {@link isLegalId}. */
export function identityOf(kind: Kind, id: string): JsonObject {
  const parts = id.split("/");
  return Object.fromEntries(kind.identity.map((field, index) => [field, parts[index] ?? ""]));
}

/** Whether a text can be the id of an object of this kind. */
export function isLegalId(kind: Kind, id: string): boolean {
  const parts = id.split("/");
  const { identity, schema } = kind;
  return (
    parts.length === identity.length &&
    identity.every((field, index) => schema.shape[field]?.safeParse(parts[index]).success)
  );
}
