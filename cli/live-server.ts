import { type Named, objectsOf } from "../provider/lifecycle/collections.ts";
import { sidesOf } from "../provider/lifecycle/imported.ts";
import type { Server, Session } from "../provider/lifecycle/session.ts";
import type { JsonObject } from "../provider/model/fields.ts";
import { argumentsOf } from "../provider/model/inventory/pulumi.ts";
import type { Draft } from "../provider/model/inventory/resource.ts";
import { type DialectName, identityOf, type Kind, type Side } from "../provider/model/kind.ts";
import { KINDS } from "../provider/model/kinds.ts";
import { ownershipOf, withoutOwnership } from "../provider/model/owner.ts";
import { fromServer } from "../provider/model/wire.ts";
import { BackendError } from "../provider/server/errors.ts";
import { hasSide, type Settings } from "./settings.ts";

/** An object of a live server. What is secret by its field is masked in the inventory's object alone. */
export interface LiveDraft extends Draft {
  kind: Kind;
  id: string;
  server: string;
  /** The side of a federation at which it was read. */
  side: Side | undefined;
  /** The object as the server gives it, with its labels and what the server has made. */
  stored: JsonObject;
}

/** What a server tells of a kind: all that it has, or why it tells nothing. */
export type KindReading = { kind: Kind } & (
  | { drafts: LiveDraft[]; server: Server; place: string }
  | { missing: string; error?: BackendError }
);

/** Which server is read, and how. */
export interface LiveServer {
  dialect: DialectName;
  settings: Settings;
  session: Session;
  /** The place of a server, by what tells it from others. */
  placeOf(server: string): string;
  /** Types that are not asked for. */
  leaveOut?: readonly string[];
}

/**
 * Reads all that a server, or both sides of a federation, have of each kind. An error that is not about a kind alone is the
 * last reading: nothing more is asked then.
 */
export async function readServer(of: LiveServer): Promise<KindReading[]> {
  const { dialect, settings, leaveOut = [] } = of;
  const kinds = KINDS.filter(
    (kind) => kind.dialect === dialect && !kind.patch && !leaveOut.includes(kind.type),
  );
  // Where one control plane is both sides, its objects are read once.
  const isFederation = settings.known.has(`${dialect}:zoneUrl`);
  const asked = kinds.flatMap((kind) => sidesOf(kind, isFederation).map((side) => ({ kind, side })));
  const readings: KindReading[] = [];
  for (const { kind, side } of asked) {
    try {
      readings.push(await readKind(kind, side, of));
    } catch (error) {
      if (!(error instanceof BackendError)) throw error;
      readings.push({ kind, missing: error.message, error });
      if (!isAboutTheKind(error)) break;
    }
  }
  return readings;
}

/** The server answers, but not about this kind: the credential may not read it, or the server is too old for it. */
export function isAboutTheKind(error: unknown): error is BackendError {
  return (
    error instanceof BackendError &&
    (error.errorCode === "UNAUTHORIZED" || error.errorCode === "REFUSED_BY_SERVER")
  );
}

async function readKind(
  kind: Kind,
  side: Side | undefined,
  { settings, session, placeOf }: LiveServer,
): Promise<KindReading> {
  const other = side === "zone" ? "global" : "zone";
  if (!hasSide(settings, kind.dialect, side) && settings.known.has(`${kind.dialect}:${other}Url`)) {
    const setting = `${kind.dialect}:${side}Url`;
    return { kind, missing: `is at the ${side} control plane; none is given (${setting})` };
  }
  const server = session.server(kind.dialect, side);
  const called = server.connection.server;
  const objects = await objectsOf(kind, session, side);
  if (typeof objects === "string") return { kind, missing: objects };
  const place = placeOf(called);
  const common = {
    kind,
    type: kind.type,
    side,
    server: called,
    place,
    source: `${kind.dialect} at ${place}`,
  };
  const drafts = objects.map((one): LiveDraft => ({ ...common, ...said(kind, one), dependencies: {} }));
  return { kind, drafts, server, place };
}

/** What an object says of itself. */
function said(kind: Kind, { id, object }: Named) {
  const owner = ownershipOf(object);
  const plain = withoutOwnership(object, () => false);
  const time = object.update_time ?? object.modificationTime;
  return {
    id,
    name: id,
    stored: object,
    args: argumentsOf(fromServer(kind, plain, identityOf(kind, id))),
    ...(owner?.stack === undefined ? {} : { stack: owner.stack.replace(".", "/") }),
    ...(time === undefined ? {} : { changed: timeText(time) }),
    ...(kind.madeByServer?.(object) === undefined ? {} : { madeByServer: true }),
  };
}

function timeText(time: unknown): string {
  return typeof time === "number" ? new Date(time * 1000).toISOString() : String(time);
}
