import type { JsonObject } from "./store.ts";

// The Admin API has no call that tells these schemas; they are the ones that it applies.

const text = { type: "string" };
const uri = { type: "string", pattern: "^[^\\/]+:\\/\\/([\\da-zA-Z.-]+|\\[[\\da-fA-F:]+\\])(:\\d+)?" };

/** The schemas of the secret managers. */
export const secretManagers: Record<string, JsonObject> = {
  vault: {
    type: "object",
    properties: { uri, prefix: text, token: text, namespace: text },
    required: ["uri", "prefix", "token"],
  },
  aws: {
    type: "object",
    properties: {
      access_key_id: text,
      secret_access_key: text,
      session_token: text,
      region: { ...text, default: "us-east-1" },
      endpoint_url: uri,
    },
    required: ["access_key_id", "secret_access_key"],
  },
  gcp: {
    type: "object",
    properties: {
      auth_config: {
        type: "object",
        properties: {
          client_email: text,
          private_key: text,
          project_id: text,
          token_uri: { ...text, default: "https://oauth2.googleapis.com/token" },
          scope: {
            type: "array",
            items: text,
            default: ["https://www.googleapis.com/auth/cloud-platform"],
          },
          entries_uri: { ...text, default: "https://secretmanager.googleapis.com/v1" },
        },
        required: ["client_email", "private_key", "project_id"],
      },
      ssl_verify: { type: "boolean", default: true },
      auth_file: text,
    },
    oneOf: [{ required: ["auth_config"] }, { required: ["auth_file"] }],
  },
};

/** The schema of a consumer's credentials, made of parts of the one of consumers. */
export function credentialSchema(consumer: JsonObject, older: boolean): JsonObject {
  const { id, desc, labels, create_time, update_time } = consumer.properties as JsonObject;
  const plugins = { type: "object", maxProperties: 1 };
  const common = { desc, labels, create_time, update_time, plugins };
  if (older) return { type: "object", properties: { id, ...common } };
  const path = {
    ...text,
    minLength: 15,
    maxLength: 128,
    pattern: "^[a-zA-Z0-9-_]+/credentials/[a-zA-Z0-9-_.]+$",
  };
  const name = { ...text, minLength: 1, maxLength: 256 };
  return {
    type: "object",
    properties: { id: { oneOf: [id, path] }, name, ...common },
    additionalProperties: false,
  };
}
