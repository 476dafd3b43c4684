import { lifecycleOf } from "../lifecycle/index.ts";
import type { Declared, Outcome, Saved } from "../lifecycle/requests.ts";
import type { Session } from "../lifecycle/session.ts";
import type { Lifecycle } from "../lifecycle/single.ts";
import type { JsonObject } from "../model/fields.ts";
import { type Kind, outputNames } from "../model/kind.ts";
import { withMarks } from "../model/marks.ts";
import type { Path } from "../model/paths.ts";
import { hasOtherName, isWithin, movedMarks, secretPathsOf } from "../model/secret-fields.ts";
import { argumentsIn, formerKey, madeText, savedIn, toldIn, wordsKeys } from "./hidden.ts";
import { sessionOf } from "./sessions.ts";

/** Answer of {@link Handler.check}. */
export interface CheckResult {
  inputs: JsonObject;
  failures: { property: string; reason: string }[];
}

/** Answer of {@link Handler.read}; an empty id says that the object is gone. */
export interface ReadResult {
  id: string;
  props: JsonObject;
  inputs?: JsonObject;
}

/**
 * What Pulumi's plugin for dynamic resources calls: turns inputs and outputs with hidden keys into typed requests, and the
 * typed answers back into Pulumi's wire format.
 */
export class Handler {
  readonly #kind: Kind;
  #session: Session | undefined;
  /** PROJECT.STACK. Every process serves one stack, and `check` runs in it before anything is written. */
  #stack: string | undefined;

  constructor(kind: Kind) {
    this.#kind = kind;
  }

  /** Not async: the plugin lets other methods run before it has awaited this one. */
  configure(request: { config: { get(key: string): unknown } }): void {
    this.#session = sessionOf(request.config);
  }

  /** Judges the arguments; they come back as they were written. */
  async check(old: JsonObject, given: JsonObject): Promise<CheckResult> {
    const { owner, stack, name, lint, ignored, marks, written, asWritten } = toldIn(given);
    this.#stack = stack ?? this.#stack;
    const answer = await this.#lifecycle.check({
      name,
      owner,
      stack,
      old: Object.keys(old).length > 0 ? savedIn(old) : undefined,
      args: argumentsIn(given),
      adopt: given.adopt,
      marks,
      lint,
      ignored,
      written,
    });
    if (answer.problems.length > 0) {
      // The engine prints the value of a named property in clear, also where it is a secret.
      const failures = answer.problems.map((reason) => ({ property: "", reason }));
      return { inputs: given, failures };
    }
    const { adopt } = given;
    const inputs = {
      ...this.#marked(answer.args, answer.secrets),
      ...(adopt ? { adopt } : {}),
      ...wordsKeys({ asWritten, marks: answer.marks }),
      __owner: owner,
    };
    return { inputs, failures: [] };
  }

  /** Compares the state's outputs with checked inputs. */
  async diff(_id: string, old: JsonObject, inputs: JsonObject) {
    const saved = this.#saved(old);
    const { changed, replaces, deleteBeforeReplace } = this.#lifecycle.diff(saved, this.#declared(inputs));
    // A state that a plugin has made lacks the text by which this door reads and deletes: an update writes it.
    const isOfPlugin = !("__provider" in old) && "__provider" in inputs;
    const changes = changed || isOfPlugin || this.#isMarkedAnew(saved, inputs);
    return { changes, replaces, deleteBeforeReplace };
  }

  /**
   * Whether the program marks what the state does not know to be secret, so that it has to be written anew. Of an unchanged
   * resource the engine itself encrypts whole arguments only: nothing inside of one, and not `hosts` for `host`, where the one
   * stands in the state and the other in the program, or will once a read has found more than `host` can say. The versions
   * that did not write down what is marked had encrypted what is inside of arguments.
   */
  #isMarkedAnew({ args, marks: known, asWritten }: Saved, inputs: JsonObject): boolean {
    const { schema } = this.#kind;
    const secrets = [...movedMarks(schema, known, args), ...secretPathsOf(schema, args)];
    return savedIn(inputs).marks.some((mark) => {
      const places = movedMarks(schema, [mark], args).filter((place) => !isWithin(args, place, secrets));
      const isInside = asWritten && mark.length > 1;
      return places.some(
        (place) => isInside || [place, mark].some((path) => hasOtherName(schema, args, path)),
      );
    });
  }

  /** Makes the object. */
  async create(inputs: JsonObject) {
    const outcome = await this.#lifecycle.create(this.#declared(inputs));
    return { id: outcome.id, outs: this.#outputs(outcome, savedIn(inputs)) };
  }

  /** What the server has. Without inputs in the answer the state's newest words stay. */
  async read(id: string, outputs: JsonObject): Promise<ReadResult> {
    const saved = this.#saved(outputs);
    const found = await this.#lifecycle.read(id, saved);
    if (!found) return { id: "", props: {} };
    const props = this.#outputs(found, saved);
    if (!found.drifted) return { id, props };
    return { id, props, inputs: { ...this.#marked(found.args, found.secrets), ...wordsKeys(saved) } };
  }

  /** Writes the whole object. */
  async update(id: string, old: JsonObject, inputs: JsonObject) {
    const outcome = await this.#lifecycle.update(id, this.#saved(old), this.#declared(inputs));
    return { outs: this.#outputs(outcome, savedIn(inputs)) };
  }

  /** Removes the object. */
  async delete(id: string, outputs: JsonObject): Promise<void> {
    await this.#lifecycle.delete(id, this.#saved(outputs));
  }

  /** Without a configuration, as in tests, the environment names the servers. */
  get #lifecycle(): Lifecycle {
    this.#session ??= sessionOf({ get: () => undefined });
    return lifecycleOf(this.#kind, this.#session);
  }

  #saved(outputs: JsonObject) {
    return savedIn(outputs, outputNames(this.#kind, argumentsIn(outputs)));
  }

  #declared(inputs: JsonObject): Declared {
    return {
      args: argumentsIn(inputs),
      owner: typeof inputs.__owner === "string" ? inputs.__owner : "",
      stack: this.#stack,
      adopt: inputs.adopt === true,
    };
  }

  #outputs(
    outcome: Outcome,
    { asWritten, marks }: { asWritten: boolean; marks: readonly Path[] },
  ): JsonObject {
    return {
      ...this.#marked(outcome.args, outcome.secrets),
      ...outcome.derived,
      ...wordsKeys({ asWritten, marks }),
      ...formerKey(outcome.former),
      __made: madeText(outcome.made),
    };
  }

  #marked(args: JsonObject, secrets: readonly Path[]): JsonObject {
    return withMarks(args, secrets) as JsonObject;
  }
}
