import type { JsonObject } from "../model/fields.ts";
import type { DialectName, Side } from "../model/kind.ts";
import { secretTexts } from "../model/secrets.ts";
import { printable } from "../model/text.ts";
import { Api, type Dialect } from "../server/api.ts";
import { apisixDialect } from "../server/apisix.ts";
import { type Connection, Connections, type GetConfig } from "../server/connection.ts";
import { kumaDialect } from "../server/kuma.ts";
import { Inspection } from "./preview/inspection.ts";

const DIALECTS: Record<DialectName, Dialect> = { apisix: apisixDialect, kuma: kumaDialect };

/** A server, with the ways to speak to it and to ask it at previews. */
export interface Server {
  connection: Connection;
  dialect: Dialect;
  api: Api;
  inspection: Inspection;
  /** The types whose objects have no labels at this server, although they have elsewhere; as far as was asked. */
  unlabelled: Set<string>;
}

/** What a door gives a session besides the settings. */
export interface SessionOptions {
  /** Shows a warning to the person at the terminal. */
  print(text: string): void;
  /** Shows what is no warning: what a preview found, or, as an error, what could not be done. */
  say?(severity: "info" | "error", text: string): void;
  /** Shows how far a long operation is. */
  progress?(text: string): void;
  /** Ends the requests of the call that is being answered. */
  signal?(): AbortSignal | undefined;
  /** The settings are not known yet, as in the first preview of a server that the same program makes. */
  isUnconfigured?: boolean;
}

/**
 * One operation of the engine in one process: what it was configured with, the servers it speaks to, and what it has seen
 * so far. A door makes it and hands it down; nothing of an operation stands in modules.
 */
export class Session {
  /** Who declares each object, by server and id, among the resources that were checked. */
  readonly declared = new Map<string, string>();
  /** Objects that were asked for and are not made (yet), by type and id. `--continue-on-error` would delete one next, under its old name. */
  readonly unfinished = new Set<string>();
  /**
   * Objects that were made, by type and id, each with the mark in its label; without one where it has no label. A rename or
   * a replacement would delete one next, under its old name.
   */
  readonly made = new Map<string, string | undefined>();
  /** Objects that a resource of the state has, by type, id and owner: what replaces it writes them. */
  readonly inState = new Set<string>();
  /** Fields that a server drops in silence and that were warned about. */
  readonly droppedFields = new Set<string>();
  /** Which resource patches each field of each object. */
  readonly patchedBy = new Map<string, string>();
  /** Objects as a list has just shown them, or their absence, by server and path: the next look at one takes it from here. */
  readonly shown = new Map<string, JsonObject | undefined>();
  readonly #connections: Connections;
  readonly #servers = new Map<Connection, Server>();
  /** The same by kind and side: every look at an object asks for its server. */
  readonly #places = new Map<string, Server>();
  readonly #queues = new Map<string, Promise<unknown>>();
  readonly #secrets = new Set<string>();
  readonly #warned = new Set<string>();
  readonly #options: SessionOptions;
  /** The settings are not known yet, so that no server can be asked or compared. */
  readonly isUnconfigured: boolean;

  constructor(config: GetConfig, options: SessionOptions) {
    this.#options = options;
    this.isUnconfigured = options.isUnconfigured ?? false;
    this.#connections = new Connections(config, (text) => this.warn(text), options.signal);
  }

  /** The server of a kind and side that the configuration names. */
  server(name: DialectName, side: Side | undefined): Server {
    const place = `${name} ${side ?? ""}`;
    const last = this.#places.get(place);
    if (last) return last;
    const connection = this.#connections.of(name, side);
    const server = this.#servers.get(connection) ?? this.#made(name, connection);
    this.#places.set(place, server);
    return server;
  }

  #made(name: DialectName, connection: Connection): Server {
    const dialect = DIALECTS[name];
    const api = new Api(dialect, connection, () => this.secrets());
    const inspection = new Inspection(api, dialect.probe, (text) => this.warn(text));
    const server = { connection, dialect, api, inspection, unlabelled: new Set<string>() };
    this.#servers.set(connection, server);
    return server;
  }

  /** Tells the person at the terminal something that is no error, once. */
  warn(text: string): void {
    if (this.#warned.has(text)) return;
    this.#warned.add(text);
    this.#options.print(printable(text));
  }

  /** Tells the person at the terminal, in as many lines, what is no warning. */
  say(severity: "info" | "error", lines: readonly string[]): void {
    for (const line of lines) this.#options.say?.(severity, printable(line));
  }

  /** Tells how far a long operation is. */
  progress(text: string): void {
    this.#options.progress?.(text);
  }

  /** Adds values that the program has marked as secret: they appear in no message from now on. */
  addSecrets(values: unknown): void {
    for (const text of secretTexts(values)) this.#secrets.add(text);
  }

  /** All texts that the program has marked as secret. */
  secrets(): string[] {
    return [...this.#secrets];
  }

  /** Runs work of one key one after another. */
  inTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#queues.get(key) ?? Promise.resolve();
    const turn = before.catch(() => undefined).then(work);
    this.#queues.set(key, turn);
    return turn;
  }
}
