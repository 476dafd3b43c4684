import { isIPv6 } from "node:net";
import * as z from "zod";
import { type FieldMeta, type Form, isObject, type JsonObject, UNKNOWN } from "../fields.ts";
import type { Kind, RuleContext } from "../kind.ts";
import {
  base64Lines,
  CERTIFICATES,
  certificateSource,
  clientCertificate,
  isAddress,
  labels,
  reference,
  resourceName,
} from "./fields.ts";

const PROTOCOLS = ["grpc", "http", "http2", "kafka", "tcp", "tls", "mysql"];
const PROTOCOL = "kuma.io/protocol";

/** The protocol's name may have capital letters. */
const tagsForm: Form = {
  canonical: (tags) =>
    isObject(tags) && typeof tags[PROTOCOL] === "string" && tags[PROTOCOL] !== UNKNOWN
      ? { ...tags, [PROTOCOL]: tags[PROTOCOL].toLowerCase() }
      : tags,
  like(tags, written) {
    if (!isObject(tags) || !isObject(written)) return undefined;
    const { [PROTOCOL]: protocol } = written;
    const same = typeof protocol === "string" && protocol.toLowerCase() === tags[PROTOCOL];
    return same ? { ...tags, [PROTOCOL]: protocol } : undefined;
  },
};

const schema = z.strictObject({
  mesh: reference("kuma:Mesh")
    .optional()
    .describe(
      "Mesh in which the service can be reached. Default: `default`. Another one replaces the service.",
    ),
  name: resourceName()
    .optional()
    .describe(
      "Name at the control plane: an RFC 1123 subdomain. Default: the resource's name. A new one replaces the service.",
    ),
  tags: z
    .record(
      z.string().regex(/^[a-zA-Z0-9.\-_:/]+$/, "is no tag name: letters, digits, . - _ : and /"),
      z
        .string()
        .min(1)
        .regex(/^[a-zA-Z0-9.\-_:]+$/, "is no tag value: letters, digits, . - _ and :"),
    )
    .meta({ form: tagsForm } satisfies FieldMeta)
    .describe(
      "Tags. `kuma.io/service` is needed (the name under which services of the mesh reach it, as `NAME.mesh`); `kuma.io/protocol` is one of grpc, http, http2, kafka, tcp, tls and mysql, tcp if left out; `kuma.io/zone` ties it to a zone.",
    ),
  labels,
  networking: z
    .strictObject({
      address: z
        .string()
        .superRefine((address, context) => {
          const problem = addressProblem(address);
          if (problem) context.addIssue({ code: "custom", message: problem });
        })
        .describe('Host and port, `"httpbin.org:443"`; an IPv6 address in brackets.'),
      tls: z
        .strictObject({
          enabled: z
            .boolean()
            .default(false)
            .describe("Whether the mesh originates TLS. Server's default: false."),
          serverName: z
            .string()
            .refine((name) => name !== "", EMPTY())
            .optional()
            .describe(
              "Server Name Indication to send. Server's default: the address's host. It cannot be switched off.",
            ),
          sni: z
            .string()
            .refine((name) => name !== "", EMPTY())
            .optional()
            .describe("Another name for `serverName`, as in Kuma's documentation.")
            .meta({
              spelling: { of: "serverName", toField: (name) => name, fromField: (name) => name },
            } satisfies FieldMeta),
          allowRenegotiation: z
            .boolean()
            .default(false)
            .describe("Lets the service renegotiate TLS; not recommended. Server's default: false."),
          skipHostnameVerification: z
            .boolean()
            .default(false)
            .describe("Does not compare the certificate's names. Server's default: false."),
          caCert: certificateSource(
            "CA of the service's certificate; without it nothing is verified",
            {},
            base64Lines(),
          ),
          clientCert: certificateSource("Client certificate, with `clientKey`", {}, base64Lines()),
          clientKey: certificateSource(
            "Private key of the client certificate, secret",
            { secret: true },
            base64Lines(),
          ),
        })
        .meta({ exclusions: [clientCertificate] } satisfies FieldMeta)
        .prefault({})
        .describe("TLS origination: services of the mesh speak plain text, the sidecar speaks TLS."),
      disableHostDNSEntry: z
        .boolean()
        .default(false)
        .describe(
          "Leaves out the DNS entry for the real host name, so that only `NAME.mesh` works. Server's default: false.",
        ),
    })
    .describe("Where the service is and how the mesh talks to it."),
});

