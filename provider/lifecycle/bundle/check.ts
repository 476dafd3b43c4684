import { type Entry, objectKey, placeIn, specificKind } from "../../model/bundle/entries.ts";
import type { BundleType } from "../../model/bundle/types.ts";
import { hasUnknown, isObject, type JsonObject, sameJson } from "../../model/fields.ts";
import { changedAt, type Path } from "../../model/paths.ts";
import { referencesOf } from "../../model/references.ts";
import { secretPathsOf } from "../../model/secret-fields.ts";
import { BackendError } from "../../server/errors.ts";
import { declareOnce, withIdentity } from "../check.ts";
import { lifecycleOf } from "../index.ts";
import type { Session } from "../session.ts";
import { ignoredPaths, withIgnoredIn } from "./ignored.ts";
import { count, summaryOf } from "./lines.ts";
import { objectOf } from "./lists.ts";
import { planOf, savedEntry } from "./plan.ts";
import type { BundleCheckAnswer, BundleCheckRequest } from "./requests.ts";

/** So many problems are told: more are the same mistake again. */
const MOST_PROBLEMS = 100;

/**
 * Judges the entries, each as a resource of its own would be. They come back as they were written, with what previews must
 * show because it is filled in, and with references to keys of the same bundle as references to ids. What is as it was is not
 * judged again, since it is not sent.
 */
export async function checkBundle(
  session: Session,
  bundle: BundleType,
  request: BundleCheckRequest,
): Promise<BundleCheckAnswer> {
  try {
    return await judged(session, bundle, request);
  } catch (error) {
    if (error instanceof BackendError) return refused(request, [error.message]);
    throw error;
  }
}

async function judged(
  session: Session,
  bundle: BundleType,
  request: BundleCheckRequest,
): Promise<BundleCheckAnswer> {
  const { old, lint } = request;
  const problems: string[] = [];
  const before = new Map(old?.entries.map((entry) => [objectKey(entry), entry]));
  const ignored = ignoredPaths(bundle, request, problems);
  const entries = withReferences(
    request.entries.map((entry) => ({
      ...entry,
      args: withIdentity(entry.kind, session, entry.args, entry.key),
    })),
  );
  problems.push(...serverProblems(session, entries));
  if (problems.length > 0) return refused(request, problems);
  for (const entry of entries) note(session, entry);
  const checked: Entry[] = [];
  for (const entry of entries) {
    const answer = await checkEntry(session, request, entry, before.get(objectKey(entry)), ignored);
    if (Array.isArray(answer)) problems.push(...answer);
    else checked.push(answer);
  }
  if (problems.length > 0) return refused(request, problems);
  if (lint !== undefined) return refused(request, [lint]);
  const changes = planOf(session, old?.entries ?? [], checked, undefined);
  const isSame = changes.length === 0 && old?.summary !== undefined;
  // What an earlier run said stays where nothing changes: the state stays as it is.
  const summary = isSame ? (old.summary ?? "") : summaryOf(changes, checked.length);
  return { entries: checked, summary, problems: [] };
}

/** The entry, or what is wrong with it. */
async function checkEntry(
  session: Session,
  request: BundleCheckRequest,
  entry: Entry,
  old: Entry | undefined,
  ignored: readonly Path[],
): Promise<Entry | string[]> {
  const { owner, stack, adopt } = request;
  const { table, key, kind } = entry;
  const { args, own } = withIgnoredIn(entry, old, ignored);
  const { wait } = kind.reported ?? {};
  if (wait !== undefined && args[wait] !== undefined)
    return [
      `${placeIn(entry)}.${wait}: has no effect in a bundle, whose objects have no outputs; leave it out`,
    ];
  if (old && own.length === 0 && isAsBefore(old.args, entry)) {
    const problem = taken(session, entry, `${owner} ${table} ${key}`);
    if (problem !== undefined) return [problem];
    const secrets = [...secretPathsOf(specificKind(entry).schema, old.args), ...entry.secrets];
    return { ...entry, args: old.args, secrets };
  }
  const answer = await lifecycleOf(kind, session).check({
    owner,
    stack,
    old: old && savedEntry(old, undefined),
    args,
    adopt,
    marks: entry.secrets,
    at: [table, key],
    isPartlyMade: request.old !== undefined,
    ...(own.length > 0 ? { written: entry.args, ignored: own } : {}),
  });
  if (answer.problems.length === 0) return { ...entry, args: answer.args, secrets: answer.secrets };
  const place = placeIn(entry);
  return answer.problems.map((text) => (text.startsWith(place) ? text : `${place}: ${text}`));
}

/** Whether the arguments are, with what is filled in, those of the state. */
function isAsBefore(old: JsonObject, { kind, args }: Entry): boolean {
  const isPart = Object.entries(args).every(([key, value]) => sameJson(value, old[key]));
  return isPart && sameJson(kind.fill?.(args) ?? args, old);
}

/** Why the object cannot be this entry's: another one declares it, too. */
function taken(session: Session, entry: Entry, declarer: string): string | undefined {
  try {
    declareOnce(objectOf(session, entry), declarer);
    return undefined;
  } catch (error) {
    if (error instanceof BackendError) return `${placeIn(entry)}: ${error.message}`;
    throw error;
  }
}

/** Lets the other entries refer to the object, which may be made in this run only. */
function note(session: Session, { kind, args }: Entry): void {
  if (hasUnknown(kind.identity.map((field) => args[field] ?? null))) return;
  const object = objectOf(session, { kind, args });
  const { collection, name } = object.place;
  object.server.inspection.note(`${collection}/${name}`);
}

/** A reference to a key of the bundle means the object of that key, whatever its id. */
function withReferences(entries: readonly Entry[]): Entry[] {
  const ids = new Map<string, string>();
  for (const { kind, key, args } of entries) {
    const id = args[kind.identity.at(-1) ?? ""];
    if (id !== key && typeof id === "string") ids.set(`${kind.type} ${key}`, id);
  }
  if (ids.size === 0) return [...entries];
  return entries.map((entry) => {
    const args = referencesOf(specificKind(entry), entry.args).reduce<JsonObject>(
      (changed, { type, value, path }) => {
        const id = ids.get(`${type} ${value}`);
        return id === undefined ? changed : (changedAt(changed, path, () => id) as JsonObject);
      },
      entry.args,
    );
    return { ...entry, args: isObject(args) ? args : entry.args };
  });
}

/** A bundle has one server: Kuma's kinds may belong to different control planes of a federation. */
function serverProblems(session: Session, entries: readonly Entry[]): string[] {
  const servers = new Map<string, Entry>();
  for (const entry of entries) {
    const { server } = objectOf(session, entry).server.connection;
    if (!servers.has(server)) servers.set(server, entry);
  }
  if (servers.size < 2) return [];
  const said = [...servers].map(([server, entry]) => `${placeIn(entry)} belongs to ${server}`);
  return [`${said.join(", ")}: the objects of a bundle are all at one server, so make a bundle for each`];
}

function refused({ entries }: BundleCheckRequest, problems: readonly string[]): BundleCheckAnswer {
  const more = problems.length - MOST_PROBLEMS;
  const shown = problems.slice(0, MOST_PROBLEMS);
  return {
    entries,
    summary: "",
    problems: more > 0 ? [...shown, `and ${count(more)} more problems`] : shown,
  };
}
