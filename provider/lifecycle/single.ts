import { canonical, withoutNothing } from "../model/canonical.ts";
import { type Difference, differencesOf } from "../model/differences.ts";
import { type JsonObject, sameJson } from "../model/fields.ts";
import { isLegalId, type Kind, type Surroundings } from "../model/kind.ts";
import { newMark, type Ownership, ownershipOf } from "../model/owner.ts";
import type { Path } from "../model/paths.ts";
import { movedMarks, secretPathsOf } from "../model/secret-fields.ts";
import { type Problem, validate } from "../model/validate.ts";
import { inWordsOf } from "../model/words.ts";
import type { Call } from "../server/api.ts";
import { isUnreachable } from "../server/errors.ts";
import { check } from "./check.ts";
import { changedFixedLabel } from "./labels.ts";
import { ServerObject } from "./object.ts";
import { refuseForeign } from "./owned.ts";
import {
  absent,
  alreadyExists,
  madeInThisRun,
  noId,
  notEmpty,
  ownedByAnother,
  ownerText,
  stillWanted,
  takenSince,
} from "./refusals.ts";
import { reportedOutputs } from "./reported.ts";
import type {
  CheckAnswer,
  CheckRequest,
  Declared,
  DiffAnswer,
  Outcome,
  ReadAnswer,
  Saved,
} from "./requests.ts";
import type { Session } from "./session.ts";
import { type Later, verifyRemoval } from "./verify.ts";

/** What can be done with a resource. Both doors call it. */
export class Lifecycle {
  protected readonly kind: Kind;
  protected readonly session: Session;

  constructor(kind: Kind, session: Session) {
    this.kind = kind;
    this.session = session;
  }

  /** Judges the arguments; see {@link check}. */
  check(request: CheckRequest): Promise<CheckAnswer> {
    return check(this.kind, this.session, request, (...judged) => this.problems(...judged));
  }

  /** Compares what was declared with what is declared, in canonical form. Asks no server. */
  diff(old: Saved, wanted: Declared): DiffAnswer {
    const object = new ServerObject(this.kind, this.session, wanted.args).expectServerOf(old);
    const [before, after] = [canonical(this.kind, old.args), canonical(this.kind, wanted.args)];
    const differs = (key: string) => !sameJson(before[key], after[key]);
    const renamed = this.kind.identity.filter(differs);
    const isFixed = changedFixedLabel(object.server.dialect, before, after) !== undefined;
    return {
      changed: Object.keys({ ...before, ...after }).some(differs),
      replaces: [...renamed, ...(isFixed ? ["labels"] : [])],
      deleteBeforeReplace: this.kind.exclusive?.(before, after) || (isFixed && renamed.length === 0),
    };
  }

  /** Each field that changes, in the user's words. */
  differences(old: Saved, wanted: Declared): Difference[] {
    return differencesOf(this.kind, old.args, wanted.args);
  }

  /** Looks, then writes: an object that is not ours is refused unless `adopt` says otherwise. */
  async create(wanted: Declared): Promise<Outcome> {
    const { kind, session } = this;
    const object = new ServerObject(kind, session, wanted.args);
    const call = object.call("create");
    session.unfinished.add(object.key);
    const before = await object.look(call);
    const isEntry = wanted.mark !== undefined;
    const mayWrite = wanted.adopt || (before && isOfBundle(before, wanted));
    if (before && !mayWrite && !(await object.isReplaced(before, wanted.owner)))
      await refuseForeign(object, before, wanted, isEntry);
    const ownership = ownershipFor(wanted, wanted.mark ?? newMark());
    const { mark } = ownership;
    const write = { mark, before, later: wanted.later };
    const { found, isSurprise } = await object.make(call, write, ownership);
    if (found && isSurprise) {
      const { url } = object.server.connection;
      throw alreadyExists(kind, object.id, url, ownershipOf(found), false, wanted.stack, isEntry);
    }
    session.unfinished.delete(object.key);
    session.made.set(object.key, (await object.isLabelled(before ?? {})) ? mark : undefined);
    return object.outcome(wanted.args, mark, await this.#reported(object, call, found, wanted));
  }

  /** What the server makes of an object that was written. Where the looks come later, nobody asks for outputs. */
  async #reported(object: ServerObject, call: Call, found: JsonObject | undefined, { later }: Declared) {
    return later ? undefined : await reportedOutputs(object, call, found);
  }

