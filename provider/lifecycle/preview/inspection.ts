import type { JsonObject } from "../../model/fields.ts";
import type { Api, Call, Listed } from "../../server/api.ts";
import type { Warn } from "../../server/connection.ts";
import { BackendError } from "../../server/errors.ts";

/** Seconds after which a server counts as out of reach for a preview. */
const PROBE_SECONDS = 3;
/**
 * What a server tells while arguments are checked. Each thing is asked for once per operation, and never once per
 * resource, since Pulumi checks one resource after another. A server that does not tell is warned about once, and nothing
 * fails for it.
 */
export class Inspection {
  readonly #api: Api;
  readonly #probe: string;
  readonly #warn: Warn;
  readonly #answers = new Map<string, Promise<unknown>>();
  readonly #checked = new Set<string>();
  #closed: boolean;
  #warned = false;

  constructor(api: Api, probe: string, warn: Warn) {
    this.#api = api;
    this.#probe = probe;
    this.#warn = warn;
    this.#closed = api.connection.validation === "local";
  }

  /** The server's URL, for messages. */
  get url(): string {
    return this.#api.connection.url;
  }

  /** The server's version, as in `3.18.0`, as far as an answer has said it by now. */
  get release(): string | undefined {
    return this.#api.release;
  }

  /** Notes that the program declares the object at this path, whether it is there already or not. */
  note(path: string): void {
    this.#checked.add(path);
  }

  /** The document by which one sees that the server answers; nothing when it does not. */
  probe(): Promise<unknown> {
    return this.document(this.#probe);
  }

  /** A document of the server; nothing when it does not give it. `quiet`: no warning when the credential may not read it. */
  document(path: string, quiet = false): Promise<unknown> {
    return this.#once(path, (call) => this.#api.document(call), quiet);
  }

  /** All objects of a collection; nothing when the server does not tell. */
  async objects(collection: string): Promise<readonly JsonObject[] | undefined> {
    return (await this.#list(collection))?.map(({ object }) => object);
  }

  /** The object of this name in a collection, if it is there; nothing, too, when the server does not tell. */
  async object(collection: string, name: string): Promise<JsonObject | undefined> {
    return (await this.#list(collection))?.find((listed) => listed.name === name)?.object;
  }

  /** Whether there is an object of this name, or one is declared in this operation; nothing when that is not told. */
  async exists(collection: string, name: string): Promise<boolean | undefined> {
    if (this.#checked.has(`${collection}/${name}`)) return true;
    return (await this.#list(collection))?.some((listed) => listed.name === name);
  }

  #list(collection: string): Promise<Listed[] | undefined> {
    return this.#once(collection, (call) => this.#api.list(call));
  }

  async #once<T>(path: string, ask: (call: Call) => Promise<T>, quiet = false): Promise<T | undefined> {
    if (path !== this.#probe && (await this.document(this.#probe)) === undefined) return undefined;
    if (this.#closed) return undefined;
    const seconds = path === this.#probe ? { seconds: PROBE_SECONDS } : {};
    const call = { doing: `ask for ${path || "its version"}`, path, secrets: [], ...seconds };
    const asked =
      this.#answers.get(path) ??
      this.#api.once(path, () => ask(call)).catch((error: unknown) => this.#unanswered(error, path, quiet));
    this.#answers.set(path, asked);
    return asked as Promise<T | undefined>;
  }

  /** One warning per operation, whatever else stays without an answer. */
  #unanswered(error: unknown, path: string, quiet: boolean): undefined {
    if (!(error instanceof BackendError)) throw error;
    // The server's own words: it is too old for it, or has no such thing.
    if (error.errorCode === "REFUSED_BY_SERVER" && path !== this.#probe) return undefined;
    if (error.errorCode === "UNAUTHORIZED" && quiet) return undefined;
    if (path === this.#probe || LASTING.includes(error.errorCode)) this.#closed = true;
    if (!this.#warned) this.#warn(`Not all could be checked with the server. ${error.message}`);
    this.#warned = true;
    return undefined;
  }
}

/** What would happen again at the next question. */
const LASTING = ["UNREACHABLE", "TIMEOUT", "SERVER_ERROR", "INVALID_CONFIGURATION"];