function EMPTY(): string {
  return "is empty: Kuma refuses that, the document that says it switches SNI off is out of date";
}

/** What is wrong with `host:port`; nothing when it is right. */
export function addressProblem(address: string): string | undefined {
  const match = /^(\[[^\]]*\]|[^:/\s]*):(\d+)$/.exec(address);
  if (!match) return 'is no "host:port" (no scheme, no path; IPv6 in brackets)';
  const [, hostname = "", port] = match;
  const bare = hostname.replace(/^\[|\]$/g, "");
  if (!isAddress(bare) || hostname.startsWith("[") !== isIPv6(bare))
    return "has no valid IP address or domain name before the port";
  return Number(port) >= 1 && Number(port) <= 65535 ? undefined : "has a port that is not in 1 to 65535";
}

function rules({ tags, networking }: JsonObject, { report, known }: RuleContext): void {
  if (isObject(tags) && isObject(networking)) {
    const service = tags["kuma.io/service"];
    const protocol = tags["kuma.io/protocol"];
    if (service === undefined)
      report('tags["kuma.io/service"]', "is missing", "it names the service in the mesh");
    const address = known("networking.address") ? String(networking.address) : "";
    if (service !== undefined && address.replace(/:\d+$/, "").replace(/^\[|\]$/g, "") === service) {
      report('tags["kuma.io/service"]', "is the address's host, which Kuma refuses", "use another name");
    }
    if (
      typeof protocol === "string" &&
      known('tags["kuma.io/protocol"]') &&
      !PROTOCOLS.includes(protocol.toLowerCase())
    ) {
      report(
        'tags["kuma.io/protocol"]',
        "is no protocol of Kuma's",
        `allowed: ${PROTOCOLS.join(", ")}${protocol === "https" ? '; for https write "http" with networking.tls.enabled, or "tcp" without' : ""}`,
      );
    }
  }
  if (isObject(networking) && isObject(networking.tls)) tlsRules(networking.tls, report, known);
}

function tlsRules(tls: JsonObject, report: RuleContext["report"], known: RuleContext["known"]): void {
  const at = "networking.tls";
  if (
    known(`${at}.sni`, `${at}.serverName`) &&
    tls.sni !== undefined &&
    tls.serverName !== undefined &&
    tls.sni !== tls.serverName
  ) {
    report(`${at}.sni`, "differs from serverName, whose other name it is", "keep serverName");
  }
  if (!known(`${at}.enabled`) || tls.enabled === true) return;
  for (const field of [
    ...CERTIFICATES,
    "serverName",
    "sni",
    "allowRenegotiation",
    "skipHostnameVerification",
  ]) {
    if (known(`${at}.${field}`) && tls[field] !== undefined && tls[field] !== false)
      report(`${at}.${field}`, "has no effect without enabled: true");
  }
}

/** A service outside the mesh that services inside may use. */
export const externalService: Kind = {
  type: "kuma:ExternalService",
  title: "external service",
  doc: "A service outside the mesh that services inside may use, as `TAG.mesh` on port 80 (TAG: the tag `kuma.io/service`).",
  docs: "https://kuma.io/docs/latest/policies/external-services/",
  examples: [
    `
new kuma.ExternalService("httpbin", {
  tags: { "kuma.io/service": "httpbin", "kuma.io/protocol": "http" },
  networking: { address: "httpbin.org:443", tls: { enabled: true } },
});
`,
  ],
  dialect: "kuma",
  side: "global",
  identity: ["mesh", "name"],
  identityDefaults: { mesh: "default" },
  schema,
  path: ([mesh, name]) => `meshes/${mesh}/external-services/${name}`,
  rules,
  toServer: (body) => ({ type: "ExternalService", ...body }),
  releases: {
    until: "3.0",
    instead: 'MeshExternalService (of an ExternalBackend: mesh: { kind: "MeshExternalService" })',
  },
  serverMade: ["type", "creationTime", "modificationTime", "kri"],
};
