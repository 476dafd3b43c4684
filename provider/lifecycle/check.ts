import { canonical } from "../model/canonical.ts";
import { bare, hasUnknown, type JsonObject, sameJson } from "../model/fields.ts";
import type { Kind, Surroundings } from "../model/kind.ts";
import { KEPT_DIGITS, roundedNumbers } from "../model/numbers.ts";
import { newMark, ownershipOf } from "../model/owner.ts";
import { formatPath, type Path, parsePath, valueAt } from "../model/paths.ts";
import { movedMarks, secretPathsOf } from "../model/secret-fields.ts";
import { scrub } from "../model/secrets.ts";
import type { Problem } from "../model/validate.ts";
import { schemaAtPath } from "../model/walk.ts";
import { BackendError } from "../server/errors.ts";
import { ignoredMarks, withIgnored } from "./ignored.ts";
import { changedFixedLabel } from "./labels.ts";
import { ServerObject } from "./object.ts";
import { refuseForeign } from "./owned.ts";
import { declaredTwice } from "./refusals.ts";
import type { CheckAnswer, CheckRequest } from "./requests.ts";
import type { Session } from "./session.ts";

/** Judges arguments by a kind's rules. The request's marks are those of the arguments. */
export type Judge = (
  object: ServerObject,
  args: JsonObject,
  surroundings: Surroundings,
  request: CheckRequest,
) => Problem[];

/**
 * Judges the arguments, by themselves and with what the server tells. They come back as they were written, with what a
 * preview must show because it is filled in: the identity, and what the kind fills in.
 */
export async function check(
  kind: Kind,
  session: Session,
  request: CheckRequest,
  judge: Judge,
): Promise<CheckAnswer> {
  try {
    return await judged(kind, session, request, judge);
  } catch (error) {
    // A problem prints as one line; a thrown error as two.
    if (error instanceof BackendError) return refused(request, error.message);
    throw error;
  }
}

async function judged(
  kind: Kind,
  session: Session,
  request: CheckRequest,
  judge: Judge,
): Promise<CheckAnswer> {
  const { owner, stack, old } = request;
  session.addSecrets(request.marks.map((path) => valueAt(request.args, path)));
  const args = withIdentity(kind, session, withIgnored(kind, request), request.name);
  const marks = movedMarks(kind.schema, [...request.marks, ...ignoredMarks(kind, request)], args);
  session.addSecrets(marks.map((path) => valueAt(args, path)));
  // What is not known yet may come to be true.
  const isUnclear = hasUnknown(request.adopt ?? null);
  const adopt = isUnclear ? undefined : (request.adopt ?? undefined);
  const object = new ServerObject(kind, session, args);
  // Until it is found right: what is refused here must not be deleted under its old name.
  session.unfinished.add(object.key);
  const surroundings = await object.surroundings();
  const problems = judge(object, args, surroundings, { ...request, marks });
  // What is not sent is not refused, for what a server does not give back or has become since.
  const isAsBefore = () => old !== undefined && sameJson(object.args, canonical(kind, old.args));
  const isWithoutHidden = problems.length > 0 && isAsBefore() && warnOfHidden(object, args, problems);
  const byServer: string[] = [];
  if (problems.length > 0 && judge(object, args, withoutServer(surroundings), request).length === 0) {
    byServer.push(...problems.splice(0).map((problem) => said(request, problem)));
  }
  if (adopt !== undefined && typeof adopt !== "boolean")
    problems.push({ path: "adopt", reason: "is not a boolean" });
  const fixed = old && kind.contents ? changedFixedLabel(object.server.dialect, old.args, args) : undefined;
  if (fixed !== undefined)
    problems.push({
      path: formatPath(["labels", fixed]),
      reason: `cannot change after creation, and replacing the ${kind.title} would take all that is in it along`,
    });
  if (problems.length > 0) return refused(request, ...problems.map((problem) => said(request, problem)));
  if (request.lint !== undefined) return refused(request, request.lint);
  const { errors, warnings } = isWithoutHidden
    ? { errors: [], warnings: [] }
    : await object.inspect({ owner, mark: newMark(), stack });
  const scrubbed = (text: string) => scrub(text, session.secrets());
  byServer.push(...errors.map(scrubbed));
  if (byServer.length > 0 && !isAsBefore()) return refused(request, ...byServer);
  for (const text of byServer) session.warn(scrubbed(`The ${object.title}, which is not changed: ${text}`));
  for (const text of warnings) session.warn(scrubbed(text));
  warnOfRounding(object, marks);
  await refuseTaken(object, isUnclear ? { ...request, adopt: true } : request, args);
  session.unfinished.delete(object.key);
  const filled = kind.fill?.(args) ?? args;
  const secrets = [...secretPathsOf(kind.schema, filled), ...marks];
  return { args: filled, secrets, marks, problems: [] };
}

/** A problem as the person at the terminal reads it. */
function said({ at = [] }: CheckRequest, { path, reason }: Problem): string {
  return `${at.length > 0 ? formatPath([...at, ...parsePath(path)]) : path}: ${reason}`;
}

