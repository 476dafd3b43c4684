import { isIP, isIPv4, isIPv6 } from "node:net";
import * as z from "zod";
import type { FieldMeta } from "../fields.ts";
import { set, UNKNOWN } from "../fields.ts";
import { pluginSecrets } from "./plugin-catalogue.ts";
import { pluginReferences } from "./plugin-references.ts";
import { isSecretReference } from "./secret-references.ts";

const ID = /^[a-zA-Z0-9\-_.]+$/;
/** As the server's pattern, for which a text ends before a line break that ends it, too. */
const HOST = /^\*\n?$|^\*?[0-9a-zA-Z\-._[\]:]+\n?$/;
/** As the server's pattern, likewise; what is white space beyond ASCII is none to the server, which reads bytes. */
const LABEL = /^[^\t-\r ]+\n?$/;

/** An id of APISIX: what its router would cut short or misread is refused, with a legal one proposed. */
export function identifier(): z.ZodString {
  return z.string().superRefine((id, context) => {
    if (ID.test(id) && id.length <= 64 && id !== "." && id !== "..") return;
    const legal = id
      .slice(0, 256)
      .replace(/[^a-zA-Z0-9\-_.]+/g, "-")
      .replace(/^[-.]+/, "")
      .slice(0, 64);
    context.addIssue({
      code: "custom",
      message: `is no id: 1 to 64 of a-z A-Z 0-9 - _ . and neither "." nor ".."`,
      params: { hint: legal ? `for example "${legal}"` : undefined },
    });
  });
}

/** The id of another object, of a type such as `apisix:Upstream` or of none of ours; a number is an id, too. */
export function reference(type?: string): z.ZodUnion<readonly [z.ZodString, z.ZodInt]> {
  const id = z.union([identifier(), z.int().min(1)]);
  return type === undefined ? id : id.meta({ reference: type } satisfies FieldMeta);
}

/** A host name, with `*` alone or in front, or an address; IPv6 in brackets. */
export function host(): z.ZodString {
  return z
    .string()
    .regex(HOST, "is no host name or address (no scheme, path or space)")
    .superRefine((text, context) => {
      if (isIPv6(text)) {
        context.addIssue({
          code: "custom",
          message: "is an IPv6 address without brackets",
          params: { hint: `write "[${text}]"` },
        });
      }
    });
}

/** A known host name that DNS resolves: not an address, not a pattern. */
export function isDomain(text: unknown): boolean {
  if (typeof text !== "string" || text === UNKNOWN) return false;
  return /^[0-9a-zA-Z\-._]+$/.test(text) && /[a-zA-Z]/.test(text) && isIP(text) === 0;
}

const IPV4_RANGE = /^(\d{1,3}(?:\.\d{1,3}){3})\/([12]?[0-9]|3[0-2])$/;
const IPV6_RANGE = /^([a-fA-F0-9:]+)\/(\d{1,3})$/;

/** A field that is written instead of a list of one. */
export function onlyElementOf(list: string): FieldMeta {
  return {
    spelling: {
      of: list,
      toField: (value) => [value],
      fromField: (values) => (Array.isArray(values) && values.length === 1 ? values[0] : undefined),
    },
  };
}

/** A client's address or a range of them in CIDR notation. */
export function clientAddress(): z.ZodString {
  return z.string().refine((text) => {
    if (text.includes("%")) return false;
    if (isIPv4(text) || isIPv6(text)) return true;
    const v4 = IPV4_RANGE.exec(text);
    if (v4) return isIPv4(v4[1] ?? "");
    const v6 = IPV6_RANGE.exec(text);
    return v6 !== null && isIPv6(v6[1] ?? "") && Number(v6[2]) <= 128;
  }, 'is no IPv4 or IPv6 address or range such as "10.0.0.0/8"');
}

/** A name of 1 to 256 characters. */
export const name = z
  .string()
  .min(1)
  .max(256)
  .optional()
  .describe("Name for people, 1 to 256 characters (100 before APISIX 3.12). It need not be unique.");

