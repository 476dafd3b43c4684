import * as apisix from "pulumi-external-backends/apisix";
import { generate } from "selfsigned";
import { atApisix, byHandDescribed, type KindCase } from "./kind-case.ts";
import { consumerKinds } from "./kinds-consumers.ts";

const service: KindCase = {
  type: "apisix:Service",
  declare: (name, args, options) => new apisix.Service(name, args as apisix.ServiceArgs, options),
  identity: "serviceId",
  minimal: {} satisfies apisix.ServiceArgs,
  full: {
    hosts: ["b.example", "a.example"],
    upstream: { nodes: { "b.example:80": 1, "a.example:80": 2 }, retries: 5 },
    plugins: { "proxy-rewrite": { uri: "/get" } },
    enableWebsocket: true,
    desc: "declared",
  } satisfies apisix.ServiceArgs,
  rewritten: {
    hosts: ["a.example", "b.example"],
    upstream: {
      retries: 5,
      type: "roundrobin",
      nodes: [
        { host: "a.example", port: 80, weight: 2 },
        { host: "b.example", port: 80, weight: 1, priority: 0 },
      ],
    },
    plugins: { "proxy-rewrite": { uri: "/get" } },
    enableWebsocket: true,
    desc: "declared",
    labels: {},
  } satisfies apisix.ServiceArgs,
  byHand: {
    changed: {
      change: (object) => ({ ...object, hosts: ["c.example"] }),
      lines: ['~ [0]: "b.example" => "c.example"', '~ [0]: "c.example" => "b.example"'],
    },
    added: {
      change: (object) => ({ ...object, name: "by hand" }),
      lines: ['+ name: "by hand"', '- name: "by hand"'],
    },
  },
  ...atApisix("services"),
};

const pluginConfig: KindCase = {
  type: "apisix:PluginConfig",
  declare: (name, args, options) => new apisix.PluginConfig(name, args as apisix.PluginConfigArgs, options),
  identity: "pluginConfigId",
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

const globalRule: KindCase = {
  type: "apisix:GlobalRule",
  unlabelled: true,
  declare: (name, args, options) => new apisix.GlobalRule(name, args as apisix.GlobalRuleArgs, options),
  identity: "globalRuleId",
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

const pluginMetadata: KindCase = {
  type: "apisix:PluginMetadata",
  unlabelled: true,
  id(prefix) {
    const free = LOGGERS[loggers.size];
    const logger = loggers.get(prefix) ?? free;
    if (logger === undefined) throw new Error("More tests than plugins with metadata: add to LOGGERS.");
    loggers.set(prefix, logger);
    return logger;
  },
  declare: (name, args, options) =>
    new apisix.PluginMetadata(name, args as apisix.PluginMetadataArgs, options),
  identity: "plugin",
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
  ...atApisix("plugin_metadata"),
};

const [pair, other] = await Promise.all([certificate("gateway.example"), certificate("other.example")]);

async function certificate(host: string): Promise<{ cert: string; key: string }> {
  const made = await generate([{ name: "commonName", value: host }], { keyType: "ec" });
  return { cert: made.cert, key: made.private };
}

const ssl: KindCase = {
  type: "apisix:Ssl",
  declare: (name, args, options) => new apisix.Ssl(name, args as apisix.SslArgs, options),
  identity: "sslId",
  minimal: { type: "client", ...pair } satisfies apisix.SslArgs,
  full: {
    ...pair,
    certs: [other.cert],
    keys: [other.key],
    snis: ["gateway.example"],
    client: { ca: other.cert },
    sslProtocols: ["TLSv1.3", "TLSv1.2"],
    desc: "declared",
  } satisfies apisix.SslArgs,
  rewritten: {
    desc: "declared",
    type: "server",
    status: 1,
    sni: "gateway.example",
    client: { depth: 1, ca: other.cert },
    sslProtocols: ["TLSv1.2", "TLSv1.3"],
    certs: [other.cert],
    keys: [other.key],
    ...pair,
  } satisfies apisix.SslArgs,
  byHand: byHandDescribed,
  ...atApisix("ssls"),
};

const streamRoute: KindCase = {
  type: "apisix:StreamRoute",
  declare: (name, args, options) => new apisix.StreamRoute(name, args as apisix.StreamRouteArgs, options),
  identity: "streamRouteId",
  minimal: { upstream: { nodes: { "minimal.example:6379": 1 } } } satisfies apisix.StreamRouteArgs,
  full: {
    serverPort: 9100,
    remoteAddr: "10.0.0.0/8",
    sni: "redis.example",
    upstream: { nodes: { "b.example:6379": 1, "a.example:6379": 2 }, scheme: "tls" },
    desc: "declared",
  } satisfies apisix.StreamRouteArgs,
  rewritten: {
    desc: "declared",
    sni: "redis.example",
    remoteAddr: "10.0.0.0/8",
    serverPort: 9100,
    upstream: {
      scheme: "tls",
      passHost: "pass",
      nodes: [
        { host: "a.example", port: 6379, weight: 2 },
        { host: "b.example", port: 6379, weight: 1 },
      ],
    },
  } satisfies apisix.StreamRouteArgs,
  byHand: {
    changed: {
      change: (object) => ({ ...object, server_port: 9101 }),
      lines: ["~ serverPort: 9100 => 9101", "~ serverPort: 9101 => 9100"],
    },
    added: {
      change: (object) => ({ ...object, server_addr: "127.0.0.1" }),
      lines: ['+ serverAddr: "127.0.0.1"', '- serverAddr: "127.0.0.1"'],
    },
  },
  ...atApisix("stream_routes"),
};

const content = 'syntax = "proto3"; package a; message R { string n = 1; }';

const proto: KindCase = {
  type: "apisix:Proto",
  declare: (name, args, options) => new apisix.Proto(name, args as apisix.ProtoArgs, options),
  identity: "protoId",
  minimal: { content } satisfies apisix.ProtoArgs,
  full: { content: `${content} message S {}`, desc: "declared" } satisfies apisix.ProtoArgs,
  rewritten: { desc: "declared", labels: {}, content: `${content} message S {}` } satisfies apisix.ProtoArgs,
  byHand: byHandDescribed,
  ...atApisix("protos"),
};

/** The kinds of the Admin API beside Route and Upstream. */
export const moreApisixKinds: KindCase[] = [
  ...[service, pluginConfig, globalRule, pluginMetadata, ...consumerKinds],
  ...[ssl, streamRoute, proto],
];
