import { objectsOf } from "../provider/lifecycle/collections.ts";
import { ServerObject } from "../provider/lifecycle/object.ts";
import { Session } from "../provider/lifecycle/session.ts";
import type { JsonObject } from "../provider/model/fields.ts";
import { isObject } from "../provider/model/fields.ts";
import type { DialectName, Kind, Side } from "../provider/model/kind.ts";
import { KINDS } from "../provider/model/kinds.ts";
import { BackendError } from "../provider/server/errors.ts";
import { adopt, type Found, type Skipped } from "./adopt.ts";
import { kindInBundle } from "./bundles.ts";
import { placeOf } from "./foreign.ts";
import type { Options } from "./options.ts";
import { Problem } from "./problem.ts";
import { hasSide, type Settings } from "./settings.ts";

/** What the servers have. */
export interface Harvest {
  found: Found[];
  skipped: Skipped[];
  /** URLs of the servers that were asked. */
  servers: string[];
  /** Those of the ids that were asked for of which there is an object. */
  named: Set<string>;
  /** The objects that are no copies of another side's. */
  places: Set<string>;
}

/** Reads all that was asked for. Kinds that a server does not let one read, or does not have, are left out with the reason. */
export async function harvest(options: Options, settings: Settings): Promise<Harvest> {
  const all: Harvest = { found: [], skipped: [], servers: [], named: new Set(), places: new Set() };
  const session = new Session(settings.get, { print: (text) => console.log(`warning: ${text}`) });
  for (const dialect of options.from) {
    const refused: BackendError[] = [];
    let answered = false;
    for (const { kind, side } of placesOf(dialect, settings)) {
      try {
        await readKind(kind, side, options, settings, session, all);
        answered = true;
      } catch (error) {
        if (!isAboutTheKind(error)) throw error;
        refused.push(error);
        all.skipped.push({ what: `every ${kind.title}`, reason: error.message });
      }
    }
    if (!answered && refused[0]) throw refused[0];
  }
  // What one side gives and the other has as a copy was read.
  all.skipped = all.skipped.filter(({ copyOf }) => copyOf === undefined || !all.places.has(copyOf));
  const missing = options.ids.find((id) => !all.named.has(id));
  if (missing !== undefined) {
    const why = all.skipped.find(({ what }) =>
      what.endsWith(`"${missing.replace(/^(apisix|kuma):\w+\//, "")}"`),
    );
    throw new Problem(
      why
        ? `--id ${missing}: the ${why.what} ${why.reason}.`
        : `--id ${missing}: the server has no such object.`,
    );
  }
  return all;
}

/** The kinds of a dialect, with the side of a federation at which they are read. */
export function placesOf(dialect: DialectName, settings: Settings): { kind: Kind; side: Side | undefined }[] {
  const kinds = KINDS.filter((kind) => kind.dialect === dialect && !kind.patch);
  return kinds.flatMap((kind) => {
    if (typeof kind.side !== "function") return [{ kind, side: kind.side }];
    // Where one control plane is both sides, its objects are read once.
    const isFederation = settings.known.has(`${dialect}:zoneUrl`);
    return [{ kind, side: "global" as const }, ...(isFederation ? [{ kind, side: "zone" as const }] : [])];
  });
}

async function readKind(
  kind: Kind,
  side: Side | undefined,
  options: Options,
  settings: Settings,
  session: Session,
  all: Harvest,
): Promise<void> {
  if (
    kind.dialect === "kuma" &&
    !hasSide(settings, "kuma", side) &&
    settings.known.has(`kuma:${other(side)}Url`)
  ) {
    all.skipped.push({
      what: `every ${kind.title}`,
      reason: `is at the ${side} control plane; none is given (kuma:${side}Url)`,
    });
    return;
  }
  const any = new ServerObject(kind, session, side === "zone" ? { origin: "zone" } : {}, "");
  const { connection, api } = any.server;
  if (!all.servers.includes(connection.url)) all.servers.push(connection.url);
  const objects = (await any.impossible()) ?? (await objectsOf(kind, api));
  if (typeof objects === "string") {
    all.skipped.push({ what: `every ${kind.title}`, reason: objects });
    return;
  }
  const kept = options.bundle ? kindInBundle(kind) : kind;
  for (const one of objects) {
    const named = kept === kind ? one : { ...one, id: idIn(kept, one.object) };
    const asked = options.ids.filter((id) => isNamed(kind, one.id, id) || isNamed(kept, named.id, id));
    if (!hasLabels(one.object, options.labels) || (options.ids.length > 0 && asked.length === 0)) continue;
    const result = await adopt(kept, session, named, {
      side,
      named: asked.length > 0,
      owned: options.owned,
    });
    if (!("copyOf" in result)) all.places.add(placeOf(kept, named.id, one.object));
    if ("reason" in result) {
      all.skipped.push(result);
      continue;
    }
    all.found.push(result);
    for (const id of asked) all.named.add(id);
  }
}

/** The id of an object of which it says all parts itself. */
function idIn({ identity }: Kind, object: JsonObject): string {
  return identity.map((field) => String(object[field])).join("/");
}

function hasLabels({ labels }: JsonObject, wanted: Options["labels"]): boolean {
  const own: JsonObject = isObject(labels) ? labels : {};
  return wanted.every(({ key, value }) =>
    value === undefined ? Object.hasOwn(own, key) : own[key] === value,
  );
}

/** Whether an id that was asked for is that of the object, with its kind before it or without. */
function isNamed({ type }: Kind, id: string, asked: string): boolean {
  return asked === id || asked === `${type}/${id}`;
}

function other(side: Side | undefined): Side {
  return side === "zone" ? "global" : "zone";
}

/** The server answers, but not about this kind: the credential may not read it, or the server is too old for it. */
function isAboutTheKind(error: unknown): error is BackendError {
  return (
    error instanceof BackendError &&
    (error.errorCode === "UNAUTHORIZED" || error.errorCode === "REFUSED_BY_SERVER")
  );
}
