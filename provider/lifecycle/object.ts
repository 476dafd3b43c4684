import { canonical } from "../model/canonical.ts";
import { isObject, type JsonObject, sameJson } from "../model/fields.ts";
import { identityOf, idOf, type Kind, placeOf, type Side, type Surroundings } from "../model/kind.ts";
import { type Ownership, ownershipOf, withOwnership, withoutOwnership } from "../model/owner.ts";
import { hiddenTexts, secretPathsOf } from "../model/secret-fields.ts";
import { fromServer, toServer, withWriteOnly } from "../model/wire.ts";
import type { Call } from "../server/api.ts";
import { isLost } from "../server/errors.ts";
import { isUndeclarable, keptLabels, labelsOf } from "./labels.ts";
import { QUESTIONS } from "./preview/questions.ts";
import type { Remarks } from "./preview/subject.ts";
import { wrongServer } from "./refusals.ts";
import type { Outcome, Saved } from "./requests.ts";
import type { Server, Session } from "./session.ts";
import { type Verifiable, verifyWrite, type Write } from "./verify.ts";

/** What a create has made. */
interface Made {
  /** What stands there afterwards, as far as it was looked at. */
  found?: JsonObject | undefined;
  /** It is somebody else's. */
  isSurprise: boolean;
}

/** One object of a kind at one server: looked at, owned, written, verified, removed. */
export class ServerObject implements Verifiable {
  readonly kind: Kind;
  readonly id: string;
  readonly server: Server;
  readonly session: Session;
  /** What was declared, in the user's words. */
  readonly written: JsonObject;
  readonly #side: Side | undefined;
  #args: JsonObject | undefined;

  /** `args` say which object it is, and at which side of a federation. An id goes before what they say. */
  constructor(kind: Kind, session: Session, args: JsonObject, id?: string) {
    this.kind = kind;
    this.session = session;
    this.written = args;
    this.id = id ?? idOf(kind, args);
    this.#side = typeof kind.side === "function" ? kind.side(args) : kind.side;
    this.server = session.server(kind.dialect, this.#side);
  }

  /** What was declared, in canonical form. Made when it is first asked for, since wrong arguments have none. */
  get args(): JsonObject {
    this.#args ??= canonical(this.kind, this.written);
    return this.#args;
  }

  /** Type and id: what tells it from all other objects of the session. */
  get key(): string {
    return `${this.kind.type} ${this.id}`;
  }

  /** As in `route "payments"`. */
  get title(): string {
    return `${this.kind.title} "${this.id}"`;
  }

  /** Refuses when a state was written for another server. */
  expectServerOf({ made }: Pick<Saved, "made">): this {
    if (this.session.isUnconfigured) return this;
    const { connection } = this.server;
    if (made && made.server !== "" && made.server !== connection.server)
      throw wrongServer(this.kind, made.server, connection);
    return this;
  }

  /** A call about the object, with what must not appear in messages about it. */
  call(verb: string): Call {
    const { kind, id } = this;
    return {
      doing: `${verb} ${this.title}`,
      path: kind.path(id.split("/").map(encodeURIComponent)),
      secrets: hiddenTexts(kind.schema, this.args),
    };
  }

  /** What the server has, or nothing. What a list has just shown is not asked for again, once. */
  async look(call: Call): Promise<JsonObject | undefined> {
    const { shown } = this.session;
    const key = this.shownKey(call.path);
    const isShown = shown.has(key);
    const found = isShown ? shown.get(key) : await this.server.api.get(call);
    if (isShown) shown.delete(key);
    await this.#learnOfLabels();
    return found;
  }

  /** By which the session knows what a list has shown of the object. */
  shownKey(path = this.kind.path(this.id.split("/").map(encodeURIComponent))): string {
    return `${this.server.connection.url} ${path}`;
  }

  /** Asks whether the server's objects of this kind have labels, before one is written. */
  async #learnOfLabels(): Promise<void> {
    const { api, dialect, unlabelled } = this.server;
    if ((await dialect.hasLabels?.(api, this.kind)) === false) unlabelled.add(this.kind.type);
  }

