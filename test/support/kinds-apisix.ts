import type * as apisix from "pulumi-external-backends/apisix";
import { generate } from "selfsigned";
import { atApisix, byHandDescribed, type KindRow } from "./kind-case.ts";

const route: KindRow = {
  type: "apisix:Route",
  minimal: { uri: "/minimal", plugins: {} } satisfies apisix.RouteArgs,
  full: {
    uris: ["/b/*", "/a/*"],
    hosts: ["full.example"],
    methods: ["POST", "GET"],
    priority: 7,
    plugins: { "proxy-rewrite": { uri: "/get" } },
    upstream: { nodes: { "b.example:80": 1, "a.example:80": 2 }, retries: 5 },
  } satisfies apisix.RouteArgs,
  rewritten: {
    uris: ["/a/*", "/b/*"],
    host: "full.example",
    methods: ["GET", "POST"],
    priority: 7,
    enabled: true,
    plugins: { "proxy-rewrite": { uri: "/get" } },
    upstream: {
      type: "roundrobin",
      retries: 5,
      nodes: [
        { host: "a.example", port: 80, weight: 2 },
        { host: "b.example", port: 80, weight: 1, priority: 0 },
      ],
    },
  } satisfies apisix.RouteArgs,
  byHand: {
    changed: {
      change: (object) => ({ ...object, priority: 3 }),
      lines: ["~ priority: 7 => 3", "~ priority: 3 => 7"],
    },
    added: { change: (object) => ({ ...object, status: 0 }), lines: ["+ status: 0", "- status: 0"] },
  },
  values: {
    vars: [
      [],
      [["arg_a", "==", "1"]],
      ["OR", ["a", "==", "1"], ["b", "!", "in", ["x", "y"]]],
      [
        ["a", "==", "1"],
        ["AND", ["b", "~~", "^x"], ["!OR", ["c", "has", "d"], ["d", ">", 1]]],
      ],
    ],
  },
  ...atApisix("routes"),
};

const upstream: KindRow = {
  type: "apisix:Upstream",
  minimal: { nodes: { "minimal.example:80": 1 } } satisfies apisix.UpstreamArgs,
  full: {
    nodes: { "b.example:80": 1, "a.example:80": 2 },
    retries: 5,
    checks: { active: { httpPath: "/health", healthy: { httpStatuses: [204, 200] } } },
  } satisfies apisix.UpstreamArgs,
  rewritten: {
    nodes: [
      { host: "a.example", port: 80, weight: 2, priority: 0 },
      { host: "b.example", port: 80, weight: 1 },
    ],
    type: "roundrobin",
    scheme: "http",
    passHost: "pass",
    retries: 5,
    checks: {
      active: { type: "http", httpPath: "/health", healthy: { httpStatuses: [200, 204], successes: 2 } },
    },
  } satisfies apisix.UpstreamArgs,
  byHand: {
    changed: {
      change: (object) => ({ ...object, retries: 2 }),
      lines: ["~ retries: 5 => 2", "~ retries: 2 => 5"],
    },
    added: {
      change: (object) => ({ ...object, retry_timeout: 9 }),
      lines: ["+ retryTimeout: 9", "- retryTimeout: 9"],
    },
  },
  ...atApisix("upstreams"),
};

const service: KindRow = {
  type: "apisix:Service",
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

const [pair, other] = await Promise.all([certificate("gateway.example"), certificate("other.example")]);

async function certificate(host: string): Promise<{ cert: string; key: string }> {
  const made = await generate([{ name: "commonName", value: host }], { keyType: "ec" });
  return { cert: made.cert, key: made.private };
}

const ssl: KindRow = {
  type: "apisix:Ssl",
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
  values: {
    cert: [pair.cert],
    key: [pair.key],
    certs: [[other.cert]],
    keys: [[other.key]],
    "client.ca": [other.cert],
  },
  ...atApisix("ssls"),
};

const streamRoute: KindRow = {
  type: "apisix:StreamRoute",
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
  values: {
    plugins: [{}, { "limit-conn": { conn: 1, burst: 0, default_conn_delay: 0.1, key: "remote_addr" } }],
    "protocol.logger[].filter": [[["a", "==", "1"]]],
  },
  ...atApisix("stream_routes"),
};

const content = 'syntax = "proto3"; package a; message R { string n = 1; }';

const proto: KindRow = {
  type: "apisix:Proto",
  minimal: { content } satisfies apisix.ProtoArgs,
  full: { content: `${content} message S {}`, desc: "declared" } satisfies apisix.ProtoArgs,
  rewritten: { desc: "declared", labels: {}, content: `${content} message S {}` } satisfies apisix.ProtoArgs,
  byHand: byHandDescribed,
  values: { content: [content, 'syntax = "proto3";', "message A {}", "package a; enum B {}"] },
  ...atApisix("protos"),
};

/** The kinds of APISIX that say which traffic goes where, and with what. */
export const trafficRows: KindRow[] = [route, upstream, service, ssl, streamRoute, proto];
