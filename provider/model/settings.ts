import * as z from "zod";
import type { DialectName, Side } from "./kind.ts";

/** A setting of the connection to a server, as an argument of a provider and in the configuration of a stack. */
export interface Setting {
  /** As in `adminUrl`; in the configuration of a stack it stands behind the server's name: `apisix:adminUrl`. */
  name: string;
  /** The servers whose connections have it. */
  servers: readonly DialectName[];
  /** What it may be, and its default. Texts, as a configuration has them, are read with {@link fromText} before. */
  schema: z.ZodType;
  /** What it is, in Markdown, without the default. */
  doc: string;
  /** What a number counts. */
  unit?: string;
  /** What is used where it is left out and the schema has no default, in Markdown. */
  otherwise?: string;
  /** The environment variable that is read where neither a provider nor the stack says it. */
  variable?: string;
  /** Always encrypted in states, and never shown. */
  secret?: true;
  /**
   * What the connection needs it for: a URL, the credential, or the name by which the server is known when its URL changes.
   * A credential is also given by reference, `{ env }` or `{ file }`; in the configuration as NAMEEnv and NAMEFile.
   */
  role?: "url" | "credential" | "id";
  /** The side of a federation that a URL leads to; none for a URL that serves everything. */
  side?: Side;
}

const BOTH: readonly DialectName[] = ["apisix", "kuma"];
const text = z.string().optional();
const pem = z.string().includes("-----BEGIN ", "it is no PEM text (the text itself, not a path)").optional();

const tls = z
  .strictObject({
    caCert: pem.describe("CA that signs the server's certificate, PEM. Default: the CAs of the system."),
    clientCert: pem.describe("Client certificate, PEM, with `clientKey`."),
    clientKey: pem.describe("Private key of the client certificate, PEM. Secret."),
    serverName: text.describe("Name in the server's certificate, if it is not the URL's host."),
    insecureSkipVerify: z
      .boolean()
      .optional()
      .describe("Believes whoever answers. Every run warns. Default: false."),
  })
  .refine(
    ({ clientCert, clientKey }) => (clientCert === undefined) === (clientKey === undefined),
    "clientCert and clientKey go together",
  )
  .meta({ typeName: "TlsArgs", description: "TLS towards a server. Certificates and keys as PEM texts." });

const headers = z.record(
  z.string().regex(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/, "it is no name of a header"),
  z.string().regex(/^[\t\x20-\x7e\x80-\xff]*$/, "it holds a character that no header may hold"),
);

