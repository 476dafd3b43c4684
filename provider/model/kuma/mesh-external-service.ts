import * as z from "zod";
import { type FieldMeta, isObject, type JsonObject } from "../fields.ts";
import type { Kind, Report, Reported } from "../kind.ts";
import {
  certificateSource,
  clientCertificate,
  inSpec,
  LONGEST_DNS_LABEL,
  labels,
  origin,
  port,
  reference,
  resourceName,
} from "./fields.ts";
import { address, dnsName } from "./policies/checks.ts";
import { entriesOf, inside, judgeAt, versionRules } from "./policies/entries.ts";
import { nameWarnings } from "./policies/service-names.ts";

const VERSIONS = ["TLSAuto", "TLS10", "TLS11", "TLS12", "TLS13"] as const;

/** What a MeshExternalService says; below `spec` on the wire. */
export const meshExternalServiceShape = {
  match: z
    .strictObject({
      type: z
        .enum(["HostnameGenerator"])
        .nullable()
        .default("HostnameGenerator")
        .describe("How services find it. Server's default and only one: `HostnameGenerator`."),
      port: port().describe("Port under which services of the mesh reach it, 1 to 65535."),
      protocol: z
        .enum(["tcp", "grpc", "http", "http2"])
        .nullable()
        .default("tcp")
        .describe("Protocol. Server's default: `tcp`."),
    })
    .describe("Which traffic goes to it."),
  extension: z
    .strictObject({
      type: z.string().min(1).describe("Name of the extension."),
      config: z.record(z.string(), z.unknown()).optional().describe("Its settings."),
    })
    .optional()
    .describe("An extension that serves it instead of `endpoints`."),
  endpoints: z
    .array(
      z.strictObject({
        address: z.string().min(1).describe("Domain name or IP address, without a port."),
        port: port().describe("Port, 1 to 65535."),
        priority: z
          .int()
          .min(0)
          .max(128)
          .optional()
          .describe("Endpoints of a higher number are used when the others fail, 0 to 128."),
      }),
    )
    .optional()
    .describe("Where it is."),
  tls: z
    .strictObject({
      enabled: z
        .boolean()
        .nullable()
        .default(false)
        .describe("Whether the mesh originates TLS. Server's default: false."),
      version: z
        .strictObject({
          min: z
            .enum(VERSIONS)
            .nullable()
            .default("TLSAuto")
            .describe("Lowest version of TLS. Server's default: `TLSAuto`."),
          max: z
            .enum(VERSIONS)
            .nullable()
            .default("TLSAuto")
            .describe("Highest version of TLS. Server's default: `TLSAuto`."),
        })
        .prefault({})
        .describe("Versions of TLS."),
      allowRenegotiation: z
        .boolean()
        .nullable()
        .default(false)
        .describe("Lets the service renegotiate TLS; not recommended. Server's default: false."),
      verification: z
        .strictObject({
          mode: z
            .enum(["SkipSAN", "SkipCA", "Secured", "SkipAll"])
            .nullable()
            .default("Secured")
            .describe("What is verified. Server's default: `Secured`, all."),
          serverName: z
            .string()
            .min(1)
            .optional()
            .describe(
              "Server Name Indication to send, and name to verify. Server's default: the endpoint's address.",
            ),
          subjectAltNames: z
            .array(
              z.strictObject({
                type: z
                  .enum(["Exact", "Prefix"])
                  .nullable()
                  .default("Exact")
                  .describe("How the name is compared. Server's default: `Exact`."),
                value: z.string().describe("The name."),
              }),
            )
            .optional()
            .describe("Names of which the certificate must have one."),
          caCert: certificateSource("CA of the service's certificate"),
          clientCert: certificateSource("Client certificate, with `clientKey`"),
          clientKey: certificateSource("Private key of the client certificate, secret", { secret: true }),
        })
        .meta({ exclusions: [clientCertificate] } satisfies FieldMeta)
        .prefault({})
        .describe("What is verified, and how."),
    })
    .prefault({})
    .describe("TLS origination."),
};

/**
 * Rules between what a MeshExternalService says. With an extension it is the extension that judges endpoints and TLS.
 *
 * @param at What goes before the fields' paths, as in `spec.`.
 */