/** A description of at most 256 characters. */
export const desc = z.string().max(256).optional().describe("Description, at most 256 characters.");

/** Labels; `pulumi-*` are ours. */
export const labels = z
  .record(
    z
      .string()
      .refine((key) => !/^pulumi-(owner|stack)$/.test(key), "is a label that this package writes itself"),
    z.string().min(1).max(256).regex(LABEL, "may hold no white space"),
  )
  .prefault({})
  .describe(
    "Labels, values of 1 to 256 characters without white space. `pulumi-owner` and `pulumi-stack` are written by this package and refused here.",
  );

/** The three timeouts. */
export const timeout = z
  .strictObject({
    connect: z.number().positive().describe("Time to connect to a node, in seconds, greater than 0."),
    send: z.number().positive().describe("Time between two writes to a node, in seconds, greater than 0."),
    read: z.number().positive().describe("Time between two reads from a node, in seconds, greater than 0."),
  })
  .meta({ typeName: "Timeout", description: "The three timeouts, in seconds." })
  .optional();

/** Plugins and their configurations. */
export const plugins = z.record(z.string(), z.record(z.string(), z.unknown())).meta({
  sensitive: true,
  secretPaths: pluginSecrets,
  writeOnlySecrets: true,
  references: pluginReferences,
  typeName: "Plugins",
} satisfies FieldMeta);

/** HTTP methods that APISIX knows. */
const METHODS = [
  "GET",
  "POST",
  "PUT",
  "DELETE",
  "PATCH",
  "HEAD",
  "OPTIONS",
  "CONNECT",
  "TRACE",
  "PURGE",
] as const;

/** One of {@link METHODS}. */
export function httpMethod() {
  return z.enum(METHODS).meta({ typeName: "HttpMethod", description: "An HTTP method that APISIX knows." });
}

/** HTTP statuses from 200 to 599. */
export function statuses(standard: number[]) {
  return set(z.int().min(200).max(599), 1).default(standard);
}

/** A Lua script that gives a table of functions, one for each phase. */
export function luaScript(): z.ZodString {
  const examples = ["local m = {}\nfunction m.access(ctx) end\nreturn m"];
  return z
    .string()
    .min(10)
    .max(102400)
    .meta({ examples } satisfies FieldMeta);
}

/** A count between two bounds with the server's default. */
export function count(minimum: number, maximum: number, standard: number) {
  return z.int().min(minimum).max(maximum).default(standard);
}

/** Plugins of a consumer, with its credentials. */
export const consumerPlugins = z.record(z.string(), z.record(z.string(), z.unknown())).meta({
  sensitive: true,
  secretPaths: pluginSecrets,
  writeOnlySecrets: true,
  references: pluginReferences,
  typeName: "ConsumerPlugins",
} satisfies FieldMeta);

/** The argument that names an object of this kind. */
export function idArgument(what: string) {
  return identifier()
    .optional()
    .describe(
      `Id at the gateway: 1 to 64 of \`a-z A-Z 0-9 - _ .\`. Default: the resource's name. A new one replaces the ${what}.`,
    );
}

/** The name of a consumer. */
export function username(): z.ZodString {
  return z
    .string()
    .min(1)
    .max(256)
    .regex(/^[a-zA-Z0-9_-]+$/, "is no user name: letters, digits, _ and -");
}

/** A PEM text of at least so many characters, or a reference to one that the gateway resolves. */
export function pem(least: number): z.ZodString {
  return z.string().superRefine((text, context) => {
    if (isSecretReference(text)) return;
    const report = (message: string) => context.addIssue({ code: "custom", message });
    if (text.length < least) report(`is too short: at least ${least} characters`);
    if (text.length > 65536) report("is too long: at most 65536 characters");
  });
}

/** A certificate as PEM text, or a reference to one. */
export const certificate = pem(128);

/** A private key as PEM text, or a reference to one, which the server does not give back. */
export const privateKey = pem(64).meta({ secret: true, writeOnly: true } satisfies FieldMeta);

/** What APISIX adds to every object. */
export const SERVER_MADE = ["id", "create_time", "update_time"];
