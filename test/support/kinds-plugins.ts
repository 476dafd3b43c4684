import type * as apisix from "pulumi-external-backends/apisix";
import { atApisix, byHandDescribed, CONSUMER, type KindRow } from "./kind-case.ts";

/** The arguments with a key that nobody else has, since a server refuses a second consumer with the same one. */
function withOwnKey<T extends object>(args: T, identity: keyof T, name: string): T {
  const { plugins } = args as { plugins?: { "key-auth"?: { key?: unknown } } };
  const given = plugins?.["key-auth"]?.key;
  if (typeof given !== "string") return args;
  return { ...args, plugins: { ...plugins, "key-auth": { key: `${given}, ${args[identity] ?? name}` } } };
}

const pluginConfig: KindRow = {
  type: "apisix:PluginConfig",
  minimal: { plugins: {} } satisfies apisix.PluginConfigArgs,
  full: {
    plugins: { "limit-count": { count: 2, time_window: 60 }, cors: {} },
    desc: "declared",
    labels: { team: "payments", tier: "gold" },
  } satisfies apisix.PluginConfigArgs,
  rewritten: {
    labels: { tier: "gold", team: "payments" },
    plugins: { cors: {}, "limit-count": { time_window: 60, count: 2 } },
    desc: "declared",
  } satisfies apisix.PluginConfigArgs,
  byHand: byHandDescribed,
  ...atApisix("plugin_configs"),
};

const globalRule: KindRow = {
  type: "apisix:GlobalRule",
  unlabelled: true,
  // Not those of `full`: a plugin may stand in one global rule only.
  minimal: { plugins: { "ip-restriction": { blacklist: ["192.0.2.1"] } } } satisfies apisix.GlobalRuleArgs,
  full: {
    plugins: { "request-id": { header_name: "X-Declared" }, cors: {} },
  } satisfies apisix.GlobalRuleArgs,
  rewritten: {
    plugins: { cors: {}, "request-id": { header_name: "X-Declared" } },
  } satisfies apisix.GlobalRuleArgs,
  byHand: {
    changed: {
      change: (object) => ({ ...object, plugins: { cors: {}, "request-id": { header_name: "X-Changed" } } }),
      lines: ['~ header_name: "X-Declared" => "X-Changed"', '~ header_name: "X-Changed" => "X-Declared"'],
    },
    added: {
      change: (object) => ({
        ...object,
        plugins: { ...(object.plugins as object), "real-ip": { source: "arg_ip" } },
      }),
      lines: ['+ source: "arg_ip"', '- source: "arg_ip"'],
    },
  },
  ...atApisix("global_rules"),
};

/** Plugins with metadata of their own. Two tests, or two resources of a test, must not share one. */
const LOGGERS = [
  ...["clickhouse-logger", "elasticsearch-logger", "file-logger", "google-cloud-logging", "http-logger"],
  ...[
    "kafka-logger",
    "loki-logger",
    "rocketmq-logger",
    "skywalking-logger",
    "sls-logger",
    "splunk-hec-logging",
  ],
  ...["syslog", "tcp-logger", "tencent-cloud-cls", "udp-logger", "loggly"],
];
const loggers = new Map<string, string>();

const pluginMetadata: KindRow = {
  type: "apisix:PluginMetadata",
  unlabelled: true,
  id(prefix) {
    const free = LOGGERS[loggers.size];
    const logger = loggers.get(prefix) ?? free;
    if (logger === undefined) throw new Error("More tests than plugins with metadata: add to LOGGERS.");
    loggers.set(prefix, logger);
    return logger;
  },
  minimal: { metadata: { log_format: {} } } satisfies apisix.PluginMetadataArgs,
  full: {
    metadata: { log_format: { host: "$host", level: "declared" } },
  } satisfies apisix.PluginMetadataArgs,
  rewritten: {
    metadata: { log_format: { level: "declared", host: "$host" } },
  } satisfies apisix.PluginMetadataArgs,
  byHand: {
    changed: {
      change: (object) => ({ ...object, log_format: { host: "$host", level: "changed" } }),
      lines: ['~ level: "declared" => "changed"', '~ level: "changed" => "declared"'],
    },
    added: {
      change: (object) => ({ ...object, log_format_extra: { by: "hand" } }),
      lines: ['+ by: "hand"', '- by: "hand"'],
    },
  },
  values: { plugin: LOGGERS, metadata: [{}, { log_format: { host: "$host" } }, { log_format: {} }] },
  ...atApisix("plugin_metadata"),
};

const consumer: KindRow = {
  type: "apisix:Consumer",
  declared: (args, name) => withOwnKey(args as apisix.ConsumerArgs, "username", name),
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

const credential: KindRow = {
  type: "apisix:Credential",
  declared: (args, name) => withOwnKey(args as apisix.CredentialArgs, "credentialId", name),
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

const consumerGroup: KindRow = {
  type: "apisix:ConsumerGroup",
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

const secret: KindRow = {
  type: "apisix:Secret",
  unlabelled: true,
  // Kuma has secrets, too.
  id: (prefix) => `${prefix}-manager`,
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

/** The kinds of APISIX that hold plugins, and who calls, and secret managers. */
export const pluginRows: KindRow[] = [
  pluginConfig,
  globalRule,
  pluginMetadata,
  consumer,
  credential,
  consumerGroup,
  secret,
];
