import type { JsonObject } from "../model/fields.ts";
import type { DialectName, Kind } from "../model/kind.ts";
import { scrub } from "../model/secrets.ts";
import type { Connection } from "./connection.ts";
import { BackendError, type ErrorCode } from "./errors.ts";
import { type Answer, NoAnswer } from "./http.ts";

/** What is special about a server's way to speak HTTP. */
export interface Dialect {
  name: DialectName;
  /** As in "APISIX Admin API". */
  product: string;
  /** Path of the API's root below the configured URL. */
  root: string;
  /** The header that carries the credential. */
  authorization(credential: string): Record<string, string>;
  /** The object in the answer to a GET, if the answer is one of this API's. */
  object(answer: Answer): JsonObject | undefined;
  /** What goes behind a collection's path to get as much of it as the server gives at once. */
  firstPage: string;
  /** The objects in the answer to a GET of a collection, if the answer is one of this API's. */
  objects(answer: Answer, collection: string): Page | undefined;
  /** The server's own words for an unknown kind; left out where listing one is an error. */
  isUnknownKind?(answer: Answer): boolean;
  /** The server's own words for "there is no such object". */
  isAbsent(answer: Answer): boolean;
  /** The collection that tells whether there is an object at a path, where the answer to a GET of it cannot; left out where it always can. */
  toldByCollection?(answer: Answer, path: string): string | undefined;
  /** The server's own answer to a PUT or DELETE that went through. */
  isDone(answer: Answer): boolean;
  /** The answer proves the write (it holds times or revisions that only the server sets), so no read has to follow. */
  provesWrite(answer: Answer): boolean;
  /** The server's own words for "something refers to it", as far as they can lag behind. */
  isInUse(answer: Answer): boolean;
  /** What the server says is wrong, if it says so in its own form. */
  reason(answer: Answer): string | undefined;
  /** What to do about an answer. */
  advice(answer: Answer, credentialGiven: boolean): string | undefined;
  /** A document by which one sees that the server is there and answers questions. */
  probe: string;
  /** The server's version, as in `3.18.0`, where each of its answers says it. */
  release?(answer: Answer): string | undefined;
  /** Whether objects of a kind that has labels have them at this server, too; left out where they always have. */
  hasLabels?(api: Api, kind: Kind): Promise<boolean>;
  /** Whether the server's objects have labels; left out where they always have. */
  keepsLabels?(api: Api): Promise<boolean>;
  /** What the server has, less the defaults that it wrote into free parts of the object by itself. */
  withoutStoredDefaults?(api: Api, seen: JsonObject, declared: JsonObject): Promise<JsonObject>;
  /** Labels of which not all are the user's; left out where all are. */
  labels?: LabelRules;
}

/** What is special about the labels of a server's objects. */
export interface LabelRules {
  /** The server itself gives the object this label with this value. */
  isServers(object: JsonObject, key: string): boolean;
  /** An object keeps the label from its creation on. */
  isFixed(key: string): boolean;
  /** The label means something to the server, so that one that nobody has declared is kept by writes. */
  isKept(key: string): boolean;
}

/** An object of a collection. */
export interface Listed {
  /** What of its path stands behind the collection's, as in `httpbin`, or `vault/one` in `secrets`. */
  name: string;
  object: JsonObject;
}

/** What a server gives of a collection at once. */
export interface Page {
  objects: Listed[];
  /** What goes behind the collection's path to get more. */
  next?: string;
}

/** One call: what is done to which resource, for messages, and what must not appear in them. */
export interface Call {
  /** As in `create route "payments"`. */
  doing: string;
  /** Below the API's root, already encoded. */
  path: string;
  secrets: readonly string[];
  /** Seconds for this call, where the provider's requestTimeout would be too long. */
  seconds?: number;
}

/** What the answer to a write says. */
export interface WriteAnswer {
  /** There was no such object before. */
  isNew: boolean;
  /** The answer proves the write, see {@link Dialect.provesWrite}. */
  confirmed: boolean;
}

/** How long a DELETE is repeated while the server says that the object is in use. Its check lags behind. */
const IN_USE_MILLISECONDS = 5_000;