export function externalServiceRules(spec: JsonObject, at: string, report: Report): void {
  if (isObject(spec.extension)) return;
  for (const endpoint of entriesOf(spec.endpoints, `${at}endpoints`))
    judgeAt(endpoint.object.address, `${endpoint.at}.address`, address, report);
  const { version, verification } = inside(spec, "tls");
  if (isObject(version)) versionRules(version, `${at}tls.version`, report);
  if (isObject(verification))
    judgeAt(verification.serverName, `${at}tls.verification.serverName`, dnsName, report);
}

const schema = z.strictObject({
  mesh: reference("kuma:Mesh")
    .optional()
    .describe(
      "Mesh in which the service can be reached. Default: `default`. Another one replaces the service.",
    ),
  name: resourceName(LONGEST_DNS_LABEL)
    .optional()
    .describe(
      "Name at the control plane: an RFC 1123 subdomain of at most 63 characters. Default: the resource's name. A new one replaces the service.",
    ),
  labels,
  origin,
  ...meshExternalServiceShape,
  waitForHostname: z
    .int()
    .min(0)
    .max(600)
    .optional()
    .meta({ local: true } satisfies FieldMeta)
    .describe(
      "Seconds to wait after a create or an update for the outputs `hostnames` and `vip`, which a control plane makes some seconds later. What has not come by then is a warning, and absent. Default: 0, not waited for.",
    ),
});

/** On the wire; how long it is waited for is nothing that the server knows. */
const { toServer, ...wire } = inSpec("MeshExternalService");

/** The host names and the address that the control plane has given to a service. */
const reported: Reported = {
  outputs: { hostnames: "texts", vip: "text" },
  wait: "waitForHostname",
  of({ status }) {
    const { addresses, vip } = isObject(status) ? status : {};
    const names = listOf(addresses).flatMap(({ hostname }) =>
      typeof hostname === "string" && hostname !== "" ? [hostname] : [],
    );
    const ip = isObject(vip) ? vip.ip : undefined;
    return {
      ...(names.length > 0 ? { hostnames: [...new Set(names)].sort() } : {}),
      ...(typeof ip === "string" && ip !== "" ? { vip: ip } : {}),
    };
  },
  why({ status }) {
    const generators = listOf(isObject(status) ? status.hostnameGenerators : undefined);
    const messages = generators.flatMap(({ conditions }) => listOf(conditions).map(({ message }) => message));
    const [message] = messages.filter((text) => typeof text === "string" && text !== "");
    if (typeof message === "string") return `its generator of host names says: ${message}`;
    if (isObject(status) && isObject(status.vip) && status.vip.ip !== undefined)
      return "no HostnameGenerator of the control plane has chosen it";
    return "the control plane has not given it any";
  },
};

function listOf(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** A service outside the mesh, the newer way. */
export const meshExternalService: Kind = {
  type: "kuma:MeshExternalService",
  title: "mesh external service",
  doc: "A service outside the mesh, the newer way, and the only one in Kuma 3.",
  docs: "https://kuma.io/docs/latest/networking/meshexternalservice/",
  examples: [
    `
new kuma.MeshExternalService("httpbin", {
  match: { port: 80, protocol: "http" },
  endpoints: [{ address: "httpbin.org", port: 443 }],
  tls: { enabled: true, verification: { serverName: "httpbin.org" } },
});
`,
    `
new kuma.MeshExternalService("mail", {
  match: { port: 25 },
  endpoints: [{ address: "mail.example.com", port: 25 }],
  waitForHostname: 30,
});
`,
  ],
  dialect: "kuma",
  identity: ["mesh", "name"],
  identityDefaults: { mesh: "default" },
  schema,
  rules(args, { report, warn }) {
    externalServiceRules(args, "", report);
    const { port: section } = inside(args, "match");
    const tell = (text: string) =>
      warn(`The mesh external service "${String(args.mesh)}/${String(args.name)}": ${text}`);
    nameWarnings(args, "extsvc", [typeof section === "number" ? String(section) : undefined], tell);
  },
  path: ([mesh, name]) => `meshes/${mesh}/meshexternalservices/${name}`,
  ...wire,
  toServer: ({ waitForHostname: _, ...body }) => toServer?.(body) ?? body,
  reported,
  outputs: {
    hostnames:
      "Names under which services of the mesh reach it, at `match.port`. They come some seconds after the service, so they are absent at first unless `waitForHostname` waits for them; a global control plane gives none, its zones do.",
    vip: "Virtual IP address behind the names. Comes, or is absent, as `hostnames`.",
  },
  releases: { since: "2.8", instead: "ExternalService" },
  serverMade: ["type", "creationTime", "modificationTime", "kri", "snis", "status"],
};
