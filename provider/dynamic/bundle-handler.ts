import { leftIn, leftKey } from "../lifecycle/bundle/left.ts";
import { BundleLifecycle } from "../lifecycle/bundle/lifecycle.ts";
import type { BundleOutcome, DeclaredBundle, SavedBundle } from "../lifecycle/bundle/requests.ts";
import { isTooLarge, leftOut } from "../lifecycle/bundle/size.ts";
import type { Session } from "../lifecycle/session.ts";
import { keepHeapSmall } from "../lifecycle/small-heap.ts";
import { type Entry, entriesIn, entriesTextIn, keptEntries, textOf } from "../model/bundle/entries.ts";
import type { BundleType } from "../model/bundle/types.ts";
import { isObject, type Json, type JsonObject } from "../model/fields.ts";
import { wrapSecret } from "../model/marks.ts";
import type { CheckResult, ReadResult } from "./handler.ts";
import { madeIn, madeText } from "./hidden.ts";
import { sessionOf } from "./sessions.ts";

/** What the program tells `check` of a bundle beside its entries. */
export interface BundleContext {
  owner: string;
  /** PROJECT.STACK. */
  stack: string;
  /** The operation is a preview. */
  isPreview: boolean;
  /** Why entries cannot work together with the program's other resources. */
  lint?: string;
  /** Paths at which old values stay. */
  ignore?: unknown;
}

/**
 * What Pulumi's plugin for dynamic resources calls for a bundle. Its inputs and outputs are two texts, one in `entries` and,
 * for what is secret, `__secrets`; of its inputs a diff shows `summary` and how many entries there are.
 */
export class BundleHandler {
  readonly #bundle: BundleType;
  #session: Session | undefined;
  #stack: string | undefined;
  #isPreview = false;

  constructor(bundle: BundleType) {
    this.#bundle = bundle;
  }

  /** Not async: the plugin lets other methods run before it has awaited this one. */
  configure(request: { config: { get(key: string): unknown } }): void {
    keepHeapSmall();
    this.#session = sessionOf(request.config);
  }

  /** Judges the entries. */
  async check(old: JsonObject, given: JsonObject): Promise<CheckResult> {
    const context = isObject(given.__context)
      ? (given.__context as unknown as BundleContext)
      : { owner: String(given.__owner ?? ""), stack: this.#stack ?? "", isPreview: this.#isPreview };
    this.#stack = context.stack;
    this.#isPreview = context.isPreview;
    const { entries, problems } = this.#entriesIn(given);
    const isThere = entriesTextIn(old) !== undefined;
    const before = isThere ? this.#saved(old) : undefined;
    const answer =
      problems.length > 0
        ? { entries, summary: "", problems: problems.map(({ path, reason }) => `${path}: ${reason}`) }
        : await this.#lifecycle.check({
            owner: context.owner,
            stack: context.stack,
            old: before,
            entries,
            adopt: given.adopt,
            ignore: context.ignore,
            lint: context.lint,
          });
    if (answer.problems.length > 0) {
      const failures = answer.problems.map((reason) => ({ property: "", reason }));
      return { inputs: given, failures };
    }
    if (!before && this.#isPreview) this.#lifecycle.tell(undefined, answer);
    const inputs: JsonObject = {
      ...this.#texts(answer.entries),
      summary: answer.summary,
      ...(given.adopt ? { adopt: given.adopt } : {}),
      __owner: context.owner,
    };
    return { inputs, failures: [] };
  }

  /** Compares the entries that are there with those that are declared. */
  async diff(_id: string, old: JsonObject, inputs: JsonObject) {
    const [saved, wanted] = [this.#saved(old), this.#declared(inputs)];
    const changed = this.#lifecycle.diff(saved, wanted);
    if (changed && this.#isPreview) this.#lifecycle.tell(saved, wanted);
    // A state that a plugin has made lacks the text by which this door reads and deletes: an update writes it.
    const isOfPlugin = !("__provider" in old) && "__provider" in inputs;
    return { changes: changed || isOfPlugin, replaces: [], deleteBeforeReplace: false };
  }

  /** Makes the objects. */
  async create(inputs: JsonObject) {
    const wanted = this.#declared(inputs);
    const outcome = await this.#lifecycle.create(wanted);
    return { id: wanted.owner, outs: this.#whole(wanted.owner, inputs, outcome) };
  }

  /** What the server has. */
  async read(id: string, outputs: JsonObject): Promise<ReadResult> {
    const found = await this.#lifecycle.read(this.#saved(outputs));
    if (!found) return { id: "", props: {} };
    const { summary = "", adopt } = outputs;
    const inputs = { ...this.#texts(found.entries), summary, ...(adopt ? { adopt } : {}) };
    const props = { ...inputs, __made: madeText(found.made), ...leftKey(found.left) };
    return found.drifted ? { id, props, inputs } : { id, props };
  }

  /** Writes what differs, and removes what is gone. */
  async update(id: string, old: JsonObject, inputs: JsonObject) {
    const outcome = await this.#lifecycle.update(this.#saved(old), this.#declared(inputs));
    return { outs: this.#whole(id, inputs, outcome) };
  }

  /** Removes the objects. */
  async delete(_id: string, outputs: JsonObject): Promise<void> {
    await this.#lifecycle.delete(this.#saved(outputs));
  }

  /** The outputs, or the error with which the engine keeps them together with the reasons why they are not whole. */
  #whole(id: string, inputs: JsonObject, { entries, made, left, failures }: BundleOutcome): JsonObject {
    const outputs: JsonObject = {
      ...this.#texts(entries),
      summary: inputs.summary ?? "",
      ...(inputs.adopt ? { adopt: true } : {}),
      __made: madeText(made),
      ...leftKey(left),
    };
    if (failures.length === 0) return outputs;
    if (isTooLarge(entries)) {
      this.#known.say("error", leftOut(failures));
      return outputs;
    }
    throw Object.assign(new Error(failures.join("\n")), {
      id,
      properties: outputs,
      reasons: failures,
      stack: "",
    });
  }

  #texts(entries: readonly Entry[]): JsonObject {
    const { entries: text, secrets } = textOf(entries);
    return {
      entries: keptEntries(entries, text),
      ...(secrets === undefined ? {} : { __secrets: wrapSecret(secrets) as Json }),
    };
  }

  #entriesIn(state: JsonObject) {
    const { __secrets: secrets } = state;
    return entriesIn(this.#bundle, {
      entries: entriesTextIn(state) ?? "{}",
      secrets: typeof secrets === "string" ? secrets : undefined,
    });
  }

  #saved(state: JsonObject): SavedBundle {
    const { entries } = this.#entriesIn(state);
    const { summary } = state;
    const made = { made: madeIn(state), left: leftIn(state) };
    return { entries, ...made, ...(typeof summary === "string" ? { summary } : {}) };
  }

  #declared(inputs: JsonObject): DeclaredBundle {
    return {
      entries: this.#entriesIn(inputs).entries,
      owner: typeof inputs.__owner === "string" ? inputs.__owner : "",
      stack: this.#stack,
      adopt: inputs.adopt === true,
    };
  }

  get #lifecycle(): BundleLifecycle {
    return new BundleLifecycle(this.#bundle, this.#known);
  }

  /** Without a configuration, as in tests, the environment names the servers. */
  get #known(): Session {
    this.#session ??= sessionOf({ get: () => undefined });
    return this.#session;
  }
}