  /** What the server has, in the user's words. Gone is only what the server itself calls gone. */
  async read(id: string, saved: Saved): Promise<ReadAnswer> {
    const { kind } = this;
    const object = this.saved(id, saved);
    const found = await object.look(object.call("read"));
    // What was never made here is only read: Pulumi would take its absence for a success without values.
    if (!found && !saved.made) throw absent(kind, id, object.server.connection.url);
    if (!found) return undefined;
    const current = ownershipOf(found);
    if (saved.made && current && current.mark !== saved.made.mark)
      this.session.warn(takenSince(kind, id, current));
    const seen = await object.seen(found);
    const drifted = !sameJson(seen, object.args);
    const args = drifted ? (inWordsOf(kind.schema, saved.args, seen) as JsonObject) : saved.args;
    const mark = saved.made?.mark ?? current?.mark ?? "";
    const outcome = object.outcome(args, mark, kind.reported?.of(found));
    return { ...outcome, drifted, secrets: this.secretsAfter(saved, args) };
  }

  /** Looks, then writes the whole object. */
  async update(id: string, old: Saved, wanted: Declared): Promise<Outcome> {
    const object = new ServerObject(this.kind, this.session, wanted.args, id).expectServerOf(old);
    const call = object.call("update");
    const mark = old.made?.mark || newMark();
    const before = await object.look(call);
    const current = before && ownershipOf(before);
    if (current && current.mark !== mark && current.owner !== wanted.owner)
      throw ownedByAnother(this.kind, id, current);
    const write = { mark, before, declared: old.args, later: wanted.later };
    const found = await object.write(call, write, ownershipFor(wanted, mark));
    return object.outcome(wanted.args, mark, await this.#reported(object, call, found, wanted));
  }

  /**
   * Removes the object unless somebody else has it by now. `later`, which only a bundle gives, takes the look that has to
   * follow.
   */
  async delete(id: string, saved: Saved, later?: Later): Promise<void> {
    const { kind, session } = this;
    const object = new ServerObject(kind, session, saved.args, id);
    if (session.unfinished.has(object.key)) throw stillWanted(kind, id);
    object.expectServerOf(saved);
    const call = object.call("delete");
    try {
      const found = await object.look(call);
      if (!found) return;
      const current = ownershipOf(found);
      const made = session.made.get(object.key);
      const isOfThisRun = made === undefined || (current?.mark === made && made !== saved.made?.mark);
      if (session.made.has(object.key) && isOfThisRun) {
        session.warn(madeInThisRun(object.title, later !== undefined));
        return;
      }
      if (current && current.mark !== saved.made?.mark) {
        session.warn(`The ${object.title} stays: by now it belongs to ${ownerText(current)}.`);
        return;
      }
      if (!saved.args.deleteContents) await refuseContents(object, current);
      const { confirmed } = await object.server.api.remove(call);
      if (!confirmed && later) later(() => verifyRemoval(object, call, found));
      else if (!confirmed) await verifyRemoval(object, call, found);
    } catch (error) {
      if (!isUnreachable(error) || !object.server.connection.deleteUnreachable) throw error;
      session.warn(`The ${object.title} is taken as deleted (deleteUnreachable). ${error.message}`);
    }
  }

  /** The object that a state says to be there. */
  protected saved(id: string, saved: Saved): ServerObject {
    if (!isLegalId(this.kind, id)) throw noId(this.kind, id);
    return new ServerObject(this.kind, this.session, saved.args, id).expectServerOf(saved);
  }

  /** What is wrong with the arguments. */
  protected problems(
    _object: ServerObject,
    args: JsonObject,
    surroundings: Surroundings,
    request: CheckRequest,
  ): Problem[] {
    // Null in an object stands for nothing.
    const said = withoutNothing(args) as JsonObject;
    return validate(this.kind, said, surroundings, request.marks);
  }

  /** What has to be encrypted of arguments that a read has found: by the schema, and what the program had marked. */
  protected secretsAfter(saved: Saved, args: JsonObject): Path[] {
    const { schema } = this.kind;
    return [...secretPathsOf(schema, args), ...movedMarks(schema, saved.marks, args)];
  }
}

function ownershipFor({ owner, stack, key }: Declared, mark: string): Ownership {
  return { owner, mark, ...(stack ? { stack } : {}), ...(key ? { key } : {}) };
}

/** Whether the bundle that declares the object has made it, in a run that died. */
function isOfBundle(found: JsonObject, { owner, mark }: Declared): boolean {
  const current = ownershipOf(found);
  return mark !== undefined && current?.mark === mark && current.owner === owner;
}

/** Refuses to delete what foreign objects are in. */
async function refuseContents(object: ServerObject, owner: Ownership | undefined): Promise<void> {
  const contents: string[] = [];
  for (const collection of object.kind.contents ?? []) {
    const call = object.call("look into");
    const inside = await object.server.api.list({ ...call, path: `${call.path}/${collection}` });
    const foreign = inside.filter(
      ({ object: other }) => !owner?.stack || ownershipOf(other)?.stack !== owner.stack,
    );
    contents.push(...foreign.map(({ name }) => `${collection}/${name}`));
  }
  if (contents.length > 0) throw notEmpty(object.kind, object.id, contents);
}
