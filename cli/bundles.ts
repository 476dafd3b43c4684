import { bundleOf } from "../provider/model/bundle/types.ts";
import { type DialectName, idOf, type Kind } from "../provider/model/kind.ts";
import { policy } from "../provider/model/kuma/policy.ts";
import { newMark } from "../provider/model/owner.ts";
import type { Found } from "./adopt.ts";
import type { LiveDraft } from "./live-server.ts";

/** A bundle that the program declares. */
export interface ImportedBundle {
  /** As in `apisix:Bundle`. */
  type: string;
  dialect: DialectName;
  /** Of the resource in Pulumi. */
  name: string;
  /** Of the variable that holds it, if something else comes after it. */
  variable: string;
  entries: Found[];
  /** Of the create that made them, or a new one where none has a stack yet. */
  mark: string;
}

/** The table of a bundle in which objects of a kind stand, as in `routes`. */
export function tableOf({ type, dialect }: Kind): string | undefined {
  const tables = bundleOf(`${dialect}:Bundle`)?.tables ?? {};
  return Object.keys(tables).find((table) => tables[table] === type);
}

/** An object as a bundle has it: all policies stand in one table. */
export function inBundle(draft: LiveDraft): LiveDraft {
  const { kind, stored } = draft;
  const [, name = ""] = kind.type.split(":");
  const isPolicy = kind.dialect === "kuma" && tableOf(kind) === undefined && name.startsWith("Mesh");
  const specific = isPolicy ? policy.specific?.({ type: name }) : undefined;
  if (!specific) return draft;
  const id = idOf(specific, stored);
  return { ...draft, kind: specific, type: specific.type, id, name: id };
}

/**
 * Puts what fits into bundles, one for each server, and gives these. What a create of its own has made for a stack cannot be
 * told from another bundle's object, so it stays a resource of its own.
 */
export function bundlesOf(all: readonly Found[], given?: string): ImportedBundle[] {
  const bundles: ImportedBundle[] = [];
  const fitting = all.filter(({ kind }) => tableOf(kind) !== undefined);
  for (const [dialect, found] of Map.groupBy(fitting, ({ kind }) => kind.dialect)) {
    const servers = [...Map.groupBy(found, ({ server }) => server).values()];
    for (const group of servers) {
      const isSecond = servers.length > 1 && isOfZone(group[0]);
      const name = `${given ?? dialect}${isSecond ? "-zone" : ""}`;
      const mark = mostFrequent(group.flatMap((one) => (one.mark === "" ? [] : [one.mark]))) ?? newMark();
      const entries = group.filter((one) => one.mark === "" || one.mark === mark);
      const variable = `${dialect}${isSecond ? "Zone" : ""}Bundle`;
      const bundle = { type: `${dialect}:Bundle`, dialect, name, variable, entries, mark };
      for (const entry of entries) entry.bundle = bundle;
      bundles.push(bundle);
    }
  }
  return bundles;
}

function isOfZone(found: Found | undefined): boolean {
  const side = found?.kind.side;
  return (typeof side === "function" ? side(found?.args ?? {}) : side) === "zone";
}

function mostFrequent(marks: readonly string[]): string | undefined {
  const groups = [...Map.groupBy(marks, (mark) => mark)];
  return groups.sort(([, a], [, b]) => b.length - a.length)[0]?.[0];
}
