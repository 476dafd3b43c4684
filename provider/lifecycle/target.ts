import { collect, fromServer, keepWriteOnly, toServer, without, wrapSecrets } from "../model/canonical.ts";
import { isObject, type JsonObject } from "../model/fields.ts";
import { type DialectName, type Kind, placeOf, type Side, type Surroundings } from "../model/kind.ts";
import { type Ownership, withOwnership, withoutOwnership } from "../model/owner.ts";
import { secretTexts, textsOf } from "../model/secrets.ts";
import { shortened } from "../model/text.ts";
import { Api, type Call, type Dialect, type Remarks } from "../server/api.ts";
import { apisixDialect } from "../server/apisix.ts";
import { type Connection, connectionOf, type GetConfig, warn } from "../server/connection.ts";
import { BackendError } from "../server/errors.ts";
import { kumaDialect } from "../server/kuma.ts";
import { type Inspection, inspectionOf } from "./preview/inspection.ts";
import { wrongServer } from "./refusals.ts";

const DIALECTS: Record<DialectName, Dialect> = { apisix: apisixDialect, kuma: kumaDialect };

/**
 * What stands beside the declared arguments. `__provider` and `__owner` stand in the inputs;
 * `__context` is gone after `check`; `__made` stands in the outputs: MARK@SERVER, by which
 * create and where.
 */
export const HIDDEN = ["__provider", "__owner", "__context", "__made", "__former", "adopt"];

/** Where and by which create an object was made, as `__made` tells. */
export interface Made {
  mark: string;
  server: string;
}

/** Reads `__made`. */
export function madeOf(state: JsonObject): Made | undefined {
  const match = /^([^@]*)@(.*)$/s.exec(typeof state.__made === "string" ? state.__made : "");
  return match ? { mark: match[1] ?? "", server: match[2] ?? "" } : undefined;
}

/** One kind at one server: conversions between the engine's values and the server's objects, and the way there. */
export class Target {
  readonly kind: Kind;
  readonly connection: Connection;
  readonly dialect: Dialect;
  readonly api: Api;
  readonly inspection: Inspection;
  readonly #side: Side | undefined;

