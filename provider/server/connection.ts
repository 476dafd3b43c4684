import { readFileSync } from "node:fs";
import type { DialectName } from "../model/kind.ts";
import { textsOf } from "../model/secrets.ts";
import { fromText, type Setting, settingsOf } from "../model/settings.ts";
import { BackendError } from "./errors.ts";
import { HttpClient, type TlsOptions } from "./http.ts";

/** Reads one configuration value, as in `apisix:adminUrl`. */
export type GetConfig = (key: string) => unknown;

/** One server, as the configuration names it. */
export interface Connection {
  /** Without a slash at its end. */
  url: string;
  /** What tells this server from others: the id of the configuration, else origin and path of the URL. */
  server: string;
  /** What goes before ids that are made from the resource's name. */
  idPrefix: string;
  /** Deleting gives up with a warning when the server cannot be reached. */
  deleteUnreachable: boolean;
  /** Plugins of an APISIX whose configurations are not judged here. */
  customPlugins: readonly string[];
  /** Whether previews ask the server, too. */
  validation: "server" | "local";
  /** Seconds for one call. */
  requestTimeout: number;
  /** Requests at the same time. */
  maxConcurrency: number;
  /** Key or token, read anew at each call. */
  credential(): string | undefined;
  /** What must not appear in any text. */
  secrets(): string[];
  http: HttpClient;
}

/** Tells the person at the terminal something that is no error. */
export type Warn = (text: string) => void;

/** The connections of one operation: one per server, made when it is first asked for. */
export class Connections {
  readonly #config: GetConfig;
  readonly #warn: Warn;
  readonly #signal: () => AbortSignal | undefined;
  readonly #known = new Map<string, Connection>();

  /** `signal` ends the requests that are made while it is current. */
  constructor(config: GetConfig, warn: Warn, signal: () => AbortSignal | undefined = () => undefined) {
    this.#config = config;
    this.#warn = warn;
    this.#signal = signal;
  }

  /** The connection that the configuration and the environment describe. */
  of(dialect: DialectName, side: "global" | "zone" | undefined): Connection {
    const get = (key: string) => this.#config(`${dialect}:${key}`);
    const url = urlOf(dialect, side, get, this.#warn);
    const settings = settingsOf(dialect);
    const written = settings.flatMap(({ name, role }) =>
      role === "credential" ? [get(name), get(`${name}Env`), get(`${name}File`)] : [get(name)],
    );
    const key = JSON.stringify([dialect, url, written]);
    const known = this.#known.get(key);
    if (known) return known;
    const values = readSettings(dialect, get);
    const { tls, headers, requestTimeout, maxConcurrency } = values;
    if (tls.insecureSkipVerify)
      this.#warn(`${dialect}:tls.insecureSkipVerify is on: whoever answers at ${url} is believed.`);
    const secret = settings.find(({ role }) => role === "credential");
    const credential = () => secret && credentialOf(dialect, secret, get);
    const connection: Connection = {
      url,
      server: values.id ?? url,
      idPrefix: values.idPrefix ?? "",
      deleteUnreachable: values.deleteUnreachable,
      customPlugins: values.customPlugins,
      validation: values.validation,
      requestTimeout,
      maxConcurrency,
      credential,
      secrets: () =>
        [...headerSecrets(headers), tls.clientKey ?? "", credential() ?? ""].filter((text) => text !== ""),
      http: new HttpClient({
        tls: withoutUndefined(tls),
        headers,
        requestTimeout,
        maxConcurrency,
        signal: this.#signal,
      }),
    };
    this.#known.set(key, connection);
    return connection;
  }
}

/** What is wrong with the settings of a server, as far as that can be said without it. */
export function settingsProblem(dialect: DialectName, given: Record<string, unknown>): string | undefined {
  const settings = settingsOf(dialect);
  const names = settings.flatMap(({ name, role }) =>
    role === "credential" ? [name, `${name}Env`, `${name}File`] : [name],
  );
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown !== undefined) return `${dialect}:${unknown} is no setting; known: ${names.join(", ")}.`;
  try {
    for (const { name } of settings.filter(({ role }) => role === "url"))
      if (given[name] !== undefined) normalUrl(`${dialect}:${name}`, String(given[name]), dialect);
    readSettings(dialect, (name) => given[name]);
    return undefined;
  } catch (error) {
    if (error instanceof BackendError) return error.message;
    throw error;
  }
}

/** The settings of a connection besides its URL and credential, read and with their defaults. */
interface Values {
  tls: TlsOptions & { insecureSkipVerify?: boolean };
  headers: Record<string, string>;
  requestTimeout: number;
  maxConcurrency: number;
  deleteUnreachable: boolean;
  idPrefix?: string;
  customPlugins: string[];
  validation: "server" | "local";
  /** What tells the server from others. */
  id?: string;
}

