import { canonical, orderOf, reduce } from "../model/canonical.ts";
import { bare, isObject, type Json, type JsonObject, sameJson, schemaFor, shapeOf } from "../model/fields.ts";
import type { Kind } from "../model/kind.ts";
import { changedAt, formatPath, type Path, parsePath, valueAt } from "../model/paths.ts";
import { partSchema, type Schema } from "../model/walk.ts";
import { inWordsOf } from "../model/words.ts";
import { ignoredUnclear, ignoredUnseen } from "./refusals.ts";
import type { CheckRequest } from "./requests.ts";

/**
 * The arguments with what `ignoreChanges` names as it was. The engine itself copies ignored values from the old inputs
 * into the program's, by path, before anybody else sees them. Where the old inputs have another form, as those of versions
 * 0.1 and 0.2 have, that puts values where they do not belong; so here each is taken from what was declared, in the
 * spelling of the program.
 */
export function withIgnored(kind: Kind, request: CheckRequest): JsonObject {
  const { old, args, written, ignored = [] } = request;
  if (!old || !written) return args;
  const before = canonical(kind, old.args);
  if (ignored.length === 0) {
    if (!old.asWritten) refuseUnseen(kind, request, written, before);
    return args;
  }
  return ignored.reduce<JsonObject>((result, text) => {
    const path = parsePath(text);
    // What the engine can find in the old inputs it has copied rightly, if they are in the program's form.
    if (old.asWritten && valueAt(old.args, path) !== undefined) return result;
    if (old.asWritten && !isSpeltOtherwise(kind.schema, old.args, before, path)) return result;
    const kept = keep(kind, text, kind.schema, { given: result, written, before }, path);
    return isObject(kept) ? kept : result;
  }, args);
}

/** A transform can set the option, too, and then only its effect can be seen: old values in new places. */
function refuseUnseen(
  kind: Kind,
  { old, args }: CheckRequest,
  written: JsonObject,
  before: JsonObject,
): void {
  const differing = differingPaths(written, args);
  if (differing.length === 0 || sameJson(canonical(kind, args), before)) return;
  const copied = differing.filter((path) => sameJson(valueAt(args, path), valueAt(old?.args, path)));
  if (copied.length === differing.length) throw ignoredUnseen(kind, copied.map(formatPath));
}

/** The outermost paths at which two values differ: lists are compared by element. */
function differingPaths(one: Json | undefined, other: Json | undefined, path: Path = []): Path[] {
  if (sameJson(one, other)) return [];
  const keys = keysOf(one, other);
  if (!keys) return [path];
  return keys.flatMap((key) =>
    differingPaths(valueAt(one, [key]) as Json, valueAt(other, [key]) as Json, [...path, key]),
  );
}

function keysOf(one: unknown, other: unknown): (string | number)[] | undefined {
  if (Array.isArray(one) && Array.isArray(other))
    return Array.from({ length: Math.max(one.length, other.length) }, (_, index) => index);
  if (!isObject(one) || !isObject(other)) return undefined;
  return [...new Set([...Object.keys(one), ...Object.keys(other)])];
}

/** Whether the old inputs say in another spelling what a path names. */
function isSpeltOtherwise(schema: Schema, old: JsonObject, before: JsonObject, path: Path): boolean {
  const [first] = path;
  const field = first === undefined ? undefined : partSchema(schema, old, first);
  const name = field ? (bare(field).meta.spelling?.of ?? first) : first;
  const here = valueAt(old, [first ?? ""]);
  const canonicalHere = valueAt(before, [name ?? ""]);
  if (here === undefined) return canonicalHere !== undefined;
  return path.length > 1 && Array.isArray(here) !== Array.isArray(canonicalHere);
}

/** One place in the arguments, three times. */
interface Place {
  /** As the engine has left it. */
  given: Json | undefined;
  /** As the program wrote it. */
  written: Json | undefined;
  /** As it was declared before, in canonical form. */
  before: Json | undefined;
}

