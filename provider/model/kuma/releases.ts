import { bare, type JsonObject, type Releases, sameJson, UNKNOWN } from "../fields.ts";
import type { Kind } from "../kind.ts";
import { formatPath } from "../paths.ts";
import { isOlder } from "../releases.ts";
import { type Schema, visit } from "../walk.ts";

/** The first version that keeps labels; an older one drops them in silence, as any field that it does not know. */
const LABELS: Releases = { since: "2.6" };

/** What this version lacks of what is declared; it would drop a field in silence, and that would differ for ever. */
export function lackOf(version: string, kind: Kind, declared: JsonObject): string | undefined {
  const { releases } = kind;
  const lack = releases && absence(version, releases);
  if (lack) return `has no ${kind.title} ${lack}; use ${releases.instead}.`;
  for (const [path, known] of fieldsOfSomeReleases(kind.schema, declared)) {
    const reason = absence(version, known);
    if (reason) return `has no field ${path} of a ${kind.title} ${reason}; leave it out.`;
  }
  return undefined;
}

/** A release's version, as in `2.14.3`; a build of no release calls itself 0.0.0, so that nothing is known about it. */
export function releaseOf(version: string): string | undefined {
  return /^v?([1-9]\d*\.\d+.*)/.exec(version)?.[1];
}

/** Whether this version keeps labels. */
export function hasLabels(version: string): boolean {
  return absence(version, LABELS) === undefined;
}

function absence(version: string, { since, until }: Releases): string | undefined {
  if (until !== undefined && !isOlder(version, until)) return "any more";
  return since !== undefined && isOlder(version, since) ? `yet: it came with ${since}` : undefined;
}

/** Every declared field that some versions lack, and that says something. */
function fieldsOfSomeReleases(schema: Schema, value: JsonObject): [string, Releases][] {
  const fields: [string, Releases][] = [];
  visit(schema, value, ({ path, schema: field, meta, value: inner }) => {
    if (inner === UNKNOWN) return false;
    if (meta.releases && !sameJson(inner, bare(field).default))
      fields.push([formatPath(path), meta.releases]);
    return true;
  });
  return fields;
}
