import { isObject, type Json, type JsonObject, stableJson } from "../fields.ts";
import { idOf, type Kind } from "../kind.ts";
import { kindOf } from "../kinds.ts";
import { nearest } from "../nearest.ts";
import { changedAt, formatPath, type Path, valueAt } from "../paths.ts";
import { MASK } from "../secrets.ts";
import type { Problem } from "../validate.ts";
import type { BundleType } from "./types.ts";

/** One object of a bundle. */
export interface Entry {
  /** As in `routes`. */
  table: string;
  key: string;
  kind: Kind;
  /** The arguments of its class, secrets in their places. */
  args: JsonObject;
  /** Which of the arguments are secret: they stand apart from the others in states. */
  secrets: readonly Path[];
}

/** Entries as a state keeps them: one text that anybody may read, and one for what is secret. */
export interface EntriesText {
  /** `{ "routes": { "payments": { … } } }`, the same for equal entries. */
  entries: string;
  /** `[[["ssls","edge","key"], "…"], …]`; undefined where nothing is secret. */
  secrets: string | undefined;
}

/** Where an entry stands in its bundle, as in `routes.payments`. */
export function placeIn({ table, key }: Pick<Entry, "table" | "key">): string {
  return formatPath([table, key]);
}

/** A path in an entry as one in its bundle, as in `routes.payments.upstream.nodes[0].host`. */
export function pathIn(entry: Pick<Entry, "table" | "key">, path: Path): string {
  return formatPath([entry.table, entry.key, ...path]);
}

/** Tells the object of an entry from all others of its server. */
export function objectKey({ kind, args }: Pick<Entry, "kind" | "args">): string {
  return `${kind.type} ${idOf(kind, args)}`;
}

/** The kind that knows most of the entry. */
export function specificKind({ kind, args }: Pick<Entry, "kind" | "args">): Kind {
  return kind.specific?.(args) ?? kind;
}

/** The entries of tables such as `{ routes: { payments: { … } } }`, and what in them is none. */
export function entriesOf(
  bundle: BundleType,
  tables: unknown,
  secrets: readonly Path[] = [],
): { entries: Entry[]; problems: Problem[] } {
  const entries: Entry[] = [];
  const problems: Problem[] = [];
  if (!isObject(tables)) return { entries, problems: [{ path: "entries", reason: "is not an object" }] };
  const marks = Map.groupBy(secrets, ([table, key]) => stableJson([table, key]));
  // What encloses whole entries is a mark of all that is in them.
  const isWhole = (table: string, key: string) =>
    secrets.some((path) => path.length < 3 && path.every((name, index) => name === [table, key][index]));
  for (const [table, inside] of Object.entries(tables)) {
    const type = Object.hasOwn(bundle.tables, table) ? bundle.tables[table] : undefined;
    if (type === undefined) {
      const near = nearest(table, Object.keys(bundle.tables));
      const hint = near ? `did you mean "${near}"?` : `known here: ${Object.keys(bundle.tables).join(", ")}`;
      problems.push({
        path: formatPath([table]),
        reason: `is no kind of objects that a bundle has; ${hint}`,
      });
      continue;
    }
    if (inside === null || inside === undefined) continue;
    if (!isObject(inside)) {
      problems.push({ path: formatPath([table]), reason: "is not an object of entries by their keys" });
      continue;
    }
    const kind = kindOf(type);
    for (const [key, args] of Object.entries(inside)) {
      // Null stands for nothing, as everywhere.
      if (args === null || args === undefined) continue;
      if (!isObject(args)) problems.push({ path: formatPath([table, key]), reason: "is not an object" });
      else {
        const own = (marks.get(stableJson([table, key])) ?? []).map((path) => path.slice(2));
        const all = isWhole(table, key) ? Object.keys(args).map((name) => [name]) : own;
        entries.push({ table, key, kind, args, secrets: all });
      }
    }
  }
  return { entries, problems };
}

/** Reads what {@link textOf} has written, or what a program has: its own text has no secrets apart. */
export function entriesIn(bundle: BundleType, text: EntriesText): { entries: Entry[]; problems: Problem[] } {
  const tables = parsed(text.entries);
  if (tables === undefined)
    return { entries: [], problems: [{ path: "entries", reason: "is no JSON text" }] };
  const apart = (parsed(text.secrets ?? "[]") ?? []) as unknown as [Path, Json][];
  const found = entriesOf(
    bundle,
    tables,
    apart.map(([path]) => path),
  );
  if (apart.length === 0) return found;
  const values = Map.groupBy(apart, ([[table, key]]) => stableJson([table, key]));
  const entries = found.entries.map((entry): Entry => {
    const own = values.get(stableJson([entry.table, entry.key])) ?? [];
    const args = own.reduce<JsonObject>(
      (changed, [path, value]) => changedAt(changed, path.slice(2), () => value) as JsonObject,
      entry.args,
    );
    return { ...entry, args };
  });
  return { ...found, entries };
}

/** The entries' text in a bundle's inputs or outputs, in the form of either door; undefined where there is none to be read. */
export function entriesTextIn({
  entries,
  __entries: declared,
}: Readonly<Record<string, unknown>>): string | undefined {
  const text = isObject(entries) ? entries.__text : (entries ?? declared);
  return typeof text === "string" ? text : undefined;
}

/**
 * How the door of dynamic resources keeps the entries: how many there are of each table, which previews show, and the text,
 * which they do not. Policies are shown it since it does not stand at the top.
 */
export function keptEntries(entries: readonly Entry[], text: string): JsonObject {
  const tables = Map.groupBy(entries, ({ table }) => table);
  const counts = [...tables].map(([table, { length }]) => [table, length] as const);
  return { ...Object.fromEntries(counts.sort(([a], [b]) => (a < b ? -1 : 1))), __text: text };
}

/** The entries as texts. What is secret is taken out of the first one. */
export function textOf(entries: readonly Entry[]): EntriesText {
  const tables: Record<string, JsonObject> = {};
  const apart: [Path, Json][] = [];
  for (const { table, key, args, secrets } of entries) {
    tables[table] ??= {};
    let open = args;
    for (const path of outermost(secrets)) {
      const value = valueAt(args, path) as Json | undefined;
      if (value === undefined || value === null) continue;
      apart.push([[table, key, ...path], value]);
      open = changedAt(open, path, () => MASK) as JsonObject;
    }
    tables[table][key] = open;
  }
  const sorted = apart.map((one) => JSON.stringify(one)).sort();
  return {
    entries: stableJson(tables),
    secrets: sorted.length > 0 ? `[${sorted.join(",")}]` : undefined,
  };
}

/** The paths that are not inside of another one. */
function outermost(paths: readonly Path[]): Path[] {
  const texts = new Set<string>();
  return [...paths]
    .sort((a, b) => a.length - b.length)
    .filter((path) => {
      if (path.some((_, index) => texts.has(stableJson(path.slice(0, index).map(String))))) return false;
      const own = stableJson(path.map(String));
      if (texts.has(own)) return false;
      texts.add(own);
      return true;
    });
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
