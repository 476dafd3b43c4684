import { type Server, Session } from "../provider/lifecycle/session.ts";
import type { Draft, Reading } from "../provider/model/inventory/resource.ts";
import type { BackendError } from "../provider/server/errors.ts";
import { isAboutTheKind, type KindReading, readServer } from "./live-server.ts";
import type { SourceOptions } from "./see-options.ts";
import { readSettings } from "./settings.ts";

/** What the servers of a command line tell. */
export interface ServersRead {
  readings: Reading[];
  /** Those that were read, by {@link serverKey}. */
  servers: Map<string, Server>;
}

/** Tells the server of a resource from others. */
export function serverKey({ type, server }: Pick<Draft, "type" | "server">): string {
  return `${type.split(":")[0]} ${server}`;
}

/**
 * Reads all that the servers of a command line have, but for secrets of a mesh. A server that does not answer is a note.
 *
 * @param known what states and previews tell: a server without a place is of the one place in which they have it
 */
export async function readServers(options: SourceOptions, known: readonly Draft[]): Promise<ServersRead> {
  const readings: Reading[] = [];
  const servers = new Map<string, Server>();
  for (const { dialect, place } of options.servers) {
    const settings = readSettings({ ...options, from: [dialect] }, place);
    const notes: string[] = [];
    const session = new Session(settings.get, { print: (text) => notes.push(text) });
    const placeOf = (server: string) => place ?? placeIn(known, dialect, server);
    const kinds = await readServer({ dialect, settings, session, placeOf, leaveOut: ["kuma:Secret"] });
    const where = `${dialect}${place === undefined ? "" : ` at ${place}`}`;
    readings.push(readingOf(kinds, where, notes));
    for (const one of kinds)
      if ("drafts" in one)
        servers.set(serverKey({ type: one.kind.type, server: one.server.connection.server }), one.server);
  }
  return { readings, servers };
}

function readingOf(kinds: readonly KindReading[], where: string, notes: string[]): Reading {
  const read = kinds.filter((one) => "drafts" in one);
  const reading: Reading = { drafts: read.flatMap(({ drafts }) => drafts), notes };
  for (const { kind, place, server } of read) {
    reading.covers ??= { dialect: kind.dialect, place, server: server.connection.server, types: new Set() };
    reading.covers.types.add(kind.type);
  }
  const failures = kinds.flatMap((one) =>
    "error" in one && one.error ? { title: one.kind.title, error: one.error } : [],
  );
  const failed = notesOf(where, failures);
  notes.push(...failed);
  // That one may not read a kind is only said; of a server that tells nothing, anything may be missing.
  if (failures.some(({ error }) => !isAboutTheKind(error)) || !reading.covers) reading.unread = failed;
  return reading;
}

/** What could not be read, a sentence for each reason. */
function notesOf(where: string, failures: readonly { title: string; error: BackendError }[]): string[] {
  const groups = Map.groupBy(failures, ({ title, error }) => error.message.replace(title, ""));
  return [...groups.values()].map((all) => {
    const titles = all.map(({ title }) => title);
    const more = titles.length > 3 ? ` and ${titles.length - 3} other kinds` : "";
    return `${where}, ${titles.slice(0, 3).join(", ")}${more}: ${all[0]?.error.message}`;
  });
}

/** The only place in which the sources have a server, else `live`. */
function placeIn(known: readonly Draft[], dialect: string, server: string): string {
  const own = known.filter((one) => one.type.startsWith(`${dialect}:`) && one.server === server);
  const places = [...new Set(own.map(({ place }) => place))];
  return places.length === 1 ? (places[0] ?? "live") : "live";
}