  /** Writes the whole object. Gives what stands there afterwards, where the answer did not prove the write. */
  async write(call: Call, write: Write, ownership: Ownership): Promise<JsonObject | undefined> {
    const { confirmed } = await this.server.api.put(
      call,
      this.body(ownership, this.keptLabels(write.before, write.declared)),
    );
    return confirmed ? undefined : this.#verify(call, write);
  }

  /** Makes sure that the write was done, now or later. Gives what stands there, if it is looked at now. */
  async #verify(call: Call, write: Write): Promise<JsonObject | undefined> {
    if (!write.later) return verifyWrite(this, call, write);
    write.later(() => verifyWrite(this, call, write));
    return undefined;
  }

  /**
   * Makes the object. What stands there afterwards is looked at if the answer did not prove the write or says that it was no
   * new one: the call was sent twice, somebody else was faster, or the answer is none of the server's.
   */
  async make(call: Call, write: Write, ownership: Ownership): Promise<Made> {
    const { isNew, confirmed } = await this.server.api
      .put(call, this.body(ownership, this.keptLabels(write.before, write.declared)))
      .catch(async (error: unknown) => {
        // The answer may be lost and the object written all the same.
        const found = isLost(error) ? await this.look(call).catch(() => undefined) : undefined;
        if (!found || !(await this.isMadeBy(found, write.mark))) throw error;
        return { isNew: true, confirmed: true };
      });
    const isSurprising = !write.before && !isNew;
    if (!isSurprising)
      return { found: confirmed ? undefined : await this.#verify(call, write), isSurprise: false };
    const found = await verifyWrite(this, call, write);
    return { found, isSurprise: !(await this.isMadeBy(found, write.mark)) };
  }

  /** The object to write, with our labels where the kind has labels, and with `kept` ones that nobody has declared. */
  body(ownership: Ownership, kept: JsonObject = {}): JsonObject {
    const body = toServer(this.kind, this.args);
    if (!this.kindHasLabels) return body;
    const labels = { ...kept, ...labelsOf(body) };
    return withOwnership(Object.keys(labels).length > 0 ? { ...body, labels } : body, ownership);
  }

  /** The labels of what stands there that nobody has declared, and that a write does not take away. */
  keptLabels(before: JsonObject | undefined, declared?: JsonObject): JsonObject {
    return keptLabels(this.server.dialect, before, this.args, declared);
  }

  /**
   * What the server has, in canonical form; what it does not give back is taken from what was declared.
   *
   * @param wholly With the labels, too, that cannot be changed, so that nobody need declare them.
   */
  async seen(found: JsonObject, wholly = false): Promise<JsonObject> {
    const { api, dialect } = this.server;
    const isUndeclared = (key: string) =>
      !(key in labelsOf(this.args)) &&
      (wholly ? dialect.labels?.isServers(found, key) === true : isUndeclarable(dialect, found, key));
    const own = withoutOwnership(found, isUndeclared);
    const seen = fromServer(this.kind, own, identityOf(this.kind, this.id));
    const complete = withWriteOnly(this.kind.schema, seen, this.args);
    const stored = (await dialect.withoutStoredDefaults?.(api, complete, this.args)) ?? complete;
    // What a server cannot keep is no difference, or it would be one for ever.
    const { labels } = this.args;
    if (labels === undefined || (await this.isLabelled(found))) return stored;
    await this.warnOfLabels();
    return { ...stored, labels };
  }

  /** Whether what the server has is what is declared. */
  async isAsDeclared(found: JsonObject): Promise<boolean> {
    return sameJson(await this.seen(found), this.args);
  }

  /** Whether the object is the one that this create has written. */
  async isMadeBy(found: JsonObject, mark: string): Promise<boolean> {
    return (await this.isLabelled(found))
      ? ownershipOf(found)?.mark === mark
      : await this.isAsDeclared(found);
  }

  /** Whether nothing says that the object is somebody else's. */
  async mayBelongTo(found: JsonObject, owner: string): Promise<boolean> {
    const current = ownershipOf(found);
    return current ? current.owner === owner : !(await this.isLabelled(found));
  }

  /**
   * Whether the object is that of the state of a resource which is being replaced under the same id: the engine checks and
   * makes what comes in its place as if it were new.
   */
  async isReplaced(found: JsonObject, owner: string): Promise<boolean> {
    return this.session.inState.has(this.placeFor(owner)) && (await this.mayBelongTo(found, owner));
  }

  /** Tells the object, as that of a resource, from all others of the session. */
  placeFor(owner: string): string {
    return `${this.key} ${owner}`;
  }

  /**
   * Whether labels can say whose the object is. They cannot where the kind has none, nor at a server that keeps none;
   * the latter is asked about an object without a single one, since most have labels of ours or of the server's.
   */
  async isLabelled(found: JsonObject): Promise<boolean> {
    return this.kindHasLabels && (isObject(found.labels) || (await this.#keepsLabels()));
  }

  /** Says once per operation that declared labels come to nothing here, if they do. */
  async warnOfLabels(): Promise<void> {
    const { labels } = this.args;
    if (!isObject(labels) || Object.keys(labels).length === 0 || (await this.#keepsLabels())) return;
    const { dialect, connection } = this.server;
    this.session.warn(
      `The ${dialect.product} ${connection.url} is too old to keep labels: declared ones are dropped, and ` +
        `nothing there says whose an object is, so that one which equals its declaration is taken for its own.`,
    );
  }

  async #keepsLabels(): Promise<boolean> {
    return (await this.server.dialect.keepsLabels?.(this.server.api)) ?? true;
  }

  /** Kinds without labels carry no owner, nor does one whose objects have none at this server. */
  get kindHasLabels(): boolean {
    return "labels" in this.kind.schema.shape && !this.server.unlabelled.has(this.kind.type);
  }

  /** The path of the kind's collection, and what of the object's own path is behind that. */
  get place(): { collection: string; name: string } {
    return placeOf(this.kind, this.id.split("/"));
  }

  /** What the rules have to know of the server. */
  async surroundings(): Promise<Surroundings> {
    const { inspection, connection } = this.server;
    const served = await QUESTIONS[this.kind.dialect].surroundings?.(inspection, this.written);
    return {
      warn: (text) => this.session.warn(text),
      customPlugins: connection.customPlugins,
      ...served,
    };
  }

  /** Why what is declared cannot be at this server, if the server tells. */
  async impossible(): Promise<string | undefined> {
    const { impossible } = QUESTIONS[this.kind.dialect];
    return impossible?.(this.server.inspection, this.kind, this.#side, this.args);
  }

  /** What the server says of the arguments at a preview. */
  async inspect(ownership: Ownership): Promise<Remarks> {
    const impossible = await this.impossible();
    if (impossible) return { errors: [impossible], warnings: [] };
    const { kind, id, args, server } = this;
    if (await server.inspection.probe()) await this.#learnOfLabels();
    const subject = { kind, id, args, body: this.body(ownership), stack: ownership.stack };
    const remarks = await QUESTIONS[kind.dialect].inspect(server.inspection, subject);
    if (await server.inspection.probe()) await this.warnOfLabels();
    return remarks;
  }

  /**
   * What a state keeps of the object: arguments in the user's words, and by which create it was made.
   *
   * @param reported Outputs that the server has made.
   */
  outcome(args: JsonObject, mark: string, reported: JsonObject = {}): Outcome {
    const made = { mark, server: this.server.connection.server };
    const derived = { ...this.kind.derived?.(args), ...reported };
    return { id: this.id, args, derived, made, secrets: secretPathsOf(this.kind.schema, args) };
  }
}