  /** Takes the server from the configuration; `args` decide where a kind may be at either side of a federation. */
  constructor(kind: Kind, config: GetConfig, args: JsonObject) {
    this.kind = kind;
    this.#side = typeof kind.side === "function" ? kind.side(args) : kind.side;
    this.connection = connectionOf(kind.dialect, this.#side, config);
    this.dialect = DIALECTS[kind.dialect];
    this.api = new Api(this.dialect, this.connection);
    this.inspection = inspectionOf(this.api, this.dialect);
  }

  /** Refuses when the state was written for another server. */
  expectServerOf(state: JsonObject): this {
    const before = madeOf(state)?.server;
    if (typeof before === "string" && before !== "" && before !== this.connection.server) {
      throw wrongServer(this.kind, before, this.connection);
    }
    return this;
  }

  /** What the rules have to know of the server. */
  async surroundings(args: JsonObject): Promise<Surroundings> {
    const told = await this.dialect.surroundings?.(this.inspection, args);
    return { warn, customPlugins: this.connection.customPlugins, ...told };
  }

  /** Why what is declared cannot be at this server, if the server tells. */
  async whyNot(args: JsonObject = {}): Promise<string | undefined> {
    return this.dialect.whyNot?.(this.inspection, this.kind, this.#side, args);
  }

  /** What the server says of arguments in canonical form. */
  async inspect(args: JsonObject, ownership: Ownership): Promise<Remarks> {
    const impossible = await this.whyNot(args);
    if (impossible) return { errors: [impossible], warnings: [] };
    const { kind } = this;
    const body = this.body(args, ownership);
    const subject = { kind, id: this.idOf(args), args, body, stack: ownership.stack };
    const remarks = await this.dialect.inspect(this.inspection, subject);
    if (await this.inspection.document(this.dialect.probe)) await this.#warnOfLabels(args);
    return remarks;
  }

  /** A call, with what must not appear in messages about it. */
  call(verb: string, id: string, values: JsonObject): Call {
    const { schema, title, path } = this.kind;
    return {
      doing: `${verb} ${title} "${id}"`,
      path: path(id.split("/").map(encodeURIComponent)),
      secrets: [
        ...secretTexts(collect(schema, values, "secret")),
        ...textsOf(collect(schema, values, "sensitive")),
      ],
    };
  }

  /** Where the object stands that the arguments name. */
  placeOf(args: JsonObject): { collection: string; name: string } {
    return placeOf(
      this.kind,
      this.kind.identity.map((field) => String(args[field])),
    );
  }

  /** The id that the arguments name. */
  idOf(args: JsonObject): string {
    return this.kind.identity.map((field) => String(args[field])).join("/");
  }

  /** The identity arguments of an id. */
  identityOf(id: string): JsonObject {
    const { identity, title, schema } = this.kind;
    const parts = id.split("/");
    const legal = identity.every((field, index) => schema.shape[field]?.safeParse(parts[index]).success);
    if (parts.length !== identity.length || !legal) {
      throw new BackendError(
        "INVALID_CONFIGURATION",
        `"${shortened(id, 100)}" is no id of ${/^[aeiou]/.test(title) ? "an" : "a"} ${title}; an id is ${identity.join("/")}.`,
      );
    }
    return Object.fromEntries(identity.map((field, index) => [field, parts[index] ?? ""]));
  }

  /** The object to write, with our labels where the kind has labels. */
  body(inputs: JsonObject, ownership: Ownership): JsonObject {
    const body = toServer(this.kind, without(inputs, HIDDEN));
    return this.hasLabels ? withOwnership(body, ownership) : body;
  }

  /** What the server has, in the canonical form; what it does not give back is taken from what was declared. */
  async seen(found: JsonObject, id: string, declared: JsonObject): Promise<JsonObject> {
    const own = withoutOwnership(found, this.dialect.isServerLabel);
    const seen = fromServer(this.kind, own, this.identityOf(id));
    const kept = keepWriteOnly(this.kind.schema, seen, without(declared, HIDDEN));
    const stored = (await this.dialect.withoutStoredDefaults?.(this.api, kept, declared)) ?? kept;
    // What a server cannot keep is no difference, or it would be one for ever.
    const { labels } = declared;
    if (labels === undefined || (await this.isLabelled(found))) return stored;
    await this.#warnOfLabels(declared);
    return { ...stored, labels };
  }

  /**
   * Whether labels can say whose the object is. They cannot where the kind has none, nor at a server that keeps none;
   * the latter is asked about an object without a single one, since most have labels of ours or of the server's.
   */
  async isLabelled(found: JsonObject): Promise<boolean> {
    return this.hasLabels && (isObject(found.labels) || (await this.#keepsLabels()));
  }

  /** Says once per operation that declared labels come to nothing here, if they do. */
  async #warnOfLabels({ labels }: JsonObject): Promise<void> {
    if (!isObject(labels) || Object.keys(labels).length === 0 || (await this.#keepsLabels())) return;
    warn(
      `The ${this.dialect.product} ${this.connection.url} is too old to keep labels: declared ones are dropped, and ` +
        `nothing there says whose an object is, so that one which equals its declaration is taken for its own.`,
    );
  }

  async #keepsLabels(): Promise<boolean> {
    return (await this.dialect.keepsLabels?.(this.inspection, this.api)) ?? true;
  }

  /** What the state keeps of an object. */
  outputs(inputs: JsonObject, mark: string): JsonObject {
    const args = without(inputs, HIDDEN);
    return {
      ...this.secretive(args),
      ...this.kind.derived?.(args),
      __made: `${mark}@${this.connection.server}`,
    };
  }

  /** The arguments with all secrets marked for the engine. */
  secretive(args: JsonObject): JsonObject {
    return wrapSecrets(this.kind.schema, args) as JsonObject;
  }

  /** Kinds without labels carry no owner. */
  get hasLabels(): boolean {
    return "labels" in this.kind.schema.shape;
  }
}
