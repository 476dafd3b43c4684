import { isIP } from "node:net";
import * as z from "zod";
import { allOrNone, exactlyOneOf } from "../exclusions.ts";
import { type FieldMeta, isObject, type Json, type JsonObject } from "../fields.ts";
import type { Kind, Side } from "../kind.ts";
import { ORIGIN_LABEL } from "./labels.ts";
import { isSubdomain } from "./names.ts";

export { labels } from "./labels.ts";

/** A name of Kuma: an RFC 1123 subdomain of at most 253 characters, or fewer; a legal one is proposed. */
export function resourceName(longest = 253): z.ZodString {
  return z.string().superRefine((name, context) => {
    if (name.length <= longest && isSubdomain(name)) return;
    const legal = name
      .slice(0, longest)
      .toLowerCase()
      .replace(/[^a-z0-9.-]+/g, "-")
      .replace(/^[-.]+|[-.]+$/g, "");
    context.addIssue({
      code: "custom",
      message: `is no name: lower case letters, digits, - and ., first and last a letter or digit, at most ${longest}`,
      params: { hint: isSubdomain(legal) ? `for example "${legal}"` : undefined },
    });
  });
}

/** The longest name of a mesh, and of a service that gets host names. */
export const LONGEST_DNS_LABEL = 63;

/** The name of another object, of a type such as `kuma:Mesh`. */
export function reference(type: string): z.ZodString {
  return resourceName().meta({ reference: type } satisfies FieldMeta);
}

/** An IP address or a domain name, as Kuma takes them: underscores are legal, zones of IPv6 are not. */
export function isAddress(text: string): boolean {
  if (text.length > 255) return false;
  if (isIP(text) !== 0) return !text.includes("%");
  if (/^[\d.]+$/.test(text)) return false;
  return /^[a-zA-Z0-9_]([\w-]{0,62})(\.[a-zA-Z0-9_]([\w-]{0,62}))*[._]?$/.test(text);
}

/** A port. */
export function port(): z.ZodInt {
  return z.int().min(1).max(65535);
}

/** Base64 as Go reads it: with padding, without line breaks. */
export function base64(): z.ZodString {
  return z
    .string()
    .refine(
      (text) => text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text),
      "is not base64 (with padding, no line breaks)",
    );
}

/** Base64 in which there may be line breaks, as Go reads it, too; the server keeps it without them. */
export function base64Lines(): z.ZodString {
  return z
    .string()
    .refine(
      (text) => base64().safeParse(inOneLine(text)).success,
      "is not base64 (with padding; line breaks may stand in it, but nothing else)",
    )
    .meta({
      form: {
        canonical: inOneLine,
        like: (canonical, written) => (inOneLine(written) === canonical ? written : undefined),
      },
    } satisfies FieldMeta);
}

function inOneLine<T extends Json>(text: T): T | string {
  return typeof text === "string" ? text.replace(/[\r\n]/g, "") : text;
}

/** The certificates of TLS origination. */
export const CERTIFICATES = ["caCert", "clientCert", "clientKey"];

/** A PEM text from one of three sources. */
export function certificateSource(what: string, meta: FieldMeta = {}, inline = base64()) {
  return z
    .strictObject({
      secret: reference("kuma:Secret").optional().describe("Name of a Secret of the mesh."),
      inline: inline.min(1).optional().describe("The PEM text as base64.").meta(meta),
      inlineString: z.string().min(1).optional().describe("The PEM text as it is.").meta(meta),
    })
    .meta({
      typeName: "CertificateSource",
      description: "A PEM text: exactly one of `secret`, `inline` and `inlineString`.",
      exclusions: [
        exactlyOneOf(["secret", "inline", "inlineString"], { several: "Kuma would take one in silence" }),
      ],
    })
    .optional()
    .describe(`${what}: exactly one of \`secret\`, \`inline\` and \`inlineString\`.`);
}

/** A client certificate needs its key. */
export const clientCertificate = allOrNone("clientCert", "clientKey");

/** Where an object that either side may have is written. */
export const origin = z
  .enum(["global", "zone"])
  .default("global")
  .meta({ local: true } satisfies FieldMeta)
  .describe(
    "Where it is written: at the global control plane, for all zones, or at the zone's, for that zone. Default: `global`.",
  );

/** The side that {@link origin} names. */
export function originSide(args: JsonObject): Side {
  return args.origin === "zone" ? "zone" : "global";
}

/**
 * Says on the wire what a zone's control plane asks of its own objects.
 *
 * @param only The side that alone has the kind.
 */
export function withOrigin(
  toServer: (body: JsonObject) => JsonObject,
  only?: Side,
): (body: JsonObject) => JsonObject {
  return ({ origin: side = only ?? "global", ...body }) => {
    const labels = isObject(body.labels) ? body.labels : {};
    return toServer(side === "zone" ? { ...body, labels: { [ORIGIN_LABEL]: "zone", ...labels } } : body);
  };
}

/** How a kind goes onto the wire whose fields, but for its name, stand below `spec`, and which either side may have. */
export function inSpec(type: string): Pick<Kind, "side" | "toServer" | "fromServer"> {
  return {
    side: originSide,
    toServer: withOrigin(({ mesh, name, labels: given, ...spec }) => ({
      type,
      ...(mesh === undefined ? {} : { mesh }),
      ...(name === undefined ? {} : { name }),
      ...(given === undefined ? {} : { labels: given }),
      spec,
    })),
    fromServer: ({ spec, ...body }) => ({ ...body, ...(isObject(spec) ? spec : {}) }),
  };
}
