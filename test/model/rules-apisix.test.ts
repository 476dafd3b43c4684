import { route } from "../../provider/model/apisix/route.ts";
import { upstream } from "../../provider/model/apisix/upstream.ts";
import { type Json, type JsonObject, UNKNOWN } from "../../provider/model/fields.ts";
import { describeRules, type Rule } from "../support/rules.ts";

const nodes = [{ host: "a.example", port: 443, weight: 1 }];
const certificate = "-----BEGIN CERTIFICATE-----\n".padEnd(128, "A");
const routed = (fields: JsonObject): JsonObject => ({ uri: "/", plugins: {}, ...fields });
const up = (fields: JsonObject): JsonObject => ({ nodes, ...fields });

const ROUTE: Rule[] = [
  {
    rule: "has exactly one of uri and uris",
    kept: [routed({}), { uris: ["/a", "/b"], plugins: {} }],
    broken: [
      [{ plugins: {} }, "uri", "is missing"],
      [routed({ uris: ["/a"] }), "uri", "does not go with uris"],
      [{ uris: [], plugins: {} }, "uris", "at least 1 element"],
      [{ uris: ["/a", "/a"], plugins: {} }, "uris[1]", "twice"],
    ],
  },
  {
    rule: "has at most one of host and hosts, of remoteAddr and remoteAddrs",
    kept: [
      routed({ host: "*" }),
      routed({ hosts: ["*.a", "b"] }),
      routed({ remoteAddrs: ["::/0", "10.0.0.1"] }),
    ],
    broken: [
      [routed({ host: "a", hosts: ["b"] }), "host", "does not go with hosts"],
      [routed({ remoteAddr: "::1", remoteAddrs: ["::1"] }), "remoteAddr", "does not go with remoteAddrs"],
      [routed({ host: "http://a" }), "host", "is no host name"],
      [routed({ remoteAddr: "10.0.0.0/33" }), "remoteAddr", "is no IPv4 or IPv6 address or range"],
    ],
  },
  {
    rule: "has at least one of plugins, script, upstream, upstreamId and serviceId",
    kept: [
      { uri: "/", plugins: {} },
      { uri: "/", script: "return 1 + 1" },
      { uri: "/", upstream: { nodes } },
      { uri: "/", upstreamId: "1" },
      { uri: "/", serviceId: 1 },
      { uri: "/", plugins: {}, pluginConfigId: "1" },
    ],
    broken: [
      [{ uri: "/" }, "upstreamId", "at least one of plugins, script, upstream, upstreamId, serviceId"],
      [{ uri: "/", pluginConfigId: "1" }, "pluginConfigId", "add plugins: {} or an upstream"],
      [{ uri: "/", scriptId: "1" }, "upstreamId", "at least one of"],
    ],
  },
  {
    rule: "has no script beside plugins and pluginConfigId",
    kept: [{ uri: "/", script: "return 1 + 1", upstreamId: "1" }],
    broken: [
      [routed({ script: "return 1 + 1" }), "script", "does not go with plugins"],
      [
        { uri: "/", script: "return 1 + 1", pluginConfigId: "1" },
        "script",
        "does not go with pluginConfigId",
      ],
    ],
  },
  {
    rule: "has one of upstream and upstreamId, with a service or not",
    kept: [
      { uri: "/", serviceId: "1", upstreamId: "1" },
      { uri: "/", serviceId: "1", upstream: { nodes } },
    ],
    broken: [[routed({ upstream: { nodes }, upstreamId: "1" }), "upstream", "does not go with upstreamId"]],
  },
  {
    rule: "is enabled or not in one way",
    kept: [routed({ enabled: true }), routed({ status: 0 }), routed({ enabled: false, status: 0 })],
    broken: [
      [routed({ enabled: true, status: 0 }), "enabled", "says the opposite of status 0"],
      [routed({ enabled: false, status: 1 }), "enabled", "says the opposite of status 1"],
      [routed({ status: 2 }), "status", "allowed: 0, 1"],
      [routed({ enabled: 1 }), "enabled", "is not a boolean"],
    ],
  },
  {
    rule: "has conditions that the server understands",
    kept: (
      [
        [["arg_a", "==", "1"]],
        ["OR", ["a", ">", 1], ["b", "!", "IN", ["x"]]],
        [["AND", ["a", "~~", "^x"], ["!OR", ["b", "has", "c"], ["d", "e"]]]],
        [["remote_addr", "ipmatch", ["10.0.0.0/8", "::1"]]],
      ] as Json[]
    ).map((vars) => routed({ vars })),
    broken: [
      [routed({ vars: ["arg_a", "==", "1"] }), "vars[0]", "is no condition"],
      [routed({ vars: [["arg_a", "nosuch", "1"]] }), "vars[0][1]", "is no operator"],
      [routed({ vars: [["AND", ["a", "!", "nosuch", "1"], ["a", "b"]]] }), "vars[0][1][2]", "is no operator"],
      [routed({ vars: [["a", "==", "1", "2"]] }), "vars[0][1]", 'is not "!"'],
      [routed({ vars: [["a"]] }), "vars[0]", "is no condition"],
      [routed({ vars: ["AND", ["a", "==", "1"]] }), "vars", 'too short: "AND" joins at least two conditions'],
      [
        routed({ vars: [["OR", ["a", "==", "1"]]] }),
        "vars[0]",
        'too short: "OR" joins at least two conditions',
      ],
      [routed({ vars: [["a", "ipmatch", ["x"]]] }), "vars[0][2][0]", "is no IPv4 or IPv6 address"],
    ],
  },
  {
    rule: "has a function as filterFunc, and an id that a URL keeps",
    kept: [routed({ filterFunc: "function(vars) return true end", routeId: "a.b-c_D..e" })],
    broken: [
      [routed({ filterFunc: "return true" }), "filterFunc", 'begin with "function"'],
      [routed({ routeId: "a/b" }), "routeId", 'for example "a-b"'],
      [routed({ routeId: "x".repeat(65) }), "routeId", "1 to 64"],
    ],
  },
  {
    rule: "keeps the rules of its upstream",
    kept: [{ uri: "/", upstream: up({ passHost: "rewrite", upstreamHost: "a" }) }],
    broken: [
      [{ uri: "/", upstream: {} }, "upstream.nodes", "is missing"],
      [{ uri: "/", upstream: up({ passHost: "rewrite" }) }, "upstream.upstreamHost", "is missing"],
      [{ uri: "/", upstream: up({ tls: { verify: true } }) }, "upstream.tls.verify", "has no effect"],
    ],
  },
];

