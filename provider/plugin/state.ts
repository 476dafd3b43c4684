import type { Former, Made, Saved } from "../lifecycle/requests.ts";
import { without } from "../model/canonical.ts";
import type { Json, JsonObject } from "../model/fields.ts";
import { type Kind, outputNames } from "../model/kind.ts";
import { markedPaths, withoutMarks, wrapSecret } from "../model/marks.ts";

/**
 * What stands in inputs and outputs beside the arguments: what this door writes (`__made`, MARK@SERVER, by which create the
 * object was made, and where; `__former`, what a patch has found; `adopt`), and what the door of dynamic resources has left
 * in a state that was taken over from it.
 */
function isHidden(key: string): boolean {
  return key.startsWith("__") || key === "adopt";
}

/** The arguments alone. */
export function argumentsIn(state: JsonObject): JsonObject {
  return without(state, Object.keys(state).filter(isHidden));
}

/** What a state says about an object. Words come from the inputs; outputs say by which create it was made. */
export function savedIn(kind: Kind, outputs: JsonObject, inputs: JsonObject): Saved {
  const isFromInputs = Object.keys(inputs).length > 0;
  const args = argumentsIn(isFromInputs ? inputs : outputs);
  const derived = isFromInputs ? [] : outputNames(kind, withoutMarks(args) as JsonObject);
  const plain = withoutMarks(outputs) as JsonObject;
  // Versions 0.1 and 0.2 had the door of dynamic resources only, which says with __words that it keeps the user's words.
  const isDynamic = "__provider" in inputs || "__owner" in inputs;
  return {
    args: without(withoutMarks(args) as JsonObject, derived),
    made: madeIn(plain),
    former: Array.isArray(plain.__former) ? (plain.__former as unknown as Former[]) : undefined,
    marks: markedPaths(args),
    asWritten: !isDynamic || inputs.__words === true,
  };
}

/** Reads `__made`. */
export function madeIn(outputs: JsonObject): Made | undefined {
  const match = /^([^@]*)@(.*)$/s.exec(typeof outputs.__made === "string" ? outputs.__made : "");
  return match ? { mark: match[1] ?? "", server: match[2] ?? "" } : undefined;
}

/** `__made`, as a state keeps it. */
export function madeKey({ mark, server }: Made): JsonObject {
  return { __made: `${mark}@${server}` };
}

/**
 * What the door of dynamic resources needs of a state that was made there. It is kept, so that the way back stays open:
 * refresh and destroy evaluate `__provider` of the outputs, and `__words` says that they are in the user's words, as ours are.
 */
export function keptKeys({ __provider }: JsonObject): JsonObject {
  return typeof __provider === "string" ? { __provider, __words: true } : {};
}

/** `__former`, which may hold secrets of somebody else. */
export function formerKey(former: readonly Former[] | undefined): JsonObject {
  return former ? { __former: wrapSecret(former) as Json } : {};
}
