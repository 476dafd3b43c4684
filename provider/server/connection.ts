import { readFileSync } from "node:fs";
import * as z from "zod";
import type { DialectName } from "../model/kind.ts";
import { textsOf } from "../model/secrets.ts";
import { BackendError } from "./errors.ts";
import { HttpClient, type TlsOptions } from "./http.ts";

/** Reads one configuration value, as in `apisix:adminUrl`. */
export type GetConfig = (key: string) => unknown;

/** Where a dialect's settings stand in the configuration and in the environment. */
export const SETTINGS = {
  apisix: {
    urls: { adminUrl: "APISIX_ADMIN_URL" },
    credential: ["adminKey", "APISIX_ADMIN_KEY"],
    id: "gatewayId",
  },
  kuma: {
    urls: { url: "KUMA_URL", globalUrl: "KUMA_GLOBAL_URL", zoneUrl: "KUMA_ZONE_URL" },
    credential: ["token", "KUMA_TOKEN"],
    id: "controlPlaneId",
  },
} as const satisfies Record<
  DialectName,
  { urls: Record<string, string>; credential: readonly [string, string]; id: string }
>;

const pem = z.string().includes("-----BEGIN ", "it is no PEM text (the text itself, not a path)").optional();

const tlsSchema = z
  .strictObject({
    caCert: pem,
    clientCert: pem,
    clientKey: pem,
    serverName: z.string().optional(),
    insecureSkipVerify: z.boolean().optional(),
  })
  .refine(
    ({ clientCert, clientKey }) => (clientCert === undefined) === (clientKey === undefined),
    "clientCert and clientKey go together",
  );

const headersSchema = z.record(
  z.string().regex(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/, "it is no name of a header"),
  z.string().regex(/^[\t\x20-\x7e\x80-\xff]*$/, "it holds a character that no header may hold"),
);

const settingsSchema = z.object({
  tls: json(tlsSchema).default({}),
  headers: json(headersSchema).default({}),
  requestTimeout: z.coerce.number().positive().max(3600).default(30),
  maxConcurrency: z.coerce.number().int().min(1).max(1000).default(10),
  deleteUnreachable: z.union([z.boolean(), z.stringbool()]).default(false),
  idPrefix: z.string().optional(),
  customPlugins: json(z.array(z.string())).default([]),
  validation: z.enum(["server", "local"]).default("server"),
  id: z.string().min(1).optional(),
});

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
    const written = writtenSettings(dialect, get);
    const [name, variable] = SETTINGS[dialect].credential;
    const credentials = [get(name), get(`${name}Env`), get(`${name}File`)];
    const key = JSON.stringify([dialect, url, written, credentials]);
    const known = this.#known.get(key);
    if (known) return known;
    const settings = readSettings(dialect, written);
    const { tls, headers, requestTimeout, maxConcurrency } = settings;
    if (tls.insecureSkipVerify)
      this.#warn(`${dialect}:tls.insecureSkipVerify is on: whoever answers at ${url} is believed.`);
    const credential = () => credentialOf(dialect, name, variable, get);
    const connection: Connection = {
      url,
      server: settings.id ?? url,
      idPrefix: settings.idPrefix ?? "",
      deleteUnreachable: settings.deleteUnreachable,
      customPlugins: settings.customPlugins,
      validation: settings.validation,
      requestTimeout,
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

/** What is wrong with the settings of a server, as far as that can be said without it; none says `apisix:NAME`. */
export function settingsProblem(dialect: DialectName, settings: Record<string, unknown>): string | undefined {
  const { urls, credential, id } = SETTINGS[dialect];
  const [name] = credential;
  const own = [...Object.keys(urls), name, `${name}Env`, `${name}File`, id];
  const known = [...own, ...Object.keys(settingsSchema.shape).filter((field) => field !== "id")];
  const unknown = Object.keys(settings).find((key) => !known.includes(key));
  if (unknown !== undefined) return `${dialect}:${unknown} is no setting; known: ${known.join(", ")}.`;
  try {
    for (const url of Object.keys(urls))
      if (settings[url] !== undefined) normalUrl(`${dialect}:${url}`, String(settings[url]), dialect);
    readSettings(
      dialect,
      writtenSettings(dialect, (key) => settings[key]),
    );
    return undefined;
  } catch (error) {
    if (error instanceof BackendError) return error.message;
    throw error;
  }
}

/** The settings that are there, as they were written. */
function writtenSettings(dialect: DialectName, get: GetConfig): Record<string, unknown> {
  const fields = Object.keys(settingsSchema.shape);
  const written = fields.map((field) => [field, get(settingName(dialect, field))] as const);
  return Object.fromEntries(written.filter(([, value]) => value !== undefined));
}

function settingName(dialect: DialectName, field: string): string {
  return field === "id" ? SETTINGS[dialect].id : field;
}

function readSettings(dialect: DialectName, written: Record<string, unknown>) {
  const result = settingsSchema.safeParse(written);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const [field, ...rest] = issue?.path ?? [];
  const name = [settingName(dialect, String(field)), ...rest].join(".");
  throw new BackendError(
    "INVALID_CONFIGURATION",
    `The setting ${dialect}:${name} is wrong: ${issue?.message}.`,
  );
}

/** An object of the configuration: explicit providers and `--path` give it as JSON text. */
function json<T extends z.ZodType>(schema: T) {
  return z
    .unknown()
    .transform((value, context) => {
      if (typeof value !== "string") return value;
      try {
        return JSON.parse(value) as unknown;
      } catch {
        context.addIssue({ code: "custom", message: "it is no JSON" });
        return z.NEVER;
      }
    })
    .pipe(schema);
}

function urlOf(
  dialect: DialectName,
  side: "global" | "zone" | undefined,
  get: GetConfig,
  warn: Warn,
): string {
  const { urls } = SETTINGS[dialect];
  const names = side === undefined ? Object.keys(urls) : [`${side}Url`, "url"];
  for (const name of names) {
    const written = get(name);
    if (typeof written === "string" && written !== "")
      return normalUrl(`${dialect}:${name}`, written, dialect);
  }
  const anyWritten = Object.keys(urls).some((name) => get(name) !== undefined);
  const variables = names.map((name) => (urls as Record<string, string>)[name] ?? "");
  const variable = anyWritten ? undefined : variables.find((candidate) => process.env[candidate]);
  if (variable !== undefined) {
    const url = normalUrl(variable, process.env[variable] ?? "", dialect);
    warn(
      `The server ${url} comes from the environment variable ${variable}, not from the stack or a provider.`,
    );
    return url;
  }
  const settings = names.map((name) => `${dialect}:${name}`).join(" or ");
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
  name: string,
  variable: string,
  get: GetConfig,
): string | undefined {
  const written = get(name);
  if (typeof written === "string" && written !== "") return written;
  const reference = get(`${name}Env`);
  if (typeof reference === "string") {
    const value = process.env[reference];
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
  return process.env[variable] || undefined;
}

function withoutUndefined(tls: z.infer<typeof tlsSchema>): TlsOptions {
  return Object.fromEntries(Object.entries(tls).filter(([, value]) => value !== undefined)) as TlsOptions;
}

/** The values, and what stands in them after a scheme such as `Basic`. */
function headerSecrets(headers: Record<string, string>): string[] {
  return textsOf(Object.values(headers).flatMap((value) => [value, /^\S+ (\S+)$/.exec(value)?.[1]]));
}
