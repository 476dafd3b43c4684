import { inventoryOf } from "../provider/model/inventory/inventory.ts";
import { type Comparison, overlay } from "../provider/model/inventory/overlay.ts";
import type { Reading, Resource } from "../provider/model/inventory/resource.ts";
import { readServers } from "./read-servers.ts";
import type { SourceOptions } from "./see-options.ts";
import { joined, readPreviews, readStates } from "./sources.ts";
import { withoutStoredDefaults } from "./stored-defaults.ts";

/** All that the sources of a command line tell together. */
export interface Known {
  resources: Resource[];
  /** What servers have otherwise than states and previews say; undefined where not both were read. */
  comparison: Comparison | undefined;
  notes: string[];
  /** Those of the notes because of which something may be missing. */
  unread: string[];
}

/**
 * Reads all that a command line names. A preview stands for its stack's state, where both are given, and what a server has
 * for what a state says.
 */
export async function readAll(options: SourceOptions): Promise<Known> {
  const states = readStates(options.states);
  const previews = readPreviews(options.previews);
  const changed = new Set(
    previews.flatMap(({ drafts, before }) => [...drafts, ...before].map(({ stack }) => stack)),
  );
  const others = states.map((reading) => ({
    ...reading,
    drafts: reading.drafts.filter(({ stack }) => !changed.has(stack)),
  }));
  const files = [...others, ...previews];
  const declared = files.flatMap(({ drafts }) => drafts);
  const { readings: live, servers } = await readServers(options, declared);
  const { drafts, notes } = joined([...files, ...live]);
  const { resources: read, notes: made } = inventoryOf(drafts);
  const resources = await withoutStoredDefaults(servers, read);
  const compared = overlay(resources, coveredBy(resources, live));
  const isCompared = declared.length > 0 && live.some(({ covers }) => covers !== undefined);
  return {
    resources: compared.resources,
    comparison: isCompared ? compared.comparison : undefined,
    notes: [...notes, ...made],
    unread: [...files, ...live].flatMap(({ unread = [] }) => unread),
  };
}

/** The types of which all was read, by {@link Resource.at}. */
function coveredBy(resources: readonly Resource[], servers: readonly Reading[]): Map<string, Set<string>> {
  const covered = new Map<string, Set<string>>();
  for (const { covers } of servers) {
    if (!covers) continue;
    const { dialect, place, server, types } = covers;
    for (const one of resources) {
      const isThere = one.type.startsWith(`${dialect}:`) && one.place === place && one.server === server;
      if (isThere) covered.set(one.at, types);
    }
  }
  return covered;
}