/** The one way to a server: objects in and out, everything else is an error with a reason and a way out. */
export class Api {
  readonly #dialect: Dialect;
  readonly #secrets: () => readonly string[];
  readonly #asked = new Map<string, Promise<unknown>>();
  #release: string | undefined;
  readonly connection: Connection;

  /** `secrets` are the texts that must not appear in any message, besides those of the connection and of a call. */
  constructor(dialect: Dialect, connection: Connection, secrets: () => readonly string[] = () => []) {
    this.#dialect = dialect;
    this.connection = connection;
    this.#secrets = secrets;
  }

  /** The server's version, as in `3.18.0`, as far as an answer has said it by now. */
  get release(): string | undefined {
    return this.#release;
  }

  /** Asks for something once per operation, whoever asks; what failed is asked again. */
  once<T>(path: string, ask: () => Promise<T>): Promise<T> {
    const known = this.#asked.get(path) as Promise<T> | undefined;
    if (known) return known;
    const asked = ask();
    this.#asked.set(path, asked);
    asked.catch(() => this.#asked.delete(path));
    return asked;
  }

  /** The object, or nothing when the server itself says that there is none. */
  async get(call: Call): Promise<JsonObject | undefined> {
    const answer = await this.#send("GET", call);
    const object = answer.status === 200 ? this.#dialect.object(answer) : undefined;
    if (object) return object;
    if (this.#dialect.isAbsent(answer)) return undefined;
    const collection = this.#dialect.toldByCollection?.(answer, call.path);
    if (collection !== undefined) {
      const all = await this.list({ ...call, path: collection });
      if (!all.some(({ name }) => `${collection}/${name}` === call.path)) return undefined;
    }
    throw this.#refusal(call, answer);
  }

  /** All objects of a collection, which is the call's path. A kind that the server does not know has none. */
  async list(call: Call): Promise<Listed[]> {
    const all: Listed[] = [];
    for (let query: string | undefined = this.#dialect.firstPage; query !== undefined; ) {
      const answer = await this.#send("GET", { ...call, path: `${call.path}${query}` });
      // In a mesh that does not exist is nothing, and nothing is of a kind that the server does not know.
      if (this.#dialect.isAbsent(answer) || this.#dialect.isUnknownKind?.(answer)) return all;
      const page: Page | undefined =
        answer.status === 200 ? this.#dialect.objects(answer, call.path) : undefined;
      if (!page) throw this.#refusal(call, answer);
      all.push(...page.objects);
      // An empty page is the end, whatever it says of a next one.
      query = page.objects.length > 0 ? page.next : undefined;
    }
    return all;
  }

  /** A document that the server has beside its objects. */
  async document(call: Call): Promise<unknown> {
    const answer = await this.#send("GET", call);
    if (answer.status === 200 && answer.json !== undefined) return answer.json;
    throw this.#refusal(call, answer);
  }

  /** Writes the whole object. */
  async put(call: Call, body: JsonObject): Promise<WriteAnswer> {
    const answer = await this.#send("PUT", call, body);
    if (!(answer.status === 200 || answer.status === 201) || !this.#dialect.isDone(answer))
      throw this.#refusal(call, answer);
    return { isNew: answer.status === 201, confirmed: this.#dialect.provesWrite(answer) };
  }

  /** Removes the object; one that is not there is removed. Waits a bounded time while the server calls it in use. */
  async remove(call: Call): Promise<Pick<WriteAnswer, "confirmed">> {
    const end = Date.now() + IN_USE_MILLISECONDS;
    for (let pause = 20; ; pause = Math.min(pause * 2, 500)) {
      const answer = await this.#send("DELETE", call);
      if (this.#dialect.isAbsent(answer)) return { confirmed: true };
      if (answer.status === 200 && this.#dialect.isDone(answer))
        return { confirmed: this.#dialect.provesWrite(answer) };
      if (!this.#dialect.isInUse(answer) || Date.now() + pause > end) throw this.#refusal(call, answer);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  async #send(method: "GET" | "PUT" | "DELETE", call: Call, body?: JsonObject): Promise<Answer> {
    const { http, url, requestTimeout } = this.connection;
    const seconds = Math.min(call.seconds ?? requestTimeout, requestTimeout);
    const credential = this.connection.credential();
    const headers = credential === undefined ? {} : this.#dialect.authorization(credential);
    try {
      const answer = await http.send(
        method,
        `${url}${this.#dialect.root}/${call.path}`,
        headers,
        body,
        seconds,
      );
      this.#release ??= this.#dialect.release?.(answer);
      return answer;
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      if (error.timedOut) {
        const advice =
          seconds < requestTimeout
            ? `Previews wait no longer for it. Check the URL, the network and whether the server runs; if it is only slow, set ${this.#dialect.name}:validation (or the provider's validation) to "local", and previews do without it.`
            : "If it is only slow, raise the provider's requestTimeout (seconds).";
        throw this.#error("TIMEOUT", call, `it did not answer within ${seconds} s`, advice);
      }
      throw this.#error(
        "UNREACHABLE",
        call,
        `no answer: ${error.message}`,
        /certificate|altname|self-signed/i.test(error.message)
          ? "Give the CA that signs the server's certificate as the provider's tls.caCert, or as tls.serverName the name that stands in it."
          : "Check the URL, the network and whether the server runs; nothing is lost, the next run goes on.",
      );
    }
  }

  #refusal(call: Call, answer: Answer): BackendError {
    const { status } = answer;
    const reason = this.#dialect.reason(answer);
    const advice = this.#dialect.advice(answer, this.connection.credential() !== undefined);
    if (status === 401 || status === 403) {
      return this.#error(
        "UNAUTHORIZED",
        call,
        `${status}: ${reason ?? this.#excerpt(call, answer)}`,
        advice ??
          "A proxy in front refused the request, or the server takes none from here. If a proxy asks for a credential of its own, give it in the provider's headers.",
      );
    }
    if (reason !== undefined && status >= 400) {
      const code = this.#dialect.isInUse(answer)
        ? "STILL_IN_USE"
        : status >= 500
          ? "SERVER_ERROR"
          : "REFUSED_BY_SERVER";
      return this.#error(code, call, `${status}: ${reason}`, advice);
    }
    if (status >= 500 || status === 429) {
      return this.#error(
        "SERVER_ERROR",
        call,
        `${status}: ${this.#excerpt(call, answer)}`,
        "Nothing is lost; the next run goes on.",
      );
    }
    if (advice !== undefined) {
      return this.#error("REFUSED_BY_SERVER", call, `${status}: ${this.#excerpt(call, answer)}`, advice);
    }
    const redirect =
      status >= 300 && status < 400 ? ` (redirects to ${String(answer.headers.location)})` : "";
    return this.#error(
      "NOT_THE_API",
      call,
      `${status}${redirect}: ${this.#excerpt(call, answer)}`,
      `This URL is no ${this.#dialect.product}, or something stands in front of it. Nothing was changed in the state.`,
    );
  }

  #error(code: ErrorCode, call: Call, said: string, advice?: string): BackendError {
    const hidden = this.#hidden(call);
    const scrubbed = scrub(said, hidden).replace(/\.$/, "");
    const short = scrubbed.length > 1000 ? `${scrubbed.slice(0, 1000)}...` : scrubbed;
    const where = `${this.#dialect.product} ${this.connection.url}`;
    const text = `Could not ${call.doing} at ${where}: ${short}.${advice ? ` ${advice}` : ""}`;
    return new BackendError(code, scrub(text, hidden));
  }

  /** The beginning of an answer; scrubbed before it is cut, or half a secret might be left. */
  #excerpt(call: Call, answer: Answer): string {
    const text = scrub(answer.text, this.#hidden(call))
      .replace(/<[^>]*>/g, " ")
      .replace(/\s+/g, " ")
      .trim();
    return text === "" ? "an empty answer" : `"${text.length > 200 ? `${text.slice(0, 200)}...` : text}"`;
  }

  #hidden(call: Call): string[] {
    return [...this.connection.secrets(), ...call.secrets, ...this.#secrets()];
  }
}
