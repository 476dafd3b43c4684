import { canonical, markRenamed, without } from "../model/canonical.ts";
import { hasUnknown, isObject, type Json, type JsonObject, sameJson } from "../model/fields.ts";
import type { Kind, Surroundings } from "../model/kind.ts";
import { newMark, type Ownership, ownershipOf } from "../model/owner.ts";
import { remember, remembered, scrub } from "../model/secrets.ts";
import { type Problem, validate, valueAt } from "../model/validate.ts";
import { type GetConfig, warn } from "../server/connection.ts";
import { BackendError, isLost, isUnreachable } from "../server/errors.ts";
import {
  absent,
  alreadyExists,
  declaredTwice,
  notEmpty,
  ownedByAnother,
  ownerText,
  stillWanted,
} from "./refusals.ts";
import { HIDDEN, madeOf, Target } from "./target.ts";
import { lookAfterRemoval, lookAfterWrite } from "./written.ts";

/** PROJECT.STACK, for people. Every process serves one stack, and `check` runs in it before anything is written. */
let stack: string | undefined;

/** Answer of {@link Lifecycle.check}. */
export interface CheckResult {
  inputs: JsonObject;
  failures: { property: string; reason: string }[];
}

/** Answer of {@link Lifecycle.read}; an empty id says that the object is gone. */
export interface ReadResult {
  id: string;
  props: JsonObject;
  inputs?: JsonObject;
}

/** What the plugin of Pulumi's dynamic resources calls. */
export class Lifecycle {
  protected readonly kind: Kind;
  /** What this operation has not managed to create. `--continue-on-error` would delete it next, under its old name. */
  readonly #wanted = new Set<string>();
  /** Who declares each object, by server and id, that this operation has checked. */
  readonly #declared = new Map<string, Json>();
  /** What it has created without a label. A rename or a replacement would delete it next, under its old name. */
  readonly #unmarked = new Set<string>();
  #config: GetConfig = () => undefined;

  constructor(kind: Kind) {
    this.kind = kind;
  }

  /** Not async: the plugin lets other methods run before it has awaited this one. */
  configure(request: { config: { get(key: string): unknown } }): void {
    this.#config = (key) => request.config.get(key);
  }

  /** Validates the arguments, by itself and with what the server tells, and turns them into the canonical form. */
  async check(old: JsonObject, given: JsonObject): Promise<CheckResult> {
    try {
      return await this.#check(old, given);
    } catch (error) {
      // A failure prints as one line; a thrown error as two.
      if (error instanceof BackendError) return failure(given, error.message);
      throw error;
    }
  }

  async #check(old: JsonObject, given: JsonObject): Promise<CheckResult> {
    const { adopt } = given;
    const context = isObject(given.__context) ? given.__context : {};
    const owner = typeof context.owner === "string" ? context.owner : "";
    if (typeof context.stack === "string") stack = context.stack;
    const declared = without(given, HIDDEN);
    const marked = pathsIn(context.secrets);
    const secrets = marked.map((path) => valueAt(declared, path));
    remember(secrets);
    for (const [field, standard] of Object.entries(this.kind.identityDefaults ?? {})) {
      declared[field] ??= standard;
    }
    const target = this.target(declared);
    const { idPrefix } = target.connection;
    const last = this.kind.identity.at(-1) ?? "";
    if (typeof context.name === "string") declared[last] ??= `${idPrefix}${context.name}`;
    const id = target.idOf(declared);
    // Until it is found right: what is refused here must not be deleted under its old name.
    this.#wanted.add(id);
    const surroundings = await target.surroundings(declared);
    const problems = this.problems(declared, owner, surroundings, marked);
    // What is not sent is not refused for what a server has become since: other resources shall go through.
    const isAsBefore = () => sameJson(canonical(this.kind, declared), without(old, HIDDEN));
    const spare = (text: string) => `The ${this.kind.title} "${id}", which is not changed: ${text}`;
    const byServer: string[] = [];
    if (problems.length > 0 && this.problems(declared, owner, alone(surroundings), marked).length === 0) {
      byServer.push(...problems.splice(0).map(({ path, reason }) => `${path}: ${reason}`));
    }
    if (adopt !== undefined && typeof adopt !== "boolean") {
      problems.push({ path: "adopt", reason: "is not a boolean" });
    }
    if (problems.length > 0)
      return failure(given, ...problems.map(({ path, reason }) => `${path}: ${reason}`));
    if (typeof context.lint === "string") return failure(given, context.lint);
    const hidden = { ...(adopt ? { adopt } : {}), __owner: owner };
    const form = canonical(this.kind, declared);
    const { errors, warnings } = await target.inspect(form, this.#ownership(hidden, newMark()));
    byServer.push(...errors.map((text) => scrub(text, remembered())));
    if (byServer.length > 0 && !isAsBefore()) return failure(given, ...byServer);
    for (const text of [...warnings, ...byServer.map(spare)]) warn(scrub(text, remembered()));
    await this.#refuseTaken(target, id, old, { ...form, ...hidden });
    this.#wanted.delete(id);
    const inputs = target.secretive(markRenamed(form, declared, new Set(secrets)));
    return { inputs: { ...inputs, ...hidden }, failures: [] };
  }

