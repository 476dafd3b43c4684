import type { Former, Made, Saved } from "../lifecycle/requests.ts";
import { without } from "../model/canonical.ts";
import { isObject, type Json, type JsonObject } from "../model/fields.ts";
import { wrapSecret } from "../model/marks.ts";
import { formatPath, type Path, parsePath } from "../model/paths.ts";

/**
 * What stands in inputs and outputs beside the arguments. Keys that begin with `__` are not shown in diffs.
 *
 * - `__provider` (both): the line that loads the provider's code.
 * - `__owner` (inputs): the hash that says whose the object is.
 * - `__context` (inputs, until `check`): what the program tells `check`, see {@link Context}.
 * - `__words` (both): the arguments are in the user's words; versions 0.1 and 0.2 stored the canonical form.
 * - `__marks` (both): the paths of what the program has marked as secret.
 * - `__made` (outputs): MARK@SERVER, by which create the object was made, and where.
 * - `__former` (outputs of a patch): what stood in the patched fields before.
 * - `adopt` (inputs): takes over an object that exists already.
 */
export const HIDDEN_KEYS = [
  "__provider",
  "__owner",
  "__context",
  "__words",
  "__marks",
  "__made",
  "__former",
  "adopt",
] as const;

/** What the program tells `check` beside the arguments. */
export interface Context {
  /** The resource's name, where no argument names the object. */
  name?: string;
  owner?: string;
  /** PROJECT.STACK. */
  stack?: string;
  /** Why the resource cannot work together with the program's others. */
  lint?: string;
  /** Where the program has marked something as secret. */
  secrets?: Path[];
  /** The option `ignoreChanges`. */
  ignored?: string[];
  /** The arguments as the program wrote them, as JSON text: the engine changes those that it passes on. */
  written?: string;
}

/** The arguments alone. */
export function argumentsIn(state: JsonObject): JsonObject {
  return without(state, HIDDEN_KEYS);
}

/** What the inputs or outputs in a state say about an object; `derived` names outputs that are no arguments. */
export function savedIn(state: JsonObject, derived: readonly string[] = []): Saved {
  return {
    args: without(argumentsIn(state), derived),
    made: madeIn(state),
    former: Array.isArray(state.__former) ? (state.__former as unknown as Former[]) : undefined,
    marks: marksIn(state),
    asWritten: state.__words === true,
  };
}

/** Reads `__made`. */
export function madeIn(state: JsonObject): Made | undefined {
  const match = /^([^@]*)@(.*)$/s.exec(typeof state.__made === "string" ? state.__made : "");
  return match ? { mark: match[1] ?? "", server: match[2] ?? "" } : undefined;
}

/** The text of `__made`. */
export function madeText({ mark, server }: Made): string {
  return `${mark}@${server}`;
}

function marksIn({ __marks: marks }: JsonObject): Path[] {
  return Array.isArray(marks) ? marks.map((path) => parsePath(String(path))) : [];
}

/** The hidden keys that say in which words the arguments are, and what of them is marked. */
export function wordsKeys({ asWritten, marks }: Pick<Saved, "asWritten" | "marks">): JsonObject {
  return {
    ...(asWritten ? { __words: true } : {}),
    ...(marks.length > 0 ? { __marks: marks.map(formatPath) } : {}),
  };
}

/** `__former`, which may hold secrets of somebody else. */
export function formerKey(former: readonly Former[] | undefined): JsonObject {
  return former ? { __former: wrapSecret(former) as Json } : {};
}

/** What `check` is told beside the arguments. */
export interface Told extends Pick<Context, "name" | "stack" | "lint" | "ignored"> {
  owner: string;
  /** Where the program has marked something as secret. */
  marks: Path[];
  /** The arguments as the program wrote them. */
  written?: JsonObject | undefined;
  /** The arguments are in the user's words. */
  asWritten: boolean;
}

/** Reads `__context`. With `ignoreChanges: ["*"]` the engine has put all of the old inputs in its place. */
export function toldIn(given: JsonObject): Told {
  const { __context: context, __owner: owner } = given;
  if (!isObject(context))
    return { owner: textOf(owner), marks: marksIn(given), asWritten: given.__words === true };
  const { secrets, written, ...plain } = context as unknown as Context;
  const value: unknown = written === undefined ? undefined : JSON.parse(written);
  return {
    ...plain,
    owner: textOf(plain.owner),
    marks: secrets?.filter(Array.isArray) ?? [],
    written: isObject(value) ? value : undefined,
    asWritten: true,
  };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
