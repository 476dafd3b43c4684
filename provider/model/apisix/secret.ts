import * as z from "zod";
import { atMostOneOf } from "../exclusions.ts";
import type { FieldMeta, JsonObject } from "../fields.ts";
import type { Kind, RuleContext } from "../kind.ts";
import { idArgument, onlyElementOf, SERVER_MADE } from "./fields.ts";

const hidden = { secret: true, writeOnly: true } satisfies FieldMeta;
const url = z
  .string()
  .regex(/^https?:\/\/([\da-zA-Z.-]+|\[[\da-fA-F:]+\])(:\d+)?/, "is no http or https URL")
  .meta({ examples: ["https://vault.example:8200", "http://10.0.0.1/x", "https://[::1]:8200"] });

const schema = z.strictObject({
  manager: z.enum(["vault", "aws", "gcp"]).describe("Secret manager. Another one replaces the object."),
  secretId: idArgument("secret"),
  uri: url.optional().describe("URL of Vault, http or https. Only with the manager `vault`, which needs it."),
  prefix: z
    .string()
    .optional()
    .describe(
      "Path of Vault's key-value engine, as in `kv/apisix`. Only with the manager `vault`, which needs it.",
    ),
  token: z.string().optional().meta(hidden).describe("Vault's token, or `$env://NAME`. Secret, write-only."),
  namespace: z
    .string()
    .optional()
    .describe("Namespace of Vault (Enterprise). Only with the manager `vault`."),
  accessKeyId: z.string().optional().meta(hidden).describe("AWS's access key id. Secret, write-only."),
  secretAccessKey: z
    .string()
    .optional()
    .meta(hidden)
    .describe("AWS's secret access key. Secret, write-only."),
  sessionToken: z.string().optional().meta(hidden).describe("AWS's session token. Secret, write-only."),
  region: z.string().default("us-east-1").describe("AWS's region. Server's default: `us-east-1`."),
  endpointUrl: url
    .optional()
    .describe("Endpoint of AWS's Secrets Manager. Server's default: that of the region."),
  authConfig: z
    .strictObject({
      clientEmail: z.string().describe("E-mail address of the service account."),
      privateKey: z.string().meta(hidden).describe("Private key of the service account. Secret, write-only."),
      projectId: z.string().describe("Project of Google Cloud that holds the secrets."),
      tokenUri: z
        .string()
        .default("https://oauth2.googleapis.com/token")
        .describe(
          "URL of the token server of the service account. Server's default: `https://oauth2.googleapis.com/token`.",
        ),
      scope: z
        .array(z.string())
        .default(["https://www.googleapis.com/auth/cloud-platform"])
        .describe(
          "OAuth scopes of the tokens. Server's default: `https://www.googleapis.com/auth/cloud-platform`.",
        ),
      scopes: z.string().meta(onlyElementOf("scope")).optional().describe("One scope, instead of `scope`."),
      entriesUri: z
        .string()
        .default("https://secretmanager.googleapis.com/v1")
        .describe(
          "URL of Google's Secret Manager. Server's default: `https://secretmanager.googleapis.com/v1`.",
        ),
    })
    .meta({ exclusions: [atMostOneOf(["scope", "scopes"])] } satisfies FieldMeta)
    .optional()
    .describe("Service account of Google Cloud. Either this or `authFile`."),
  authFile: z.string().optional().describe("File on the gateway with the service account."),
  sslVerify: z
    .boolean()
    .default(true)
    .describe("Whether Google's certificate is verified. Server's default: true."),
});

const FIELDS: Record<string, { needed: string[]; allowed: string[] }> = {
  vault: { needed: ["uri", "prefix", "token"], allowed: ["namespace"] },
  aws: { needed: ["accessKeyId", "secretAccessKey"], allowed: ["sessionToken", "region", "endpointUrl"] },
  gcp: { needed: [], allowed: ["authConfig", "authFile", "sslVerify"] },
};

function rules(args: JsonObject, { report, known }: RuleContext): void {
  const fields = known("manager") ? FIELDS[String(args.manager)] : undefined;
  if (!fields) return;
  for (const field of fields.needed) {
    if (args[field] === undefined) report(field, "is missing", `the manager ${args.manager} needs it`);
  }
  for (const field of Object.keys(args)) {
    if (!["manager", "secretId", ...fields.needed, ...fields.allowed].includes(field)) {
      report(field, `is no field of the manager ${args.manager}`);
    }
  }
  if (args.manager === "gcp" && (args.authConfig === undefined) === (args.authFile === undefined)) {
    report("authConfig", "and authFile: exactly one of the two is needed");
  }
}

/** A secret manager that plugins may refer to as `$secret://MANAGER/ID/…`. */
export const apisixSecret: Kind = {
  type: "apisix:Secret",
  title: "secret",
  doc: "A secret manager that plugins may refer to as `$secret://MANAGER/ID/…`.",
  docs: "https://apisix.apache.org/docs/apisix/admin-api/#secret",
  examples: [
    `
new apisix.Secret("vault", {
  manager: "vault",
  uri: "https://vault.internal:8200",
  prefix: "kv/apisix",
  token: "$env://VAULT_TOKEN",
});
`,
  ],
  releases: { since: "3.1", instead: "references to the environment, `$env://NAME`" },
  dialect: "apisix",
  identity: ["manager", "secretId"],
  schema,
  unlisted: true,
  path: ([manager, id]) => `secrets/${manager}/${id}`,
  rules,
  serverMade: SERVER_MADE,
};
