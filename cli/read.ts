import { Session } from "../provider/lifecycle/session.ts";
import { inventoryOf } from "../provider/model/inventory/inventory.ts";
import { type Adopted, adopt, type Found, type Skipped } from "./adopt.ts";
import { inBundle } from "./bundles.ts";
import { labelsOf, placeOf } from "./foreign.ts";
import { isAboutTheKind, type LiveDraft, readServer } from "./live-server.ts";
import type { Options } from "./options.ts";
import { Problem } from "./problem.ts";
import type { Settings } from "./settings.ts";

/** What the servers have. */
export interface Harvest {
  found: Found[];
  skipped: Skipped[];
  /** URLs of the servers that were read. */
  servers: string[];
}

/** Reads all that was asked for. Kinds that a server does not let one read, or does not have, are left out with the reason. */
export async function harvest(options: Options, settings: Settings): Promise<Harvest> {
  const adopted: Adopted[] = [];
  const skipped: Skipped[] = [];
  const servers = new Set<string>();
  /** Those of the ids that were asked for of which there is an object. */
  const known = new Set<string>();
  /** The objects that are no copies of another side's. */
  const originals = new Set<string>();
  const session = new Session(settings.get, { print: (text) => console.log(`warning: ${text}`) });
  for (const dialect of options.from) {
    const readings = await readServer({ dialect, settings, session, placeOf: () => "live" });
    const isAnswering = readings.some((one) => "drafts" in one);
    const errors = readings.flatMap((one) => ("error" in one ? one.error : []));
    const fatal = errors.find((error) => !isAboutTheKind(error) || !isAnswering);
    if (fatal) throw fatal;
    for (const reading of readings) {
      if (!("drafts" in reading)) {
        skipped.push({ what: `every ${reading.kind.title}`, reason: reading.missing });
        continue;
      }
      servers.add(reading.server.connection.url);
      for (const draft of reading.drafts) {
        const kept = options.bundle ? inBundle(draft) : draft;
        const asked = options.ids.filter((id) => isNamed(draft, id) || isNamed(kept, id));
        if (!hasLabels(draft, options.labels) || (options.ids.length > 0 && asked.length === 0)) continue;
        const result = await adopt(kept, session, { named: asked.length > 0, owned: options.owned });
        if (!("copyOf" in result)) originals.add(placeOf(kept));
        if ("reason" in result) {
          skipped.push(result);
          continue;
        }
        adopted.push(result);
        for (const id of asked) known.add(id);
      }
    }
  }
  // What one side gives and the other has as a copy was read.
  const left = skipped.filter(({ copyOf }) => copyOf === undefined || !originals.has(copyOf));
  const missing = options.ids.find((id) => !known.has(id));
  if (missing !== undefined) {
    const why = left.find(({ what }) => what.endsWith(`"${missing.replace(/^(apisix|kuma):\w+\//, "")}"`));
    throw new Problem(
      why
        ? `--id ${missing}: the ${why.what} ${why.reason}.`
        : `--id ${missing}: the server has no such object.`,
    );
  }
  // The program has one connection of a dialect, whichever sides of a federation it leads to.
  const { resources, notes } = inventoryOf(
    adopted,
    adopted.map(({ kind }) => kind.dialect),
  );
  left.push(...notes.map((reason) => ({ what: "an object", reason })));
  const found = resources.map(
    (one): Found => ({ ...one, references: [], users: [], variable: "", secrets: [] }),
  );
  return { found, skipped: left, servers: [...servers] };
}

function hasLabels({ stored }: LiveDraft, wanted: Options["labels"]): boolean {
  const own = labelsOf(stored);
  return wanted.every(({ key, value }) =>
    value === undefined ? Object.hasOwn(own, key) : own[key] === value,
  );
}

/** Whether an id that was asked for is that of the object, with its kind before it or without. */
function isNamed({ type, id }: LiveDraft, asked: string): boolean {
  return asked === id || asked === `${type}/${id}`;
}