function readSettings(dialect: DialectName, get: GetConfig): Values {
  const others = settingsOf(dialect).filter(({ role }) => role !== "url" && role !== "credential");
  const values = others.map((setting) => {
    const name = setting.role === "id" ? "id" : setting.name;
    return [name, readSetting(dialect, setting, get(setting.name))] as const;
  });
  const read = Object.fromEntries(values.filter(([, value]) => value !== undefined));
  return { customPlugins: [], ...read } as unknown as Values;
}

function readSetting(dialect: DialectName, setting: Setting, given: unknown): unknown {
  const name = `${dialect}:${setting.name}`;
  const text = fromText(setting, given);
  if (!text) throw wrongSetting(name, "it is no JSON");
  const result = setting.schema.safeParse(text.value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw wrongSetting([name, ...(issue?.path ?? [])].join("."), issue?.message ?? "");
}

function wrongSetting(name: string, reason: string): BackendError {
  return new BackendError("INVALID_CONFIGURATION", `The setting ${name} is wrong: ${reason}.`);
}

function urlOf(
  dialect: DialectName,
  side: "global" | "zone" | undefined,
  get: GetConfig,
  warn: Warn,
): string {
  const urls = settingsOf(dialect).filter(({ role }) => role === "url");
  const fitting = urls.filter((setting) => side === undefined || [side, undefined].includes(setting.side));
  // The URL of the side goes before that of a server which is both.
  const ranked = fitting.sort((a, b) => (side ? Number(!a.side) - Number(!b.side) : 0));
  for (const { name } of ranked) {
    const written = get(name);
    if (typeof written === "string" && written !== "")
      return normalUrl(`${dialect}:${name}`, written, dialect);
  }
  const anyWritten = urls.some(({ name }) => get(name) !== undefined);
  const variables = ranked.map(({ variable = "" }) => variable);
  const variable = anyWritten ? undefined : variables.find((candidate) => process.env[candidate]);
  if (variable !== undefined) {
    const url = normalUrl(variable, process.env[variable] ?? "", dialect);
    warn(
      `The server ${url} comes from the environment variable ${variable}, not from the stack or a provider.`,
    );
    return url;
  }
  const settings = ranked.map(({ name }) => `${dialect}:${name}`).join(" or ");
  throw new BackendError(
    "INVALID_CONFIGURATION",
    `No ${dialect === "apisix" ? "APISIX Admin API" : `Kuma control plane${side ? ` (${side})` : ""}`} is configured. ` +
      `Set ${settings} (pulumi config set ${settings.split(" ")[0]} URL), pass a provider, or set ${variables.join(" or ")}.`,
  );
}

function normalUrl(setting: string, text: string, dialect: DialectName): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (text.includes("@")) {
    throw new BackendError(
      "INVALID_CONFIGURATION",
      `${setting} holds a user name or password, which would stand in every message. Give them as headers.`,
    );
  }
  if (!url || !/^https?:$/.test(url.protocol) || url.search || url.hash) {
    throw new BackendError(
      "INVALID_CONFIGURATION",
      `${setting} is no http or https URL (without query): "${text}".`,
    );
  }
  return `${url.origin}${url.pathname}`
    .replace(/\/+$/, "")
    .replace(dialect === "apisix" ? /\/apisix\/admin$/ : /$^/, "");
}

function credentialOf(
  dialect: DialectName,
  { name, variable = "" }: Setting,
  get: GetConfig,
): string | undefined {
  // A reference goes before a value: generated packages take a value that is left out from the environment.
  const reference = get(`${name}Env`);
  if (typeof reference === "string") {
    const value = process.env[reference]?.trim();
    if (value) return value;
    throw new BackendError(
      "INVALID_CONFIGURATION",
      `${dialect}:${name} refers to the environment variable ${reference}, which is not set here.`,
    );
  }
  const file = get(`${name}File`);
  if (typeof file === "string") {
    try {
      return readFileSync(file, "utf8").trim();
    } catch (error) {
      throw new BackendError(
        "INVALID_CONFIGURATION",
        `${dialect}:${name} refers to the file ${file}, which cannot be read: ${(error as Error).message}.`,
      );
    }
  }
  const written = get(name);
  if (typeof written === "string" && written !== "") return written;
  // A line end that a secret of Kubernetes or of a pipeline has at its end is none of the key's.
  return process.env[variable]?.trim() || undefined;
}

function withoutUndefined(tls: TlsOptions): TlsOptions {
  return Object.fromEntries(Object.entries(tls).filter(([, value]) => value !== undefined)) as TlsOptions;
}

/** The values, and what stands in them after a scheme such as `Basic`. */
function headerSecrets(headers: Record<string, string>): string[] {
  return textsOf(Object.values(headers).flatMap((value) => [value, /^\S+ (\S+)$/.exec(value)?.[1]]));
}
