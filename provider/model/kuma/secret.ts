import * as z from "zod";
import { exactlyOneOf, excluding } from "../exclusions.ts";
import { type FieldMeta, type Json, UNKNOWN } from "../fields.ts";
import type { Kind } from "../kind.ts";
import { base64Lines, labels, reference, resourceName } from "./fields.ts";

const secretText = { secret: true } satisfies FieldMeta;

function encoded(value: Json): Json {
  return typeof value === "string" && value !== UNKNOWN ? Buffer.from(value).toString("base64") : value;
}

/** The text, if the bytes are one. */
function decoded(data: Json): Json | undefined {
  const text = typeof data === "string" ? Buffer.from(data, "base64").toString("utf8") : undefined;
  return text !== undefined && encoded(text) === data ? text : undefined;
}

const schema = z.strictObject({
  mesh: reference("kuma:Mesh")
    .optional()
    .describe("Mesh that may use the secret. Default: `default`. Another one replaces the secret."),
  name: resourceName()
    .optional()
    .describe(
      "Name at the control plane: an RFC 1123 subdomain. Default: the resource's name. A new one replaces the secret.",
    ),
  labels,
  data: base64Lines()
    .meta(secretText)
    .optional()
    .describe("The value as base64; empty is none. Secret. Either this or `value`."),
  value: z
    .string()
    .meta({
      ...secretText,
      spelling: { of: "data", toField: encoded, fromField: decoded },
    } satisfies FieldMeta)
    .optional()
    .describe("The value as it is, such as a PEM text. Secret."),
});

const MADE_WITH_MESH =
  /^(.+\.ca-builtin-(cert|key)-.+|(dataplane|zone|zone-ingress|user)-token-signing-key.*|envoy-admin-ca|inter-cp-ca)$/;

/** A secret of a mesh, such as a certificate that an external service refers to. */
export const secret: Kind = {
  type: "kuma:Secret",
  title: "secret",
  doc: "A secret of a mesh, such as a certificate; an external service refers to it by name, so a new value changes the secret only.",
  docs: "https://kuma.io/docs/latest/production/secure-deployment/secrets/",
  examples: [
    `
const ca = new kuma.Secret("httpbin-ca", { value: config.requireSecret("ca") });
new kuma.ExternalService("httpbin", {
  tags: { "kuma.io/service": "httpbin" },
  networking: { address: "httpbin.org:443", tls: { enabled: true, caCert: { secret: ca.name } } },
});
`,
  ],
  dialect: "kuma",
  side: "global",
  identity: ["mesh", "name"],
  identityDefaults: { mesh: "default" },
  schema: excluding(schema, exactlyOneOf(["value", "data"], { missing: "give value, or data as base64" })),
  unlisted: true,
  path: ([mesh, name]) => `meshes/${mesh}/secrets/${name}`,
  toServer: (body) => ({ type: "Secret", ...body }),
  fromServer: ({ data = "", ...body }) => ({ ...body, data }),
  serverMade: ["type", "creationTime", "modificationTime", "kri"],
  madeByServer: ({ name }) =>
    MADE_WITH_MESH.test(String(name)) ? "is made by Kuma with the mesh" : undefined,
};
