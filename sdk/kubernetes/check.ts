import * as pulumi from "@pulumi/pulumi";
import { isPlain } from "../../provider/dynamic/eventual.ts";
import { withoutNothing } from "../../provider/model/canonical.ts";
import { isObject, type JsonObject } from "../../provider/model/fields.ts";
import type { ObjectKind } from "../../provider/model/kubernetes/object.ts";
import { markedPaths, SECRET_KEY, SECRET_VALUE } from "../../provider/model/marks.ts";
import { validate } from "../../provider/model/validate.ts";

/** What is known of an object: its arguments as JSON, with unknown values in them, and the resources they come from. */
export interface Known {
  args: JsonObject;
  /** Where the program has marked something as secret. */
  marked: (string | number)[][];
  resources: ReadonlySet<pulumi.Resource>;
}

/**
 * Checks an object's arguments. What is plain is checked at once, and thrown from the constructor; what holds outputs
 * when they are there. In both cases the result is a promise on which the object's registration has to wait, so that
 * nothing wrong is ever registered: not in a preview, either.
 */
export function check(kind: ObjectKind, what: string, args: pulumi.Inputs): Promise<Known> {
  if (isPlain(args)) {
    const known = withoutNothing(args) as JsonObject;
    const error = problemsOf(kind, what, known);
    if (error) throw new Error(error);
    return Promise.resolve({ args: known, marked: [], resources: new Set() });
  }
  return resolve(what, args).then((known) => {
    const error = problemsOf(kind, what, known.args, known.marked);
    if (error) throw quiet(error);
    return known;
  });
}

/** Waits for everything in some inputs; what stays unknown is the text of Pulumi's wire format. */
export async function resolve(what: string, args: pulumi.Inputs): Promise<Known> {
  const [wire, resources] = await pulumi.runtime.serializeResourceProperties(what, args);
  return {
    args: withoutSecretMarks(withoutNothing(wire) ?? {}) as JsonObject,
    marked: markedPaths(wire),
    resources: new Set([...resources.values()].flatMap((some) => [...some])),
  };
}

/** An error for the person at the terminal, to whom a stack of promises says nothing. */
export function quiet(message: string): Error {
  const error = new pulumi.RunError(message);
  error.stack = message;
  return error;
}

function problemsOf(
  kind: ObjectKind,
  what: string,
  known: JsonObject,
  marked: Known["marked"] = [],
): string | undefined {
  const problems = validate(kind, known, undefined, marked).map(({ path, reason }) => `${path} ${reason}`);
  return problems.length > 0 ? `${what}: ${problems.join("\n  ")}` : undefined;
}

function withoutSecretMarks(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecretMarks);
  if (!isObject(value)) return value;
  if (value[SECRET_KEY] === SECRET_VALUE) return withoutSecretMarks(value.value);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutSecretMarks(inner)]));
}
