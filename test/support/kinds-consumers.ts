import * as apisix from "pulumi-external-backends/apisix";
import { atApisix, byHandDescribed, CONSUMER, type KindCase } from "./kind-case.ts";

/** The arguments with a key that nobody else has, since a server refuses a second consumer with the same one. */
function withOwnKey<T extends object>(args: T, identity: keyof T, name: string): T {
  const { plugins } = args as { plugins?: { "key-auth"?: { key?: unknown } } };
  const given = plugins?.["key-auth"]?.key;
  if (typeof given !== "string") return args;
  return { ...args, plugins: { ...plugins, "key-auth": { key: `${given}, ${args[identity] ?? name}` } } };
}

const consumer: KindCase = {
  type: "apisix:Consumer",
  declare: (name, args, options) =>
    new apisix.Consumer(name, withOwnKey(args as apisix.ConsumerArgs, "username", name), options),
  identity: "username",
  minimal: {} satisfies apisix.ConsumerArgs,
  full: {
    plugins: { "key-auth": { key: "a key of a consumer" }, "limit-count": { count: 2, time_window: 60 } },
    desc: "declared",
    labels: { team: "payments" },
  } satisfies apisix.ConsumerArgs,
  rewritten: {
    labels: { team: "payments" },
    desc: "declared",
    plugins: { "limit-count": { time_window: 60, count: 2 }, "key-auth": { key: "a key of a consumer" } },
  } satisfies apisix.ConsumerArgs,
  byHand: {
    changed: byHandDescribed.changed,
    added: {
      change: (object) => ({ ...object, labels: { ...(object.labels as object), added: "by-hand" } }),
      lines: ['+ added: "by-hand"', '- added: "by-hand"'],
    },
  },
  ...atApisix("consumers"),
};

const credential: KindCase = {
  type: "apisix:Credential",
  declare: (name, args, options) =>
    new apisix.Credential(name, withOwnKey(args as apisix.CredentialArgs, "credentialId", name), options),
  identity: "credentialId",
  minimal: { username: CONSUMER } satisfies apisix.CredentialArgs,
  full: {
    username: CONSUMER,
    plugins: { "key-auth": { key: "a key of a credential" } },
    desc: "declared",
  } satisfies apisix.CredentialArgs,
  rewritten: {
    desc: "declared",
    plugins: { "key-auth": { key: "a key of a credential" } },
    username: CONSUMER,
    labels: {},
  } satisfies apisix.CredentialArgs,
  byHand: byHandDescribed,
  ...atApisix(`consumers/${CONSUMER}/credentials`),
};

const consumerGroup: KindCase = {
  type: "apisix:ConsumerGroup",
  declare: (name, args, options) => new apisix.ConsumerGroup(name, args as apisix.ConsumerGroupArgs, options),
  identity: "consumerGroupId",
  minimal: { plugins: {} } satisfies apisix.ConsumerGroupArgs,
  full: {
    plugins: { "limit-count": { count: 2, time_window: 60 }, cors: {} },
    desc: "declared",
  } satisfies apisix.ConsumerGroupArgs,
  rewritten: {
    desc: "declared",
    plugins: { cors: {}, "limit-count": { time_window: 60, count: 2 } },
  } satisfies apisix.ConsumerGroupArgs,
  byHand: byHandDescribed,
  ...atApisix("consumer_groups"),
};

const vault = {
  manager: "vault",
  uri: "https://vault.example",
  prefix: "kv/a",
  token: "a token of vault",
} as const;
const secrets = atApisix("secrets");

const secret: KindCase = {
  type: "apisix:Secret",
  unlabelled: true,
  // Kuma has secrets, too.
  id: (prefix) => `${prefix}-manager`,
  declare: (name, args, options) => new apisix.Secret(name, args as apisix.SecretArgs, options),
  identity: "secretId",
  minimal: vault satisfies apisix.SecretArgs,
  full: { ...vault, prefix: "kv/declared" } satisfies apisix.SecretArgs,
  rewritten: {
    prefix: "kv/declared",
    token: vault.token,
    uri: vault.uri,
    manager: "vault",
  } satisfies apisix.SecretArgs,
  byHand: {
    changed: {
      change: (object) => ({ ...object, prefix: "kv/changed" }),
      lines: ['~ prefix: "kv/declared" => "kv/changed"', '~ prefix: "kv/changed" => "kv/declared"'],
    },
    added: {
      change: (object) => ({ ...object, namespace: "by-hand" }),
      lines: ['+ namespace: "by-hand"', '- namespace: "by-hand"'],
    },
  },
  // Its id is MANAGER/ID.
  path: (id) => secrets.path(`vault/${id}`),
  get: (world, id) => secrets.get(world, `vault/${id}`),
  put: (world, id, object) => secrets.put(world, `vault/${id}`, object),
  remove: (world, id) => secrets.remove(world, `vault/${id}`),
};

/** The kinds of the Admin API about who calls, and Secret. */
export const consumerKinds: KindCase[] = [consumer, credential, consumerGroup, secret];