const UPSTREAM: Rule[] = [
  {
    rule: "has nodes, or serviceName with discoveryType",
    kept: [
      { nodes: [] },
      { nodes: { "a.example:80": 1, "[::1]:80": 0, "*.b": 1 } },
      { serviceName: "a", discoveryType: "dns", discoveryArgs: { namespaceId: "n", any: [1] } },
      { serviceName: "a", discoveryType: { custom: "mine" } },
    ],
    broken: [
      [{}, "nodes", "is missing"],
      [{ serviceName: "a" }, "discoveryType", "go together"],
      [{ discoveryType: "dns" }, "serviceName", "go together"],
      [up({ serviceName: "a", discoveryType: "dns" }), "nodes", "does not go with"],
      [{ serviceName: "a", discoveryType: "dsn" }, "discoveryType", 'did you mean "dns"?'],
      [{ nodes: { "http://a": 1 } }, 'nodes["http://a"]', 'is no "host:port"'],
    ],
  },
  {
    rule: "balances as the server can, or by a { custom } name",
    kept: ["roundrobin", "ewma", "least_conn", { custom: "mine" }].map((type) => up({ type })),
    broken: [
      [up({ type: "round_robin" }), "type", 'did you mean "roundrobin"?'],
      [up({ type: { custom: "" } }), "type.custom", "is too short"],
    ],
  },
  {
    rule: "has a key for chash unless it hashes on the consumer",
    kept: [
      up({ type: "chash", key: "arg_x-y" }),
      up({ type: "chash", hashOn: "header", key: "X-Id" }),
      up({ type: "chash", hashOn: "vars_combinations", key: "$host$uri" }),
      up({ type: "chash", hashOn: "consumer" }),
    ],
    broken: [
      [up({ type: "chash" }), "key", "is missing"],
      [up({ type: "chash", key: "nosuch" }), "key", "allowed: uri, server_name"],
      [up({ type: "chash", hashOn: "cookie", key: "a b" }), "key", "the name of a cookie"],
    ],
  },
  {
    rule: "has an upstreamHost for passHost rewrite",
    kept: [up({ passHost: "rewrite", upstreamHost: "a.example" }), up({ passHost: "node" })],
    broken: [[up({ passHost: "rewrite" }), "upstreamHost", 'passHost "rewrite" needs it']],
  },
  {
    rule: "has no checks without active ones",
    kept: [up({ checks: { active: {} } }), up({ checks: { active: { type: "tcp" }, passive: {} } })],
    broken: [
      [up({ checks: { passive: {} } }), "checks.active", "only active ones bring them back"],
      [up({ checks: {} }), "checks.active", "is missing"],
      [
        up({ checks: { active: { unhealthy: { httpFailures: 255 } } } }),
        "checks.active.unhealthy.httpFailures",
        "254",
      ],
    ],
  },
  {
    rule: "has IPv6 hosts in brackets",
    kept: [{ nodes: [{ host: "[::1]", weight: 1 }] }, up({ upstreamHost: "[fe80::1]" })],
    broken: [
      [{ nodes: [{ host: "::1", weight: 1 }] }, "nodes[0].host", 'write "[::1]"'],
      [up({ upstreamHost: "fe80::1" }), "upstreamHost", 'write "[fe80::1]"'],
    ],
  },
  {
    rule: "has its client certificate itself, as a reference is read in SSL objects only",
    kept: [up({ tls: { clientCertId: "client" } }), up({ tls: { clientCert: UNKNOWN, clientKey: UNKNOWN } })],
    broken: ["clientCert", "clientKey"].map((field): Rule["broken"][number] => [
      up({ tls: { clientCert: "c".repeat(128), clientKey: "k".repeat(128), [field]: "$env://NAME" } }),
      `tls.${field}`,
      "give clientCertId",
    ]),
  },
  {
    rule: "verifies certificates of kafka only",
    kept: [up({ scheme: "kafka", tls: { verify: true } }), up({ scheme: "https", tls: { verify: false } })],
    broken: [
      [up({ scheme: "https", tls: { verify: true } }), "tls.verify", "kafka only"],
      [up({ tls: { verify: true } }), "tls.verify", "kafka only"],
    ],
  },
  {
    rule: "has a client certificate with its key, or by id",
    kept: [
      up({ tls: { clientCert: certificate, clientKey: certificate } }),
      up({ tls: { clientCertId: 1 } }),
    ],
    broken: [
      [up({ tls: { clientCert: certificate } }), "tls.clientKey", "go together"],
      [up({ tls: { clientKey: certificate } }), "tls.clientCert", "go together"],
      [
        up({ tls: { clientCert: certificate, clientKey: certificate, clientCertId: 1 } }),
        "tls.clientCertId",
        "does not go with",
      ],
    ],
  },
  {
    rule: "has all three timeouts or none",
    kept: [up({ timeout: { connect: 0.5, send: 1, read: 600 } })],
    broken: [
      [up({ timeout: { connect: 1, send: 1 } }), "timeout.read", "is missing"],
      [up({ timeout: { connect: 0, send: 1, read: 1 } }), "timeout.connect", "more than 0"],
    ],
  },
  {
    rule: "has labels without white space, and none of ours",
    kept: [up({ labels: { "any key/ü": "v" } })],
    broken: [
      [up({ labels: { a: "has space" } }), "labels.a", "may hold no white space"],
      [up({ labels: { "pulumi-owner": "x" } }), "labels.pulumi-owner", "this package writes itself"],
    ],
  },
];

describeRules("a route", route, ROUTE);
describeRules("an upstream", upstream, UPSTREAM);
