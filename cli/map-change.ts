import { changesOf } from "../provider/model/change/change.ts";
import type { Effect, Line } from "../provider/model/change/line.ts";
import { inventoryOf } from "../provider/model/inventory/inventory.ts";
import { FAILED, WITHOUT_UNCHANGED } from "../provider/model/inventory/previews.ts";
import type { Draft } from "../provider/model/inventory/resource.ts";
import { groups } from "../provider/model/inventory/servers.ts";
import type { Router } from "../provider/model/serving/fitting.ts";
import type { Result } from "./explain.ts";
import { Problem } from "./problem.ts";
import type { SourceOptions } from "./see-options.ts";
import { readPreviews, readStates, type SourceFile } from "./sources.ts";

/** What `map --change` was asked for. */
export interface ChangeOptions {
  sources: SourceOptions;
  /** States before and after, in the place of previews. */
  before: SourceFile[];
  after: SourceFile[];
  failOn: Effect[];
  format: "table" | "csv" | "markdown" | "json";
  router: Router;
}

/** What is said where nothing that matters changes. */
export const NOTHING = "Nothing changes in what can be reached, who answers, or who is let in.";

/** Tells what a change opens and closes. */
export function change({ sources, before, after, failOn, format, router }: ChangeOptions): Result {
  const { old, next, notes } = sidesOf(sources, before, after);
  const servers = groups([...old, ...next]);
  const [was, is] = [
    inventoryOf(old, servers.slice(0, old.length)),
    inventoryOf(next, servers.slice(old.length)),
  ];
  const lines = changesOf(was.resources, is.resources, router);
  const missing = [...new Set([...notes, ...was.notes, ...is.notes])];
  const texts = { table: tableText, markdown: markdownText, json: jsonText, csv: tableText };
  return {
    text: texts[format](lines, missing),
    status: lines.some(({ effect }) => failOn.includes(effect)) ? 1 : 0,
  };
}

/** Resources before and after the change; of stacks that do not change on both sides. */
function sidesOf(
  sources: SourceOptions,
  before: SourceFile[],
  after: SourceFile[],
): { old: Draft[]; next: Draft[]; notes: string[] } {
  const unchanged = readStates(sources.states);
  const previews = readPreviews(sources.previews);
  const [old, next] = [readStates(before), readStates(after)];
  for (const [index, { incomplete, notes }] of previews.entries()) {
    const file = sources.previews[index]?.file ?? "";
    const [note] = notes;
    if (incomplete.includes("failed"))
      throw new Problem(`${file}: ${FAILED}${note?.includes("is not read") ? ` (${note})` : ""}`);
    if (incomplete.includes("without unchanged")) throw new Problem(`${file}: ${WITHOUT_UNCHANGED}`);
  }
  // A side that could not be read whole would look like a change.
  for (const { drafts, notes } of [...unchanged, ...old, ...next])
    if (drafts.length === 0 && notes.some((note) => note.includes("is not read")))
      throw new Problem(notes.join("\n"));
  const changed = new Set(
    previews.flatMap((one) => [...one.drafts, ...one.before].map(({ stack }) => stack)),
  );
  const others = unchanged.flatMap(({ drafts }) => drafts.filter(({ stack }) => !changed.has(stack)));
  return {
    old: [...others, ...previews.flatMap((one) => one.before), ...old.flatMap(({ drafts }) => drafts)],
    next: [...others, ...previews.flatMap(({ drafts }) => drafts), ...next.flatMap(({ drafts }) => drafts)],
    notes: [...unchanged, ...previews, ...old, ...next].flatMap(({ notes }) => notes),
  };
}

const TITLES: readonly (readonly [Effect, string])[] = [
  ["reachable", "Newly reachable"],
  ["unverified", "No longer verified or encrypted, or new and not verified"],
  ["auth-removed", "No longer checked"],
  ["limit-removed", "Limits that are gone"],
  ["answer", "Answered otherwise"],
  ["permission", "Permitted otherwise"],
  ["consumer", "Consumers"],
  ["plugin", "Plugins"],
  ["encryption", "Otherwise encrypted"],
  ["verified", "Now verified"],
  ["gone", "No longer reachable"],
  ["not known", "Cannot be said"],
];

function grouped(lines: readonly Line[]): { title: string; lines: Line[] }[] {
  return TITLES.map(([effect, title]) => ({
    title,
    lines: lines.filter((one) => one.effect === effect),
  })).filter((one) => one.lines.length > 0);
}

function tableText(lines: readonly Line[], notes: readonly string[]): string {
  const parts = grouped(lines).map((group) => [
    group.title,
    ...group.lines.flatMap(({ text, place, examples }) => [
      `  ${text} [${place}]`,
      ...examples.map((one) => `    ${one}`),
    ]),
  ]);
  const known = parts.length > 0 ? parts : [[NOTHING]];
  const missing = notes.length > 0 ? [["Not known", ...notes.map((one) => `  ${one}`)]] : [];
  return [...known, ...missing].map((part) => `${part.join("\n")}\n`).join("\n");
}

function markdownText(lines: readonly Line[], notes: readonly string[]): string {
  const text = (value: string) => value.replace(/[\\`*_{}[\]<>|#~]/g, "\\$&").replace(/\s+/g, " ");
  const parts = grouped(lines).map((group) =>
    [
      `**${group.title}**`,
      "",
      ...group.lines.flatMap((one) => [
        `- ${text(one.text)} (${text(one.place)})`,
        ...one.examples.map((example) => `  - ${text(example)}`),
      ]),
    ].join("\n"),
  );
  const known = parts.length > 0 ? parts : [NOTHING];
  const missing =
    notes.length > 0 ? [["**Not known**", "", ...notes.map((one) => `- ${text(one)}`)].join("\n")] : [];
  return `${["### What this change opens", ...known, ...missing].join("\n\n")}\n`;
}

function jsonText(lines: readonly Line[], notes: readonly string[]): string {
  return `${JSON.stringify({ version: 1, changes: lines, notes }, undefined, 2)}\n`;
}
