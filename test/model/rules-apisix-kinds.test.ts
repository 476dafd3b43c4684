import type { JsonObject } from "../../provider/model/fields.ts";
import { kindOf } from "../../provider/model/kinds.ts";
import { CERTIFICATE } from "../support/apisix-bodies.ts";
import { describeRules, type Rule } from "../support/rules.ts";

const nodes = [{ host: "a.example", port: 443, weight: 1 }];
const KEY = "x".repeat(64);
const server = (fields: JsonObject): JsonObject => ({
  sni: "a.example",
  cert: CERTIFICATE,
  key: KEY,
  ...fields,
});
const client = (fields: JsonObject): JsonObject => ({
  type: "client",
  cert: CERTIFICATE,
  key: KEY,
  ...fields,
});

const UPSTREAM_OF: Rule[] = [
  {
    rule: "has at most one of upstream and upstreamId",
    kept: [{}, { upstream: { nodes } }, { upstreamId: "1" }, { upstreamId: 1 }],
    broken: [[{ upstream: { nodes }, upstreamId: "1" }, "upstream", "does not go with upstreamId"]],
  },
  {
    rule: "keeps the rules of its upstream",
    kept: [{ upstream: { nodes: { "a.example:80": 1 } } }],
    broken: [
      [{ upstream: {} }, "upstream.nodes", "is missing"],
      [{ upstream: { nodes, tls: { verify: true } } }, "upstream.tls.verify", "has no effect"],
    ],
  },
];

describeRules("a service", kindOf("apisix:Service"), UPSTREAM_OF);

describeRules("a stream route", kindOf("apisix:StreamRoute"), [
  ...UPSTREAM_OF,
  {
    rule: "has the settings of a logger that it names",
    kept: [
      {
        protocol: {
          name: "redis",
          logger: [{ name: "syslog", conf: { host: "a", port: 1 } }, { filter: [] }],
        },
      },
    ],
    broken: [
      [
        { protocol: { name: "redis", logger: [{}, { name: "syslog" }] } },
        "protocol.logger[1].conf",
        "is missing; the logger's settings; {} for none",
      ],
    ],
  },
  {
    rule: "has ports and addresses that exist",
    kept: [{ serverPort: 65535, serverAddr: "::1", remoteAddr: "10.0.0.0/8" }],
    broken: [
      [{ serverPort: 0 }, "serverPort", "at least 1"],
      [{ serverAddr: "a.example" }, "serverAddr", "is no IPv4 or IPv6 address"],
    ],
  },
]);

describeRules("an SSL object", kindOf("apisix:Ssl"), [
  {
    rule: "of the gateway has one of sni and snis, of an upstream none",
    kept: [server({}), { cert: CERTIFICATE, key: KEY, snis: ["a.example", "*.b.example"] }, client({})],
    broken: [
      [{ cert: CERTIFICATE, key: KEY }, "snis", 'a certificate of type "server" needs sni or snis'],
      [server({ snis: ["b.example"] }), "sni", "does not go with snis"],
    ],
  },
  {
    rule: "has as many further certificates as keys",
    kept: [client({ certs: [CERTIFICATE], keys: [KEY] }), client({ certs: [], keys: [] })],
    broken: [
      [client({ certs: [CERTIFICATE] }), "certs", "are not as many as keys"],
      [client({ certs: [CERTIFICATE], keys: [KEY, KEY] }), "certs", "are not as many as keys"],
    ],
  },
  {
    rule: "has a certificate, and shows no key",
    kept: [client({})],
    broken: [
      [client({ cert: "x".repeat(128) }), "cert", "is no certificate in PEM form"],
      [client({ key: "s3cret" }), "key", "is too short: at least 64 characters"],
      [client({ keys: ["s3cret"] }), "keys[0]", "is too short: at least 64 characters"],
    ],
  },
]);

const vault = { manager: "vault", uri: "https://vault.example", prefix: "kv/a", token: "t" };
const account = { clientEmail: "a@b.example", privateKey: KEY, projectId: "p" };

describeRules("a secret", kindOf("apisix:Secret"), [
  {
    rule: "has the fields of its manager and no others",
    kept: [
      vault,
      { ...vault, namespace: "n", secretId: "a" },
      { manager: "aws", accessKeyId: "a", secretAccessKey: "b", region: "eu-west-1" },
      { manager: "gcp", authConfig: account, sslVerify: false },
      { manager: "gcp", authFile: "/etc/gcp.json" },
    ],
    broken: [
      [{ manager: "vault", uri: "https://vault.example" }, "token", "the manager vault needs it"],
      [{ ...vault, region: "eu-west-1" }, "region", "is no field of the manager vault"],
      [{ manager: "aws", accessKeyId: "a" }, "secretAccessKey", "the manager aws needs it"],
      [{ manager: "gcp" }, "authConfig", "exactly one of the two is needed"],
      [{ manager: "gcp", authConfig: account, authFile: "/a" }, "authConfig", "exactly one of the two"],
      [{ ...vault, manager: "valut" }, "manager", 'did you mean "vault"?'],
      [{ ...vault, uri: "vault.example" }, "uri", "is no http or https URL"],
    ],
  },
]);

describeRules("a consumer", kindOf("apisix:Consumer"), [
  {
    rule: "has a user name",
    kept: [{}, { username: "Jack_1-b", groupId: "g" }],
    broken: [
      [{ username: "jack.b" }, "username", "is no user name"],
      [{ username: "" }, "username", "is too short"],
    ],
  },
]);

describeRules("a credential", kindOf("apisix:Credential"), [
  {
    rule: "belongs to a consumer",
    kept: [{ username: "jack", plugins: { "key-auth": { key: "k" } } }],
    broken: [
      [{ plugins: {} }, "username", "is missing"],
      [{ username: "jack", credentialId: "a/b" }, "credentialId", 'for example "a-b"'],
      [
        { username: "jack", plugins: { "key-auth": { key: "a" }, "jwt-auth": { key: "a" } } },
        "plugins",
        "are more than one",
      ],
    ],
  },
]);

describeRules("plugin metadata", kindOf("apisix:PluginMetadata"), [
  {
    rule: "names a plugin",
    kept: [{ plugin: "http-logger", metadata: { log_format: { host: "$host" } } }],
    broken: [
      [{ plugin: "http logger", metadata: {} }, "plugin", "is no name of a plugin"],
      [{ plugin: "http-logger" }, "metadata", "is missing"],
    ],
  },
]);

describeRules("a proto", kindOf("apisix:Proto"), [
  {
    rule: "has a content",
    kept: [{ content: 'syntax = "proto3";' }],
    broken: [
      [{ content: "" }, "content", "is too short"],
      [{}, "content", "is missing"],
    ],
  },
]);

const limited = { "limit-count": { count: 2, time_window: 60 } };
for (const [title, type] of [
  ["a plugin configuration", "PluginConfig"],
  ["a global rule", "GlobalRule"],
  ["a consumer group", "ConsumerGroup"],
] as const) {
  describeRules(title, kindOf(`apisix:${type}`), [
    {
      rule: "has plugins that are configured as they should be",
      kept: [{ plugins: {} }, { plugins: limited }],
      broken: [
        [{}, "plugins", "is missing"],
        [{ plugins: { "limit-count": true } }, "plugins.limit-count", "is not an object"],
      ],
    },
  ]);
}
