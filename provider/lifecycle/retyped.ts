import type { Difference } from "../model/differences.ts";
import type { Kind } from "../model/kind.ts";
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
import { Lifecycle } from "./single.ts";
import type { Later } from "./verify.ts";

/** Of a kind that reads states of another one, which had the same objects under other ids. */
export class RetypedLifecycle extends Lifecycle {
  readonly #former: NonNullable<Kind["former"]>;

  constructor(kind: Kind, session: Session, former: NonNullable<Kind["former"]>) {
    super(kind, session);
    this.#former = former;
  }

  #read<T extends Saved>(saved: T): T {
    return { ...saved, args: this.#former.args(saved.args) };
  }

  override check(request: CheckRequest): Promise<CheckAnswer> {
    return super.check({ ...request, old: request.old && this.#read(request.old) });
  }

  override diff(old: Saved, wanted: Declared): DiffAnswer {
    return super.diff(this.#read(old), wanted);
  }

  override differences(old: Saved, wanted: Declared): Difference[] {
    return super.differences(this.#read(old), wanted);
  }

  override read(id: string, saved: Saved): Promise<ReadAnswer> {
    return super.read(this.#former.id(id), this.#read(saved));
  }

  override update(id: string, old: Saved, wanted: Declared): Promise<Outcome> {
    return super.update(this.#former.id(id), this.#read(old), wanted);
  }

  override delete(id: string, saved: Saved, later?: Later): Promise<void> {
    return super.delete(this.#former.id(id), this.#read(saved), later);
  }
}