function keep(kind: Kind, text: string, schema: Schema, place: Place, path: Path): Json | undefined {
  const { given, written } = place;
  const [key, ...rest] = path;
  const before = formOf(schema, place.before, written);
  if (key === undefined) {
    if (before === undefined) return undefined;
    return written === undefined ? before : inWordsOf(schema, written, before);
  }
  if (Array.isArray(written)) return keepInList(kind, text, schema, { given, written, before }, path);
  if (!isObject(given) && !isObject(written)) return given;
  const outer = isObject(given) ? given : {};
  const keys = key === "*" ? Object.keys({ ...outer, ...(isObject(written) ? written : {}) }) : [String(key)];
  return keys.reduce<JsonObject>((result, name) => {
    const field = partSchema(schema, written ?? outer, name);
    const family = field ? spellingsOf(schema, written ?? outer, name) : undefined;
    if (family) return keepSpelt(schema, result, written, before, family, name);
    const inner = field
      ? keep(kind, text, field, inside({ given: result, written, before }, name), rest)
      : (valueAt(before, [name, ...rest.filter((part) => part !== "*")]) as Json | undefined);
    return changedAt(result, [name], () => inner) as JsonObject;
  }, outer);
}

function inside({ given, written, before }: Place, key: string): Place {
  const at = (value: unknown) => valueAt(value, [key]) as Json | undefined;
  return { given: at(given), written: at(written), before: at(before) };
}

/** A canonical value in the form of what was written, as nodes in a map. */
function formOf(schema: Schema, before: Json | undefined, written: Json | undefined): Json | undefined {
  if (before === undefined || written === undefined) return before;
  return bare(schema).meta.form?.like(before, written) ?? before;
}

/** All spellings of a field, the server's first; undefined for a field with one. */
function spellingsOf(schema: Schema, value: unknown, name: string): string[] | undefined {
  const shape = shapeOf(schemaFor(schema, value)) ?? {};
  const field = shape[name];
  const server = (field && bare(field).meta.spelling?.of) ?? name;
  const others = Object.keys(shape).filter((key) => {
    const other = shape[key];
    return other && bare(other).meta.spelling?.of === server;
  });
  return others.length > 0 ? [server, ...others] : undefined;
}

/** The old value in one of its spellings: the one that the program uses, else the one that is ignored. */
function keepSpelt(
  schema: Schema,
  result: JsonObject,
  written: Json | undefined,
  before: Json | undefined,
  [server = "", ...others]: string[],
  ignored: string,
): JsonObject {
  const value = valueAt(before, [server]) as Json | undefined;
  const plain = Object.fromEntries(
    Object.entries(result).filter(([key]) => key !== server && !others.includes(key)),
  ) as JsonObject;
  if (value === undefined) return plain;
  const used = [server, ...others].find((key) => valueAt(written, [key]) !== undefined) ?? ignored;
  const field = partSchema(schema, result, used);
  const said = field ? bare(field).meta.spelling?.fromField(value) : undefined;
  const now = valueAt(written, [server]) as Json | undefined;
  const target = partSchema(schema, result, server);
  const words = now !== undefined && target ? inWordsOf(target, now, value) : value;
  return said === undefined ? { ...plain, [server]: words } : { ...plain, [used]: said };
}

/** Elements of a list whose order means nothing are told by what they are, others by their place. */
function keepInList(
  kind: Kind,
  text: string,
  schema: Schema,
  { written, before }: Place & { written: Json[] },
  [key, ...rest]: Path,
): Json {
  const element = partSchema(schema, written, 0);
  const old = Array.isArray(before) ? before : [];
  if (!element) return written;
  const keyOf = orderOf(schema, written);
  const isIgnored = (index: number) => key === "*" || key === index;
  const tell = (item: Json) => keyOf?.(reduce(element, item)) ?? "";
  const unclaimed = keyOf ? old.filter((item) => !written.some((one) => tell(one) === keyOf(item))) : [];
  return written.map((item, index) => {
    if (!isIgnored(index)) return item;
    const same = keyOf ? old.find((one) => keyOf(one) === tell(item)) : old[index];
    if (same === undefined && unclaimed.length > 1) throw ignoredUnclear(kind, text);
    const was = same ?? (keyOf ? unclaimed[0] : undefined);
    if (was === undefined) return item;
    return keep(kind, text, element, { given: item, written: item, before: was }, rest) ?? item;
  });
}
