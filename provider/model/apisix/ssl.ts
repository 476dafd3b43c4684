import { X509Certificate } from "node:crypto";
import * as z from "zod";
import { atMostOneOf, excluding } from "../exclusions.ts";
import { type FieldMeta, hasUnknown, type JsonObject, set, UNKNOWN } from "../fields.ts";
import type { Kind, RuleContext } from "../kind.ts";
import {
  certificate,
  desc,
  host,
  idArgument,
  labels,
  onlyElementOf,
  pem,
  privateKey,
  SERVER_MADE,
} from "./fields.ts";
import { isSecretReference } from "./secret-references.ts";

const schema = z.strictObject({
  sslId: idArgument("SSL object"),
  type: z
    .enum(["server", "client"])
    .default("server")
    .describe(
      "`server` for a host of the gateway, `client` for an upstream that asks for a certificate. Server's default: `server`.",
    ),
  cert: certificate.describe(
    "Certificate, PEM, with its chain; or a reference, `$env://NAME` or `$secret://MANAGER/ID/KEY`.",
  ),
  key: privateKey.describe(
    "Private key of `cert`, PEM, or a reference. Secret, and write-only: a change of it outside is not seen.",
  ),
  certs: z
    .array(certificate)
    .optional()
    .describe("Further certificates or references, such as one of another algorithm; as many as `keys`."),
  keys: z
    .array(pem(64))
    .optional()
    .meta({ secret: true, writeOnly: true } satisfies FieldMeta)
    .describe("Private keys of `certs`, or references, in the same order. Secret, write-only."),
  sni: host()
    .optional()
    .describe("Host to serve. One of `sni` and `snis`, for type `server`.")
    .meta(onlyElementOf("snis")),
  snis: set(host(), 1).optional().describe("Hosts to serve, any of them."),
  client: z
    .strictObject({
      ca: certificate.describe("CA that signs the clients' certificates, PEM."),
      depth: z
        .int()
        .min(0)
        .default(1)
        .describe("Longest chain of a client's certificate. Server's default: 1."),
      skipMtlsUriRegex: set(z.string(), 1)
        .optional()
        .describe("Paths, as regular expressions, that need no client certificate."),
    })
    .optional()
    .describe("Asks clients for a certificate (mTLS)."),
  sslProtocols: set(z.enum(["TLSv1.1", "TLSv1.2", "TLSv1.3"]))
    .optional()
    .describe("Versions of TLS. Server's default: those of its configuration."),
  status: z.literal([0, 1]).default(1).describe("1 serves, 0 does not. Server's default: 1."),
  desc,
  labels,
});

function rules({ type, sni, snis, cert, certs, keys }: JsonObject, { report, known }: RuleContext): void {
  if (known("type") && type !== "client" && sni === undefined && snis === undefined) {
    report("snis", "is missing", 'a certificate of type "server" needs sni or snis');
  }
  if (
    known("certs", "keys") &&
    (Array.isArray(certs) ? certs.length : 0) !== (Array.isArray(keys) ? keys.length : 0)
  ) {
    report("certs", "are not as many as keys");
  }
  if (known("cert") && typeof cert === "string" && !isSecretReference(cert) && !parse(cert))
    report("cert", "is no certificate in PEM form");
}

function parse(cert: unknown): X509Certificate | undefined {
  try {
    return typeof cert === "string" ? new X509Certificate(cert) : undefined;
  } catch {
    return undefined;
  }
}

/** A certificate with its key, of the gateway or for an upstream. */
export const ssl: Kind = {
  type: "apisix:Ssl",
  title: "SSL object",
  doc: 'A certificate with its key: of the gateway (`type: "server"`), or for an upstream that asks for one (`"client"`).',
  docs: "https://apisix.apache.org/docs/apisix/admin-api/#ssl",
  examples: [
    `
const partner = new apisix.Ssl("partner", {
  type: "client",
  cert: config.require("cert"),
  key: config.requireSecret("key"),
});
new apisix.Upstream("partner", {
  scheme: "https",
  nodes: { "api.partner.example:443": 1 },
  tls: { clientCertId: partner.sslId },
});
`,
  ],
  outputs: {
    expires: "When the certificate expires, as in `2027-01-31T12:00:00.000Z`; empty for a reference.",
  },
  dialect: "apisix",
  identity: ["sslId"],
  schema: excluding(schema, atMostOneOf(["sni", "snis"])),
  serverSchema: "ssl",
  path: ([id]) => `ssls/${id}`,
  rules,
  derived: ({ cert }) => (hasUnknown(cert) ? {} : { expires: parse(cert)?.validToDate.toISOString() ?? "" }),
  serverMade: [...SERVER_MADE, "validity_start", "validity_end"],
  imported: ({ certs, ...args }) =>
    Array.isArray(certs) ? { ...args, certs, keys: certs.map(() => UNKNOWN) } : args,
};
