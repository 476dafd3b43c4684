import type { Difference } from "../model/differences.ts";
import { type JsonObject, sameJson } from "../model/fields.ts";
import { idOf } from "../model/kind.ts";
import type {
  CheckAnswer,
  CheckRequest,
  Declared,
  DiffAnswer,
  Outcome,
  ReadAnswer,
  Saved,
} from "./requests.ts";
import { Lifecycle } from "./single.ts";
import type { Later } from "./verify.ts";

/** Of a kind that knows more of some of its objects than of others: each is judged and compared by the most that is known. */
export class SpecificLifecycle extends Lifecycle {
  #of(args: JsonObject): Lifecycle {
    return new Lifecycle(this.kind.specific?.(args) ?? this.kind, this.session);
  }

  /**
   * What is not changed is not sent, so a version that knows more of a kind must not stop programs that ran with an older one:
   * what it finds is a warning then.
   */
  override async check(request: CheckRequest): Promise<CheckAnswer> {
    const { old, args } = request;
    const answer = await this.#of(args).check(request);
    if (answer.problems.length === 0 || !old || !this.kind.specific?.(args)) return answer;
    const plain = await new Lifecycle(this.kind, this.session).check(request);
    if (plain.problems.length > 0 || !sameJson(plain.args, old.args)) return answer;
    const title = `${this.kind.title} "${idOf(this.kind, plain.args)}"`;
    for (const problem of answer.problems)
      this.session.warn(`The ${title}, which is not changed: ${problem}`);
    return plain;
  }

  override diff(old: Saved, wanted: Declared): DiffAnswer {
    return this.#of(wanted.args).diff(old, wanted);
  }

  override differences(old: Saved, wanted: Declared): Difference[] {
    return this.#of(wanted.args).differences(old, wanted);
  }

  override create(wanted: Declared): Promise<Outcome> {
    return this.#of(wanted.args).create(wanted);
  }

  override read(id: string, saved: Saved): Promise<ReadAnswer> {
    return this.#of(saved.args).read(id, saved);
  }

  override update(id: string, old: Saved, wanted: Declared): Promise<Outcome> {
    return this.#of(wanted.args).update(id, old, wanted);
  }

  override delete(id: string, saved: Saved, later?: Later): Promise<void> {
    return this.#of(saved.args).delete(id, saved, later);
  }
}
