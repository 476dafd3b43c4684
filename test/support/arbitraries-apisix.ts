import * as fc from "fast-check";
import type { JsonObject } from "../../provider/model/fields.ts";
import type { Kind } from "../../provider/model/kind.ts";
import { kindOf } from "../../provider/model/kinds.ts";
import { readSchemas } from "../../sandbox/apisix/schemas.ts";
import { mostly, optional } from "./arbitrary-parts.ts";
import { configurations } from "./plugin-configurations.ts";

export const credential = kindOf("apisix:Credential");
export const pluginMetadata = kindOf("apisix:PluginMetadata");
export const apisixSecret = kindOf("apisix:Secret");

const ids = mostly(["1", "a", "a.b-c_D", "x".repeat(64)], ["", ".", "..", "a/b", "%2F", "x".repeat(65)]);
const usernames = mostly(["jack", "A_b-1", "x".repeat(256)], ["a b", "a.b", "", "x".repeat(257)]);
const texts = mostly(["a text", "x".repeat(256), "é😀"], ["x".repeat(257), ""]);
const labels = fc.dictionary(
  mostly(["team", "a_b", "a/b"], ["pulumi-owner"]),
  mostly(["edge", "x".repeat(256)], ["", "a b", "x".repeat(257)]),
  { maxKeys: 2, noNullPrototype: true },
);

const credentials = optional(
  {
    username: usernames,
    credentialId: ids,
    plugins: mostly<JsonObject>(
      [
        { "key-auth": { key: "a-key" } },
        { "key-auth": { key: "$secret://vault/1/jack/key" } },
        { "basic-auth": { username: "jack", password: "a-password" } },
        { "jwt-auth": { key: "a", secret: "b".repeat(32) } },
        { "hmac-auth": { key_id: "a", secret_key: "b" } },
        {},
      ],
      [
        { "key-auth": {} },
        { "key-auth": { key: 1 } },
        { "key-auth": { key: "a" }, "basic-auth": { username: "a", password: "b" } },
        { "key-atuh": { key: "a" } },
        { "limit-count": { count: 1, time_window: 1, key: "remote_addr" } },
      ],
    ),
    name: texts,
    desc: texts,
    labels,
  },
  ["username", "credentialId"],
);

const plugins = fc.constantFrom(...Object.entries(readSchemas(false).plugins));
const metadata = fc
  .tuple(plugins, mostly([""], ["a/b", "..", "no-such-plugin"]))
  .chain(([[name, { metadata_schema }], other]) =>
    fc.record({
      plugin: fc.constant(other === "" ? name : other),
      metadata: metadata_schema ? configurations(metadata_schema) : fc.constant<JsonObject>({ a: 1 }),
    }),
  );

const urls = mostly(["https://vault.example:8200", "http://10.0.0.1"], ["vault:8200", "ftp://a", "https://"]);
const more = (manager: string, fields: Record<string, fc.Arbitrary<unknown>>, needed: string[]) =>
  optional({ manager: mostly([manager], ["azure"]), secretId: ids, ...fields }, [
    "manager",
    "secretId",
    ...needed,
  ]);
const text = mostly(["a", "$env://NAME", "x".repeat(300)], [""]);
const secrets = fc.oneof(
  more("vault", { uri: urls, prefix: text, token: text, namespace: text }, ["uri", "prefix", "token"]),
  more(
    "aws",
    { accessKeyId: text, secretAccessKey: text, sessionToken: text, region: text, endpointUrl: urls },
    ["accessKeyId", "secretAccessKey"],
  ),
  more("gcp", { authFile: text, sslVerify: fc.boolean() }, ["authFile"]),
  more(
    "gcp",
    {
      authConfig: optional(
        {
          clientEmail: text,
          privateKey: text,
          projectId: text,
          tokenUri: urls,
          scopes: text,
          entriesUri: urls,
        },
        ["clientEmail", "privateKey", "projectId"],
      ),
      sslVerify: fc.boolean(),
    },
    ["authConfig"],
  ),
);

/** Arguments of the kinds of APISIX of which it gives no schema, right ones and nearly right ones. */
export const moreApisix: ReadonlyMap<Kind, fc.Arbitrary<JsonObject>> = new Map([
  [credential, credentials],
  [pluginMetadata, metadata],
  [apisixSecret, secrets],
]);