/** The arguments with the identity that is made from defaults and the resource's name. */
export function withIdentity(
  kind: Kind,
  session: Session,
  given: JsonObject,
  name: string | undefined,
): JsonObject {
  const args = { ...given };
  for (const [field, standard] of Object.entries(kind.identityDefaults ?? {})) args[field] ??= standard;
  const last = kind.identity.at(-1) ?? "";
  const side = typeof kind.side === "function" ? kind.side(args) : kind.side;
  if (name !== undefined) args[last] ??= `${session.server(kind.dialect, side).connection.idPrefix}${name}`;
  return args;
}

/** Notes who declares the object. Two are refused. */
export function declareOnce({ kind, session, server, id, key }: ServerObject, declarer: string): void {
  const place = `${server.connection.server} ${key}`;
  const other = session.declared.get(place) ?? declarer;
  if (other !== declarer) throw declaredTwice(kind, id);
  session.declared.set(place, declarer);
}

/** What `create` would refuse is refused before anything is changed, as far as the server tells. */
async function refuseTaken(object: ServerObject, request: CheckRequest, args: JsonObject): Promise<void> {
  const { kind, server, session } = object;
  const { owner, stack, old, adopt, at = [] } = request;
  if (kind.patch || hasUnknown(kind.identity.map((field) => args[field]))) return;
  declareOnce(object, [owner, ...at].join(" "));
  const { collection, name } = object.place;
  const isNew = kind.identity.some((field) => !sameJson(old?.args[field], args[field]));
  if (!isNew) session.inState.add(object.placeFor(owner));
  if (isNew && adopt && !kind.unlisted)
    warnOfKeptLabels(object, await server.inspection.object(collection, name));
  if (isNew && !adopt && !kind.unlisted) {
    const found = await server.inspection.object(collection, name);
    // Whether it is what is declared, and so ours, shows only when all of that is known.
    const isPartlyMade = request.isPartlyMade && found && ownershipOf(found)?.owner === owner;
    if (
      found &&
      !isPartlyMade &&
      !(await object.isReplaced(found, owner)) &&
      !(hasUnknown(args) && (await object.mayBelongTo(found, owner)))
    )
      await refuseForeign(object, found, { owner, stack }, at.length > 0).catch(onlyIfItExists);
  }
  server.inspection.note(`${collection}/${name}`);
}

/**
 * What a server does not give back is missing after an import. Where nothing changes it is said, and no problem any more. Says
 * whether something is.
 */
function warnOfHidden(
  { kind, session, title }: ServerObject,
  args: JsonObject,
  problems: Problem[],
): boolean {
  const isHidden = ({ path }: Problem) => {
    const keys = parsePath(path);
    const schema = valueAt(args, keys) === undefined ? schemaAtPath(kind.schema, args, keys) : undefined;
    return schema !== undefined && bare(schema).meta.writeOnly === true;
  };
  const hidden = problems.filter(isHidden);
  problems.splice(0, problems.length, ...problems.filter((problem) => !hidden.includes(problem)));
  for (const { path } of hidden) {
    session.warn(
      `The ${title}: ${path} was left out when it was imported, and stays as it is. Add it to the program; without it no change of the ${kind.title} can be written.`,
    );
  }
  return hidden.length > 0;
}

/** Says which labels stay on an object that is taken over, although nobody has declared them. */
function warnOfKeptLabels(object: ServerObject, found: JsonObject | undefined): void {
  const { labels: rules } = object.server.dialect;
  const kept = Object.entries(object.keptLabels(found)).filter(([key]) => !rules?.isFixed(key));
  if (kept.length === 0) return;
  const shown = kept.map(([key, value]) => `${key}: ${JSON.stringify(value)}`).join(", ");
  object.session.warn(
    `The ${object.title}, which is taken over, keeps the labels that stand there: ${shown}. ` +
      "Declare them in labels; undeclared they are drift, which the next update after a refresh undoes.",
  );
}

/** Says which numbers will not be kept as they were written. */
function warnOfRounding({ kind, session, title, written }: ServerObject, marks: readonly Path[]): void {
  const limit = KEPT_DIGITS[kind.dialect];
  if (!limit) return;
  const secrets = [...secretPathsOf(kind.schema, written), ...marks];
  for (const { path, written: value, kept } of roundedNumbers(kind.dialect, written)) {
    const isSecret = secrets.some((secret) => secret.every((key, index) => key === path[index]));
    const change = isSecret ? "this one has more" : `${value} is kept as ${kept}`;
    session.warn(
      `The ${title}: ${formatPath(path)}: ${limit.by} keeps ${limit.digits} digits of a number, and ${change}.`,
    );
  }
}

function refused(request: CheckRequest, ...problems: string[]): CheckAnswer {
  return { args: request.args, secrets: [], marks: [], problems };
}

/** To tell whose an object is, a server may be asked once more; when it does not answer that, `create` will ask. */
function onlyIfItExists(error: unknown): void {
  if (!(error instanceof BackendError) || error.errorCode === "ALREADY_EXISTS") throw error;
}

/** What is known without the server; warnings were given already. */
function withoutServer({ served: _, release: __, ...surroundings }: Surroundings): Surroundings {
  return { ...surroundings, warn: () => {} };
}