/** Every setting of every connection. Types, documentation and the reading of configurations are made from it. */
export const SETTINGS: readonly Setting[] = [
  {
    name: "adminUrl",
    servers: ["apisix"],
    schema: text,
    doc: "URL of the Admin API, with or without `/apisix/admin`; a path before it is kept.",
    variable: "APISIX_ADMIN_URL",
    role: "url",
  },
  {
    name: "adminKey",
    servers: ["apisix"],
    schema: text,
    doc: "Admin key, of the role admin.",
    variable: "APISIX_ADMIN_KEY",
    secret: true,
    role: "credential",
  },
  {
    name: "gatewayId",
    servers: ["apisix"],
    schema: z.string().min(1).optional(),
    doc: "What tells this gateway from others when its URL changes.",
    otherwise: "origin and path of `adminUrl`",
    role: "id",
  },
  {
    name: "url",
    servers: ["kuma"],
    schema: text,
    doc: "URL of a control plane that serves everything, a standalone one.",
    variable: "KUMA_URL",
    role: "url",
  },
  {
    name: "globalUrl",
    servers: ["kuma"],
    schema: text,
    doc: "URL of the global control plane of a federation, for all that is not written at a zone's.",
    otherwise: "`url`",
    variable: "KUMA_GLOBAL_URL",
    role: "url",
    side: "global",
  },
  {
    name: "zoneUrl",
    servers: ["kuma"],
    schema: text,
    doc: "URL of the zone's control plane in a federation, for zone egresses and what has the origin `zone`.",
    otherwise: "`url`",
    variable: "KUMA_ZONE_URL",
    role: "url",
    side: "zone",
  },
  {
    name: "token",
    servers: ["kuma"],
    schema: text,
    doc: "User token.",
    variable: "KUMA_TOKEN",
    secret: true,
    role: "credential",
  },
  {
    name: "controlPlaneId",
    servers: ["kuma"],
    schema: z.string().min(1).optional(),
    doc: "What tells this control plane from others when its URL changes.",
    otherwise: "origin and path of the URL",
    role: "id",
  },
  {
    name: "tls",
    servers: BOTH,
    schema: tls.default({}),
    doc: "TLS towards the server: `caCert`, `clientCert`, `clientKey`, `serverName` and `insecureSkipVerify`, which warns. In the configuration of a stack it is set with `--path`.",
    secret: true,
  },
  {
    name: "headers",
    servers: BOTH,
    schema: headers.default({}),
    doc: "Further headers of every request, for a proxy in front of the server.",
    secret: true,
  },
  {
    name: "requestTimeout",
    servers: BOTH,
    schema: z.number().positive().max(3600).default(30),
    doc: "Time for one call with its repetitions, at most 3600.",
    unit: "seconds",
  },
  {
    name: "maxConcurrency",
    servers: BOTH,
    schema: z.int().min(1).max(1000).default(10),
    doc: "Connections at the same time, 1 to 1000.",
  },
  {
    name: "deleteUnreachable",
    servers: BOTH,
    schema: z.boolean().default(false),
    doc: "Takes resources as deleted, with a warning, when the server cannot be reached any more (a deleted zone).",
  },
  {
    name: "idPrefix",
    servers: BOTH,
    schema: text,
    doc: "Goes before ids and names that are made from the resource's name, for several stacks on one server.",
    otherwise: "nothing",
  },
  {
    name: "validation",
    servers: BOTH,
    schema: z.enum(["server", "local"]).default("server"),
    doc: "What previews check with: `server` asks the server for its own schemas, for what is there and for what is referred to, each once per operation, and goes on with a warning when it does not answer within 3 seconds; `local` makes no request.",
  },
  {
    name: "customPlugins",
    servers: ["apisix"],
    schema: z.array(z.string()).default([]),
    doc: "Names of plugins whose configurations are passed on as they are, without a check or a warning: the gateway's own plugins, or those that a newer APISIX has changed.",
  },
];

/** What a provider is for a program. */
export const PROVIDERS: Record<DialectName, { doc: string; example: string }> = {
  apisix: {
    doc: "An APISIX gateway. Without one, resources use the stack's configuration (`apisix:adminUrl`, `apisix:adminKey`).",
    example: `
const edge = new apisix.Provider("edge", {
  adminUrl: "https://apisix.internal:9180",
  adminKey: { env: "EDGE_KEY" },
});
new apisix.Upstream("payments", { nodes: { "api.example.com:443": 1 }, scheme: "https" }, { provider: edge });
`,
  },
  kuma: {
    doc: "A Kuma control plane, or a global one with one of its zones. Without one, resources use the stack's configuration (`kuma:url`, or `kuma:globalUrl` and `kuma:zoneUrl`, and `kuma:token`).",
    example: `
const zone = new kuma.Provider("zone-1", {
  globalUrl: "https://global:5682",
  zoneUrl: "https://zone-1:5682",
  token: { env: "KUMA_ZONE_1" },
});
new kuma.ZoneEgress("egress", { networking: { address: "10.0.0.7", port: 10002 } }, { provider: zone });
`,
  },
};

/** The settings of connections to a server. */
export function settingsOf(dialect: DialectName): Setting[] {
  return SETTINGS.filter(({ servers }) => servers.includes(dialect));
}

/**
 * A setting's value as its schema takes it: configurations have numbers and flags as texts, and lists and objects as JSON.
 * Nothing for a text that is no JSON where one is needed.
 */
export function fromText({ schema }: Setting, value: unknown): { value: unknown } | undefined {
  if (typeof value !== "string") return { value };
  const { type } = schemaInside(schema)._zod.def;
  if (type === "string" || type === "enum") return { value };
  if (type === "number") return { value: value.trim() === "" ? value : Number(value) };
  if (type === "boolean") return { value: z.stringbool().safeParse(value).data ?? value };
  try {
    return { value: JSON.parse(value) as unknown };
  } catch {
    return undefined;
  }
}

function schemaInside(schema: z.core.$ZodType): z.core.$ZodType {
  const def = schema._zod.def as { innerType?: z.core.$ZodType };
  return def.innerType ? schemaInside(def.innerType) : schema;
}
