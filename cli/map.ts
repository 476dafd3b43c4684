import { exitsOf } from "../provider/model/change/change.ts";
import { endsWithin } from "../provider/model/inventory/certificates.ts";
import type { Exit } from "../provider/model/inventory/exits.ts";
import { labelsOf } from "../provider/model/inventory/inventory.ts";
import type { Resource } from "../provider/model/inventory/resource.ts";
import type { Result } from "./explain.ts";
import type { MapAnswer, MapRow } from "./map-answer.ts";
import { change } from "./map-change.ts";
import type { Grouping, MapOptions } from "./map-options.ts";
import { writePage } from "./map-page.ts";
import { csvText, markdownText, tableText } from "./map-text.ts";
import { ownerOf } from "./ownership.ts";
import { type Known, readAll } from "./read-sources.ts";

/** Lists what can be reached. */
export async function map(options: MapOptions): Promise<Result> {
  const { sources, grouping, format, days, change: asked, html } = options;
  if (asked) return change(asked);
  const now = new Date();
  const known = await readAll(sources);
  const answer = answerOf(known, grouping, days, now);
  const { unmanaged = [], differing = [], missing = [] } = answer.comparison ?? {};
  const isOtherwise = unmanaged.length + differing.length + missing.length > 0;
  // An alarm for every night must not be silent while the server cannot be read.
  const status = known.unread.length > 0 ? 2 : isOtherwise ? 1 : 0;
  const errors = known.unread.map((note) => `${note}\n`).join("");
  if (html !== undefined) {
    const by = grouping.by === "label" ? `label ${grouping.key}` : grouping.by;
    return { text: writePage(html, { answer, made: now.toISOString(), by, days }), errors, status };
  }
  const texts = { table: tableText, csv: csvText, markdown: markdownText, json: jsonText };
  // The others have it in their own text.
  return { text: texts[format](answer, days), ...(format === "csv" ? { errors } : {}), status };
}

function answerOf(
  { resources, comparison, notes }: Known,
  grouping: Grouping,
  days: number,
  now: Date,
): MapAnswer {
  const exits = exitsOf(resources).map((exit) => rowOf(exit, grouping));
  const certificates = exits.flatMap((one) => one.certificates);
  const ending = new Map(
    certificates.filter((one) => endsWithin(one, days, now)).map((one) => [one.field, one]),
  );
  return {
    version: 1,
    exits: exits.sort((a, b) => (a.group < b.group ? -1 : a.group > b.group ? 1 : 0)),
    ending: [...ending.values()],
    ...(comparison
      ? {
          comparison: {
            unmanaged: comparison.unmanaged.map(ownerOf),
            differing: comparison.differing.map(({ resource, fields }) => ({
              owner: ownerOf(resource),
              fields,
            })),
            missing: comparison.missing.map(ownerOf),
          },
        }
      : {}),
    notes,
  };
}

function rowOf({ resources, port, ...exit }: Exit, grouping: Grouping): MapRow {
  const [first] = resources;
  return {
    ...exit,
    group: groupOf(resources, grouping),
    port: port ?? null,
    owners: resources.map(ownerOf),
    labels: first ? { ...labelsOf(first) } : {},
  };
}

/** By the first resource that has it: the upstream's before the route's. */
function groupOf(resources: readonly Resource[], grouping: Grouping): string {
  const value = (one: Resource) => (grouping.by === "label" ? labelsOf(one)[grouping.key] : one[grouping.by]);
  return resources.map(value).find((one) => one !== undefined) ?? "";
}

function jsonText(answer: MapAnswer): string {
  return `${JSON.stringify(answer, undefined, 2)}\n`;
}
