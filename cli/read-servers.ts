import { type Named, objectsOf } from "../provider/lifecycle/collections.ts";
import { ServerObject } from "../provider/lifecycle/object.ts";
import { Session } from "../provider/lifecycle/session.ts";
import { argumentsOf } from "../provider/model/inventory/pulumi.ts";
import type { Draft, Reading } from "../provider/model/inventory/resource.ts";
import { identityOf, type Kind, type Side } from "../provider/model/kind.ts";
import { ownershipOf, withoutOwnership } from "../provider/model/owner.ts";
import { fromServer } from "../provider/model/wire.ts";
import { BackendError } from "../provider/server/errors.ts";
import { placesOf } from "./read.ts";
import type { SourceOptions } from "./see-options.ts";
import { hasSide, readSettings, type Settings } from "./settings.ts";

/**
 * Reads all that the servers of a command line have. A server that does not answer is a note.
 *
 * @param known what states and previews tell: a server without a place is of the one place in which they have it
 */
export async function readServers(options: SourceOptions, known: readonly Draft[]): Promise<Reading[]> {
  if (options.servers.length === 0) return [];
  const readings: Reading[] = [];
  for (const { dialect, place } of options.servers) {
    const settings = readSettings({ ...options, from: [dialect] }, place);
    const reading: Reading = { drafts: [], notes: [] };
    const failures: { title: string; message: string }[] = [];
    let isCut = false;
    const session = new Session(settings.get, { print: (text) => reading.notes.push(text) });
    for (const { kind, side } of placesOf(dialect, settings)) {
      try {
        await readKind(
          { kind, side, settings, session, placeOf: (server) => place ?? placeIn(known, dialect, server) },
          reading,
        );
      } catch (error) {
        if (!(error instanceof BackendError)) throw error;
        failures.push({ title: kind.title, message: error.message });
        isCut = error.errorCode !== "UNAUTHORIZED" && error.errorCode !== "REFUSED_BY_SERVER";
        if (isCut) break;
      }
    }
    const where = `${dialect}${place === undefined ? "" : ` at ${place}`}`;
    const notes = notesOf(where, failures);
    reading.notes.push(...notes);
    // That one may not read a kind is only said; of a server that tells nothing, anything may be missing.
    if (isCut || !reading.covers) reading.unread = notes;
    readings.push(reading);
  }
  return readings;
}

/** What could not be read, a sentence for each reason. */
function notesOf(where: string, failures: readonly { title: string; message: string }[]): string[] {
  const reasonOf = ({ title, message }: { title: string; message: string }) => message.replace(title, "");
  return [...Map.groupBy(failures, reasonOf).values()].map((all) => {
    const titles = all.map(({ title }) => title);
    const [{ message } = { message: "" }] = all;
    const more = titles.length > 3 ? ` and ${titles.length - 3} other kinds` : "";
    return `${where}, ${titles.slice(0, 3).join(", ")}${more}: ${message}`;
  });
}

/** The only place in which the sources have a server, else `live`. */
function placeIn(known: readonly Draft[], dialect: string, server: string): string {
  const own = known.filter((one) => one.type.startsWith(`${dialect}:`) && one.server === server);
  const places = [...new Set(own.map(({ place }) => place))];
  return places.length === 1 ? (places[0] ?? "live") : "live";
}

interface Question {
  kind: Kind;
  side: Side | undefined;
  settings: Settings;
  session: Session;
  placeOf: (server: string) => string;
}

async function readKind(
  { kind, side, settings, session, placeOf }: Question,
  reading: Reading,
): Promise<void> {
  if (kind.type === "kuma:Secret" || (kind.dialect === "kuma" && !hasSide(settings, "kuma", side))) return;
  const any = new ServerObject(kind, session, side === "zone" ? { origin: "zone" } : {}, "");
  const { connection, api } = any.server;
  const place = placeOf(connection.server);
  const objects = (await any.impossible()) ?? (await objectsOf(kind, api));
  if (typeof objects === "string") return;
  reading.covers ??= { dialect: kind.dialect, place, server: connection.server, types: new Set() };
  reading.covers.types.add(kind.type);
  for (const named of objects) {
    try {
      reading.drafts.push(draftOf(kind, named, place, connection.server));
    } catch {
      reading.notes.push(`${kind.title} "${named.id}" at ${place} cannot be read.`);
    }
  }
}

/** An object as a server has it. What is secret by its field is masked later, with all else. */
function draftOf(kind: Kind, { id, object }: Named, place: string, server: string): Draft {
  const owner = ownershipOf(object);
  const plain = withoutOwnership(object, () => false);
  const time = object.update_time ?? object.modificationTime;
  return {
    place,
    type: kind.type,
    name: id,
    args: argumentsOf(fromServer(kind, plain, identityOf(kind, id))),
    ...(owner?.stack === undefined ? {} : { stack: owner.stack.replace(".", "/") }),
    server,
    source: `${kind.dialect} at ${place}`,
    ...(time === undefined ? {} : { changed: timeText(time) }),
    ...(kind.madeByServer?.(object) === undefined ? {} : { madeByServer: true }),
    dependencies: {},
  };
}

function timeText(time: unknown): string {
  return typeof time === "number" ? new Date(time * 1000).toISOString() : String(time);
}
