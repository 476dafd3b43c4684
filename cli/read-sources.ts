import type { Reading } from "../provider/model/inventory/resource.ts";
import { readServers } from "./read-servers.ts";
import type { SourceOptions } from "./see-options.ts";
import { joined, readPreviews, readStates } from "./sources.ts";

/** Reads all that a command line names. A preview stands for its stack's state, where both are given. */
export async function readAll(options: SourceOptions): Promise<Reading> {
  const states = readStates(options.states);
  const previews = readPreviews(options.previews);
  const servers = await readServers(options);
  const changed = new Set(
    previews.flatMap(({ drafts, before }) => [...drafts, ...before].map(({ stack }) => stack)),
  );
  const others = states.map((reading) => ({
    ...reading,
    drafts: reading.drafts.filter(({ stack }) => !changed.has(stack)),
  }));
  return joined([...others, ...previews, ...servers]);
}
