import { canonical, orderOf, reduce } from "../model/canonical.ts";
import { bare, isObject, type Json, type JsonObject, sameJson, UNKNOWN } from "../model/fields.ts";
import type { Kind } from "../model/kind.ts";
import { changedAt, formatPath, type Path, parsePath, valueAt, withValueAt } from "../model/paths.ts";
import { partSchema, type Schema, schemaAtPath, spellingsOf } from "../model/walk.ts";
import { inWordsOf } from "../model/words.ts";
import { ignoredUnclear, ignoredUnseen } from "./refusals.ts";
import type { CheckRequest } from "./requests.ts";

/**
 * The arguments with what `ignoreChanges` names as it was. The engine itself copies ignored values from the old inputs
 * into the program's, by path, before anybody else sees them. That is right wherever both say a field in one form. Where
 * the program has `host` and the old inputs have `hosts`, or a list of nodes meets a map, or the old inputs are those of
 * version 0.1 or 0.2 with their sorted lists, the engine's copy puts values where they do not belong; there each is taken
 * from what was declared, in the program's words.
 */
export function withIgnored(kind: Kind, request: CheckRequest): JsonObject {
  const { old, args, written, ignored = [] } = request;
  if (!old || !written) return args;
  const isSorted = !old.asWritten;
  const pair: Pair = { old: old.args, written, isSorted };
  const named = ignored.map(parsePath);
  const wrong = [...named, ...unnamed(kind, request, pair, named)]
    .map((path) => ({ path, fields: wrongFields(kind.schema, pair, path) }))
    // What was copied rightly out of sorted inputs is not in the program's words. Of a patch only lists and objects have several.
    .filter(
      ({ path, fields }) =>
        fields.length > 0 || (isSorted && (!kind.patch || isInParts(valueAt(written, path)))),
    );
  if (wrong.length === 0) return args;
  const before = canonical(kind, old.args);
  const isPatch = kind.patch === true;
  const asInProgram = wrong
    .flatMap(({ fields }) => fields)
    .reduce((result, field) => withValueAt(result, field, valueAt(written, field) as Json | undefined), args);
  return wrong.reduce<JsonObject>((result, { path }) => {
    const unclear = isSorted ? () => ignoredUnclear(kind, formatPath(path)) : undefined;
    const kept = keep(
      { schema: kind.schema, given: result, old: old.args, written, before, isPatch, unclear },
      path,
    );
    return isObject(kept) ? kept : result;
  }, asInProgram);
}

