import type * as z from "zod";
import {
  bare,
  isObject,
  type Json,
  type JsonObject,
  type Releases,
  sameJson,
  schemaFor,
  shapeOf,
  UNKNOWN,
} from "../fields.ts";
import type { Kind } from "../kind.ts";
import { formatPath } from "../validate.ts";

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

/** Whether this version keeps labels. */
export function hasLabels(version: string): boolean {
  return absence(version, LABELS) === undefined;
}

function absence(version: string, { since, until }: Releases): string | undefined {
  if (until !== undefined && !isOlder(version, until)) return "any more";
  return since !== undefined && isOlder(version, since) ? `yet: it came with ${since}` : undefined;
}

function isOlder(version: string, than: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number.parseFloat);
  const [wantedMajor = 0, wantedMinor = 0] = than.split(".").map(Number.parseFloat);
  return major < wantedMajor || (major === wantedMajor && minor < wantedMinor);
}

/** Every declared field that some versions lack, and that says something. */
function* fieldsOfSomeReleases(
  schema: z.core.$ZodType,
  value: Json,
  at: string[] = [],
): Generator<[string, Releases]> {
  const shape = shapeOf(schemaFor(schema, value));
  if (!shape || !isObject(value)) return;
  for (const [key, inner] of Object.entries(value)) {
    const field = shape[key];
    if (!field || inner === undefined || inner === UNKNOWN) continue;
    const { meta, default: standard } = bare(field);
    if (meta.releases && !sameJson(inner, standard)) yield [formatPath([...at, key]), meta.releases];
    yield* fieldsOfSomeReleases(field, inner, [...at, key]);
  }
}