  /** What `create` would refuse is refused before anything is changed, as far as the server tells. */
  async #refuseTaken(target: Target, id: string, old: JsonObject, inputs: JsonObject): Promise<void> {
    const identity = this.kind.identity.map((field) => inputs[field]);
    if (hasUnknown(identity) || this.kind.patch) return;
    const object = `${target.connection.server} ${id}`;
    const owner = this.#declared.get(object) ?? inputs.__owner ?? "";
    if (owner !== (inputs.__owner ?? "")) throw declaredTwice(this.kind, id);
    this.#declared.set(object, owner);
    const { collection, name } = target.placeOf(inputs);
    const isNew = this.kind.identity.some((field) => !sameJson(old[field], inputs[field]));
    if (isNew && !inputs.adopt && !this.kind.unlisted) {
      const found = await target.inspection.object(collection, name);
      // Whether it is what is declared, and so ours, shows only when all of that is known.
      if (found && !(hasUnknown(inputs) && (await this.#mayBeMine(target, found, inputs))))
        await this.#refuseForeign(target, found, id, inputs).catch(onlyIfItExists);
    }
    target.inspection.note(`${collection}/${name}`);
  }

  /** Compares two canonical forms, for the server that the state was written for. Asks no server. */
  async diff(_id: string, old: JsonObject, wanted: JsonObject) {
    this.target(wanted).expectServerOf(old);
    const derived = Object.keys(this.kind.derived?.(wanted) ?? {});
    const fields = Object.keys(without({ ...old, ...wanted }, [...HIDDEN, ...derived]));
    const differs = (key: string) => !sameJson(old[key], wanted[key]);
    return {
      changes: fields.some(differs),
      replaces: this.kind.identity.filter(differs),
      deleteBeforeReplace: this.kind.exclusive ?? false,
    };
  }

  /** Looks, then writes: an object that is not ours is refused unless `adopt` says otherwise. */
  async create(inputs: JsonObject) {
    const target = this.target(inputs);
    const id = target.idOf(inputs);
    const call = target.call("create", id, inputs);
    this.#wanted.add(id);
    const found = await target.api.get(call);
    if (found && !inputs.adopt) await this.#refuseForeign(target, found, id, inputs);
    const ownership = this.#ownership(inputs, newMark());
    const body = target.body(inputs, ownership);
    const { isNew, told } = await target.api.put(call, body).catch(async (error: unknown) => {
      // The answer may be lost and the object written all the same.
      const written = isLost(error) ? await target.api.get(call).catch(() => undefined) : undefined;
      if (!written || !(await this.#isWritten(target, written, id, inputs, ownership.mark))) throw error;
      return { isNew: true, told: true };
    });
    // Not new: the call was sent twice, somebody else was faster, or the answer is none of the server's.
    const surprising = !found && !isNew;
    if (surprising || !told) {
      const written = await lookAfterWrite(target, { call, id, inputs, before: found, mark: ownership.mark });
      if (surprising && !(await this.#isWritten(target, written, id, inputs, ownership.mark)))
        throw alreadyExists(this.kind, id, target.connection.url, ownershipOf(written), false, stack);
    }
    this.#wanted.delete(id);
    if (!(await target.isLabelled(found ?? {}))) this.#unmarked.add(id);
    return { id, outs: target.outputs(inputs, ownership.mark) };
  }

  /** What the server has, in the canonical form. Gone is only what the server itself calls gone. */
  async read(id: string, outputs: JsonObject): Promise<ReadResult> {
    const target = this.target(outputs).expectServerOf(outputs);
    target.identityOf(id);
    const found = await target.api.get(target.call("read", id, outputs));
    // What was never made here is only read: Pulumi would take its absence for a success without values.
    if (!found && !madeOf(outputs)) throw absent(this.kind, id, target.connection.url);
    if (!found) return { id: "", props: {} };
    const seen = await target.seen(found, id, outputs);
    const mark = madeOf(outputs)?.mark ?? ownershipOf(found)?.mark ?? "";
    const inputs = target.secretive(seen);
    return { id, props: target.outputs(seen, mark), inputs };
  }

  /** Looks, then writes the whole object. */
  async update(id: string, old: JsonObject, inputs: JsonObject) {
    const target = this.target(inputs).expectServerOf(old);
    const call = target.call("update", id, inputs);
    const mark = madeOf(old)?.mark || newMark();
    const found = await target.api.get(call);
    const current = found && ownershipOf(found);
    if (current && current.mark !== mark && current.owner !== inputs.__owner) {
      throw ownedByAnother(this.kind, id, current);
    }
    const { told } = await target.api.put(call, target.body(inputs, this.#ownership(inputs, mark)));
    if (!told) await lookAfterWrite(target, { call, id, inputs, before: found, mark });
    return { outs: target.outputs(inputs, mark) };
  }

  /** Removes the object unless somebody else has it by now. */
  async delete(id: string, outputs: JsonObject): Promise<void> {
    if (this.#wanted.has(id)) throw stillWanted(this.kind, id);
    const target = this.target(outputs).expectServerOf(outputs);
    const call = target.call("delete", id, outputs);
    try {
      const found = await target.api.get(call);
      if (!found) return;
      if (this.#unmarked.has(id)) {
        warn(`The ${this.kind.title} "${id}" stays: another resource of this run has it now.`);
        return;
      }
      const current = ownershipOf(found);
      if (current && current.mark !== madeOf(outputs)?.mark) {
        warn(`The ${this.kind.title} "${id}" stays: by now it belongs to ${ownerText(current)}.`);
        return;
      }
      if (!outputs.deleteContents) await this.#refuseContents(target, id, current);
      const { told } = await target.api.remove(call);
      if (!told) await lookAfterRemoval(target, call, found);
    } catch (error) {
      if (!isUnreachable(error) || !target.connection.deleteUnreachable) throw error;
      warn(`The ${this.kind.title} "${id}" is taken as deleted (deleteUnreachable). ${error.message}`);
    }
  }

  /** The kind at the server that the configuration names for these arguments. */
  protected target(args: JsonObject): Target {
    return new Target(this.kind, this.#config, args);
  }

  /** What is wrong with the arguments. */
  protected problems(
    declared: JsonObject,
    _owner: string,
    surroundings: Surroundings,
    marked: readonly (string | number)[][],
  ): Problem[] {
    return validate(this.kind, declared, surroundings, marked);
  }

  async #refuseForeign(target: Target, found: JsonObject, id: string, inputs: JsonObject): Promise<void> {
    const current = ownershipOf(found);
    const mine = await this.#mayBeMine(target, found, inputs);
    if (mine && (await this.#isDeclared(target, found, id, inputs))) return;
    throw alreadyExists(this.kind, id, target.connection.url, current, mine, stack);
  }

  async #mayBeMine(target: Target, found: JsonObject, inputs: JsonObject): Promise<boolean> {
    const current = ownershipOf(found);
    return current ? current.owner === inputs.__owner : !(await target.isLabelled(found));
  }

  /** Whether the object is the one that this create has written. */
  async #isWritten(target: Target, found: JsonObject, id: string, inputs: JsonObject, mark: string) {
    return (await target.isLabelled(found))
      ? ownershipOf(found)?.mark === mark
      : await this.#isDeclared(target, found, id, inputs);
  }

  async #isDeclared(target: Target, found: JsonObject, id: string, inputs: JsonObject): Promise<boolean> {
    return sameJson(await target.seen(found, id, inputs), without(inputs, HIDDEN));
  }

  async #refuseContents(target: Target, id: string, owner: Ownership | undefined): Promise<void> {
    const contents: string[] = [];
    for (const collection of this.kind.contents ?? []) {
      const call = target.call("look into", id, {});
      const inside = await target.api.list({ ...call, path: `${call.path}/${collection}` });
      const foreign = inside.filter(
        ({ object }) => !owner?.stack || ownershipOf(object)?.stack !== owner.stack,
      );
      contents.push(...foreign.map(({ name }) => `${collection}/${name}`));
    }
    if (contents.length > 0) throw notEmpty(this.kind, id, contents);
  }

  #ownership(inputs: JsonObject, mark: string): Ownership {
    return { owner: String(inputs.__owner ?? ""), mark, ...(stack ? { stack } : {}) };
  }
}

function failure(inputs: JsonObject, ...reasons: string[]): CheckResult {
  return { inputs, failures: reasons.map((reason) => ({ property: "", reason })) };
}

/** To tell whose an object is, a server may be asked once more; when it does not answer that, `create` will ask. */
function onlyIfItExists(error: unknown): void {
  if (!(error instanceof BackendError) || error.kind === "ALREADY_EXISTS") throw error;
}

/** Where the program says that it has marked something as secret. The engine hands all values over in clear. */
function pathsIn(value: unknown): (string | number)[][] {
  return Array.isArray(value) ? (value.filter(Array.isArray) as (string | number)[][]) : [];
}

/** What is known without the server, and tells nobody. */
function alone({ served: _, ...surroundings }: Surroundings): Surroundings {
  return { ...surroundings, warn: () => {} };
}