function isInParts(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

/** What of the old marks stands where `ignoreChanges` keeps the old value: it stays as secret as it was. */
export function ignoredMarks({ schema }: Kind, { old, ignored = [] }: CheckRequest): Path[] {
  const named = ignored.map(parsePath);
  return (old?.marks ?? []).filter((mark) => named.some((path) => overlap(schema, path, mark)));
}

/** Whether one of two paths leads to the other, whatever spellings their fields have; `*` is any key. */
function overlap(schema: Schema, one: Path, other: Path): boolean {
  const server = (path: Path) => path.map((_, index) => serverName(schema, path.slice(0, index + 1)));
  const names = server(other);
  return server(one).every((key, index) => index >= names.length || key === "*" || key === names[index]);
}

/** The name of what stands at a path, a field's as the server knows it. */
function serverName(schema: Schema, path: Path): string {
  const field = schemaAtPath(schema, {}, path);
  return (field && bare(field).meta.spelling?.of) ?? String(path.at(-1));
}

/**
 * What the option must have named besides, where a transform has set it: only its effect can be seen, old values in new
 * places.
 */
function unnamed(kind: Kind, request: CheckRequest, pair: Pair, named: readonly Path[]): Path[] {
  const { old, args, written } = request;
  const isCopied = (path: Path) => sameJson(valueAt(args, path), valueAt(old?.args, path));
  const copied = differingPaths(written, args).flatMap((path) => {
    const outer = path.map((_, index) => path.slice(0, index + 1)).find(isCopied);
    return outer && !named.some((one) => overlap(kind.schema, one, outer)) ? [outer] : [];
  });
  const wrong = copied.filter(
    (path) => wrongFields(kind.schema, pair, path).length > 0 && !isRespelled(kind.schema, request, path),
  );
  const isChanged = () => !sameJson(canonical(kind, args), canonical(kind, old?.args ?? {}));
  if (pair.isSorted && wrong.length > 0 && isChanged()) throw ignoredUnseen(kind, wrong.map(formatPath));
  return wrong;
}

/** Whether the arguments say a field in another spelling than the program: a transform did that, and no copying. */
function isRespelled(schema: Schema, { written, args }: CheckRequest, path: Path): boolean {
  return path.some((key, index) => {
    const at = path.slice(0, index);
    const outer = schemaAtPath(schema, args, at);
    const family = (outer && spellingsOf(outer, valueAt(args, at), String(key))) ?? [];
    const [now, ...others] = used(family, valueAt(args, at));
    return now !== undefined && others.length === 0 && now !== used(family, valueAt(written, at))[0];
  });
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

/** What the engine copies between. */
interface Pair {
  old: unknown;
  written: unknown;
  /** The old inputs are in canonical form, so that nobody knows the order in which a list was written. */
  isSorted: boolean;
}

/** The fields in which a copy by this path goes wrong, since the old inputs have another form than the program. */
function wrongFields(schema: Schema | undefined, pair: Pair, path: Path, at: Path = []): Path[] {
  const { old, written, isSorted } = pair;
  const [key, ...rest] = path;
  // Inside of free data both have the one form that there is.
  if (key === undefined || !schema || written === undefined || written === UNKNOWN) return [];
  const inside = (name: string | number) =>
    wrongFields(
      partSchema(schema, written, name),
      { old: valueAt(old, [name]), written: valueAt(written, [name]), isSorted },
      rest,
      [...at, name],
    );
  if (Array.isArray(old) && Array.isArray(written)) {
    const indexes = key === "*" ? written.map((_, index) => index) : [Number(key)];
    const keyOf = keyIn(schema, written);
    const isMoved = keyOf && indexes.some((index) => keyOf(old[index]) !== keyOf(written[index]));
    return isMoved ? [at] : indexes.flatMap(inside);
  }
  if (old !== undefined && isObject(old) !== isObject(written)) return [at];
  if (!isObject(written)) return [];
  const names = key === "*" ? Object.keys({ ...(isObject(old) ? old : {}), ...written }) : [String(key)];
  return names.flatMap((name) => {
    const family = spellingsOf(schema, written, name);
    if (!family) return inside(name);
    const [before, now] = [used(family, old), used(family, written)];
    const isOne = before.length <= 1 && now.length <= 1 && [...before, ...now].every((one) => one === name);
    if (isOne) return inside(name);
    return family.map((spelling) => [...at, spelling]);
  });
}

/** What tells elements apart in a list as it is written, if their order means nothing. */
function keyIn(schema: Schema, list: Json[]): ((item: Json | undefined) => string | undefined) | undefined {
  const keyOf = orderOf(schema, list);
  const element = partSchema(schema, list, 0);
  return keyOf && element && ((item) => (item === undefined ? undefined : keyOf(reduce(element, item))));
}

/** Which of these spellings a value has. */
function used(family: readonly string[], value: unknown): string[] {
  return family.filter((name) => (valueAt(value, [name]) ?? null) !== null);
}

/** One place in the arguments, at several times. */
interface Place {
  schema: Schema | undefined;
  /** As the program wrote it, with what was kept so far. */
  given: Json | undefined;
  /** As the program wrote it. */
  written: Json | undefined;
  /** As it stands in the old inputs. */
  old: Json | undefined;
  /** The same in canonical form. */
  before: Json | undefined;
  /** Of a patch, where a default says something. */
  isPatch: boolean;
  /** The refusal where it cannot be told which element is meant, since the old inputs do not keep the order. */
  unclear: (() => Error) | undefined;
}

/** What was given, with what stands at a path as it was before. */
function keep(place: Place, path: Path): Json | undefined {
  const { schema, given, written } = place;
  const [key, ...rest] = path;
  // In free data the engine has copied rightly.
  if (!schema) return given;
  const before = inFormOf(schema, place.before, written);
  if (key === undefined)
    return before === undefined || written === undefined ? before : inWordsOf(schema, written, before);
  if (Array.isArray(written)) return keepInList({ ...place, schema, before }, written, path);
  if (!isObject(given) && !isObject(written)) return given;
  if (Array.isArray(before)) return keepFromList({ ...place, schema, before }, String(key));
  const outer = isObject(given) ? given : {};
  const keys = key === "*" ? Object.keys({ ...outer, ...(isObject(before) ? before : {}) }) : [String(key)];
  return keys.reduce<JsonObject>((result, name) => {
    const family = spellingsOf(schema, written ?? outer, name);
    if (family && (rest.length === 0 || !used(family, written).includes(name)))
      return keepSpelled({ ...place, schema, given: result, before }, family, name);
    const at = (value: unknown) => valueAt(value, [name]) as Json | undefined;
    const inner = {
      ...place,
      schema: partSchema(schema, written ?? outer, name),
      given: at(result),
      written: at(written),
      old: at(place.old),
      before: at(before),
    };
    const changed = changedAt(result, [name], () => keep(inner, rest)) as JsonObject;
    const said = inner.written === undefined ? changed : { ...changed, [name]: inner.written };
    // The canonical form has no defaults: what the program says of one stays.
    return changed[name] === undefined &&
      sameJson(reduce(schema, said, place.isPatch), reduce(schema, changed, place.isPatch))
      ? said
      : changed;
  }, outer);
}

/** A canonical value in the form of what was written, as nodes in a map. */
function inFormOf(schema: Schema, before: Json | undefined, written: Json | undefined): Json | undefined {
  if (before === undefined || written === undefined) return before;
  return bare(schema).meta.form?.like(before, written) ?? before;
}

/** The old value in one of its spellings: the one that the program uses, else the one that is ignored. */
function keepSpelled(place: Place & { schema: Schema }, family: string[], ignored: string): JsonObject {
  const { schema, given, written, before } = place;
  const [server = ""] = family;
  const value = valueAt(before, [server]) as Json | undefined;
  const others = Object.entries(isObject(given) ? given : {}).filter(([key]) => !family.includes(key));
  const plain: JsonObject = Object.fromEntries(others);
  if (value === undefined) return plain;
  const name = used(family, written)[0] ?? ignored;
  const field = partSchema(schema, given, name);
  const said = field && bare(field).meta.spelling?.fromField(value);
  if (said !== undefined) return { ...plain, [name]: said };
  const target = partSchema(schema, given, server);
  const now = valueAt(written, [server]) as Json | undefined;
  return { ...plain, [server]: target && now !== undefined ? inWordsOf(target, now, value) : value };
}

/** Elements of a list whose order means nothing are told by what they are, others by their place. */
function keepInList(place: Place & { schema: Schema }, written: Json[], [key, ...rest]: Path): Json {
  const { schema, given, before, unclear } = place;
  const element = partSchema(schema, written, 0);
  const items = Array.isArray(given) ? given : written;
  if (!element || !Array.isArray(before)) return items;
  if (key === "*" && rest.length === 0) return inWordsOf(schema, written, before);
  // The places in sorted old inputs say nothing.
  const old = Array.isArray(place.old) && !unclear ? place.old : [];
  const { kept, left } = counterparts(schema, written, old, before);
  return items.map((item, index) => {
    if (key !== "*" && key !== index) return item;
    if (kept[index] === undefined && left.length > 1 && unclear) throw unclear();
    const was = kept[index] ?? (left.length > 1 ? undefined : left.shift());
    if (was === undefined) return item;
    const inner = {
      ...place,
      schema: element,
      given: item,
      written: written[index],
      old: old[index],
      before: was,
    };
    return keep(inner, rest) ?? item;
  });
}

/** For each element of a list what it was before, and what was there besides. */
function counterparts(
  schema: Schema,
  written: Json[],
  old: Json[],
  before: Json[],
): { kept: (Json | undefined)[]; left: Json[] } {
  const keyOf = keyIn(schema, written);
  const keyBefore = orderOf(schema, before);
  if (!keyOf || !keyBefore) return { kept: before, left: [] };
  const left = [...before];
  const take = (key: string | undefined) => {
    const index = left.findIndex((item) => keyBefore(item) === key);
    return index < 0 ? undefined : left.splice(index, 1)[0];
  };
  const same = written.map((item) => take(keyOf(item)));
  // What is new has taken the place of what stood there.
  return { kept: same.map((item, index) => item ?? take(keyOf(old[index]))), left };
}

/** What a key of a map stands for, where only a list can say what was declared before. */
function keepFromList(place: Place & { schema: Schema; before: Json[] }, key: string): Json {
  const { schema, given, before } = place;
  const now = reduce(schema, given ?? {});
  const meant = reduce(schema, { [key]: valueAt(given, [key]) as Json });
  const keyOf = orderOf(schema, before);
  if (key === "*" || !Array.isArray(now) || !Array.isArray(meant) || !keyOf) return before;
  const keys = meant.map(keyOf);
  return [
    ...now.filter((item) => !keys.includes(keyOf(item))),
    ...before.filter((item) => keys.includes(keyOf(item))),
  ];
}
