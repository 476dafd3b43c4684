import { isIP } from "node:net";
import * as z from "zod";
import { allOrNone, exactlyOneOf } from "../exclusions.ts";
import { type FieldMeta, isObject, type JsonObject } from "../fields.ts";
import type { Kind, Side } from "../kind.ts";

const PART = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const SUBDOMAIN = new RegExp(`^${PART}(\\.${PART})*$`);

/** A name of Kuma: an RFC 1123 subdomain of at most 253 characters, or fewer; a legal one is proposed. */
export function resourceName(longest = 253): z.ZodString {
  return z.string().superRefine((name, context) => {
    // The length first: a pattern that looks at megabytes may find no end.
    if (name.length <= longest && SUBDOMAIN.test(name)) return;
    const legal = name
      .slice(0, longest)
      .toLowerCase()
      .replace(/[^a-z0-9.-]+/g, "-")
      .replace(/^[-.]+|[-.]+$/g, "");
    context.addIssue({
      code: "custom",
      message: `is no name: lower case letters, digits, - and ., first and last a letter or digit, at most ${longest}`,
      params: { hint: SUBDOMAIN.test(legal) ? `for example "${legal}"` : undefined },
    });
  });
}

/** The longest name of a mesh, and of a service that gets host names. */
export const LONGEST_DNS_LABEL = 63;

/** The name of another object, of a type such as `kuma:Mesh`. */
export function reference(type: string): z.ZodString {
  return resourceName().meta({ reference: type } satisfies FieldMeta);
}

const LABEL_PART = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;

/** Labels as in Kubernetes; `kuma.io/*` are the server's, `pulumi-*` ours. */
export const labels = z
  .record(
    z.string().superRefine((key, context) => {
      const [name = "", prefix] = key.split("/").reverse();
      const problem = /(^|\.)kuma\.io\//.test(key)
        ? "is a label of the server's own"
        : /^pulumi-(owner|stack)$/.test(key)
          ? "is a label that this package writes itself"
          : name.length > 63 ||
              !LABEL_PART.test(name) ||
              key.split("/").length > 2 ||
              (prefix !== undefined && (prefix.length > 253 || !SUBDOMAIN.test(prefix)))
            ? "is no label: letters, digits, - _ and ., at most 63 characters, with a domain and / before it or not"
            : undefined;
      if (problem) context.addIssue({ code: "custom", message: problem });
    }),
    z
      .string()
      .max(63)
      .refine(
        (value) => value === "" || value.length > 63 || LABEL_PART.test(value),
        "is no label value: letters, digits, - _ and ., at most 63",
      ),
  )
  .prefault({})
  .describe(
    "Labels as in Kubernetes. `kuma.io/*` are the server's, `pulumi-owner` and `pulumi-stack` this package's; both are refused here.",
  );

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

/** The certificates of TLS origination. */
export const CERTIFICATES = ["caCert", "clientCert", "clientKey"];

/** A PEM text from one of three sources. */
export function certificateSource(what: string, meta: FieldMeta = {}) {
  return z
    .strictObject({
      secret: reference("kuma:Secret").optional().describe("Name of a Secret of the mesh."),
      inline: base64().min(1).optional().describe("The PEM text as base64.").meta(meta),
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

/** Says on the wire what a zone's control plane asks of its own objects. */
export function withOrigin(toServer: (body: JsonObject) => JsonObject): (body: JsonObject) => JsonObject {
  return ({ origin: side, ...body }) => {
    const labels = isObject(body.labels) ? body.labels : {};
    return toServer(side === "zone" ? { ...body, labels: { ...labels, "kuma.io/origin": "zone" } } : body);
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
