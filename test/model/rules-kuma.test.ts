import type { JsonObject } from "../../provider/model/fields.ts";
import { externalService } from "../../provider/model/kuma/external-service.ts";
import { zoneEgress } from "../../provider/model/kuma/zone-egress.ts";
import { describeRules, type Rule } from "../support/rules.ts";

const service = (fields: JsonObject, networking: JsonObject = {}): JsonObject => ({
  tags: { "kuma.io/service": "httpbin", ...fields },
  networking: { address: "httpbin.org:443", ...networking },
});
const tls = (fields: JsonObject) => service({}, { tls: { enabled: true, ...fields } });
const egress = (networking: JsonObject): JsonObject => ({ networking: { port: 10002, ...networking } });

const SERVICE: Rule[] = [
  {
    rule: "has kuma.io/service, another name than the address's host",
    kept: [service({}), service({ "kuma.io/service": "a.b:c_d" })],
    broken: [
      [{ tags: {}, networking: { address: "a.b:80" } }, 'tags["kuma.io/service"]', "is missing"],
      [service({ "kuma.io/service": "httpbin.org" }), 'tags["kuma.io/service"]', "is the address's host"],
      [
        service({ "kuma.io/service": "::1" }, { address: "[::1]:80" }),
        'tags["kuma.io/service"]',
        "is the address's host",
      ],
      [service({ "kuma.io/service": "has space" }), 'tags["kuma.io/service"]', "is no tag value"],
      [service({ "bad key!": "v" }), 'tags["bad key!"]', "is no tag name"],
    ],
  },
  {
    rule: "has a protocol of Kuma's, in any case",
    kept: ["grpc", "http", "HTTP2", "Kafka", "tcp", "tls", "MySQL"].map((it) =>
      service({ "kuma.io/protocol": it }),
    ),
    broken: [
      [
        service({ "kuma.io/protocol": "https" }),
        'tags["kuma.io/protocol"]',
        'write "http" with networking.tls.enabled',
      ],
      [service({ "kuma.io/protocol": "ftp" }), 'tags["kuma.io/protocol"]', "allowed: grpc, http"],
    ],
  },
  {
    rule: "has host and port as its address",
    kept: ["a_b.c:1", "10.0.0.1:65535", "[::1]:80", "localhost:80"].map((address) =>
      service({}, { address }),
    ),
    broken: [
      "a",
      "a:",
      ":80",
      "::1:80",
      "a:0",
      "a:65536",
      "http://a:80",
      "a b:80",
      "[a]:80",
      "[fe80::1%eth0]:80",
    ].map((address) => [service({}, { address }), "networking.address", ""]),
  },
  {
    rule: "names the server in one way, and never as nothing",
    kept: [tls({ serverName: "a.b" }), tls({ sni: "a.b" }), tls({ sni: "a.b", serverName: "a.b" })],
    broken: [
      [tls({ sni: "a.b", serverName: "c.d" }), "networking.tls.sni", "differs from serverName"],
      [tls({ sni: "" }), "networking.tls.sni", "out of date"],
      [tls({ serverName: "" }), "networking.tls.serverName", "out of date"],
    ],
  },
  {
    rule: "has each certificate from exactly one source, and a client certificate with its key",
    kept: [
      tls({ caCert: { secret: "ca" } }),
      tls({ caCert: { inline: "UEVN" } }),
      tls({ clientCert: { inlineString: "PEM" }, clientKey: { secret: "key" } }),
    ],
    broken: [
      [tls({ caCert: {} }), "networking.tls.caCert", "exactly one of secret, inline, inlineString"],
      [tls({ caCert: { secret: "a", inline: "UEVN" } }), "networking.tls.caCert", "has secret and inline"],
      [tls({ caCert: { inline: "no base64" } }), "networking.tls.caCert.inline", "is not base64"],
      [tls({ caCert: { file: "/a" } }), "networking.tls.caCert.file", "is no field"],
      [tls({ clientCert: { secret: "a" } }), "networking.tls.clientKey", "go together"],
      [tls({ clientKey: { secret: "a" } }), "networking.tls.clientCert", "go together"],
    ],
  },
  {
    rule: "says nothing about TLS that is not enabled",
    kept: [tls({ enabled: false }), tls({ enabled: false, skipHostnameVerification: false })],
    broken: [
      [tls({ enabled: false, serverName: "a" }), "networking.tls.serverName", "without enabled: true"],
      [service({}, { tls: { sni: "a" } }), "networking.tls.sni", "without enabled: true"],
      [service({}, { tls: { caCert: { secret: "a" } } }), "networking.tls.caCert", "without enabled: true"],
      [
        service({}, { tls: { allowRenegotiation: true } }),
        "networking.tls.allowRenegotiation",
        "without enabled",
      ],
    ],
  },
  {
    rule: "has nothing that the server would drop in silence",
    kept: [service({}, { disableHostDNSEntry: true })],
    broken: [
      [{ ...service({}), colour: "red" }, "colour", "is no field"],
      [service({}, { timeout: 3 }), "networking.timeout", "is no field"],
    ],
  },
  {
    rule: "has labels of its own only, and names that Kuma takes",
    kept: [
      { ...service({}), mesh: "m1", name: "a.b-c", labels: { "a.b/c": "", team: "x" } },
      { ...service({}), labels: { "kuma.io/managed-by": "pulumi", "k8s.kuma.io/a": "a" } },
    ],
    broken: [
      [
        { ...service({}), labels: { "pulumi-stack": "a" } },
        "labels.pulumi-stack",
        "this package writes itself",
      ],
      [{ ...service({}), labels: { a: "b c" } }, "labels.a", "is no label value"],
      [{ ...service({}), name: "UPPER" }, "name", 'for example "upper"'],
      [{ ...service({}), mesh: "a_b" }, "mesh", 'for example "a-b"'],
    ],
  },
];

const EGRESS: Rule[] = [
  {
    rule: "has a port, and at 127.0.0.1 another one for the admin interface",
    kept: [
      egress({}),
      egress({ admin: { port: 10002 } }),
      egress({ address: "10.0.0.1", admin: { port: 10002 } }),
      egress({ address: "127.0.0.1", admin: { port: 9901 } }),
      egress({ address: "127.0.0.1", admin: {} }),
    ],
    broken: [
      [{ networking: {} }, "networking.port", "is missing"],
      [egress({ port: 0 }), "networking.port", "at least 1"],
      [egress({ port: 65536 }), "networking.port", "at most 65535"],
      [egress({ address: "127.0.0.1", admin: { port: 10002 } }), "networking.admin.port", "the two differ"],
    ],
  },
  {
    rule: "has an address at which the zone can reach it",
    kept: ["::1", "10.0.0.1", "egress.internal", "a_b"].map((address) => egress({ address })),
    broken: ["0.0.0.0", "::", "a:80", "[::1]", "a/b", "a b", "a!b", ""].map((address) => [
      egress({ address }),
      "networking.address",
      "",
    ]),
  },
  {
    rule: "has nothing that the server would drop in silence, and names that Kuma takes",
    kept: [{ ...egress({}), zone: "zone-1", name: "egress-1" }],
    broken: [
      [egress({ advertisedPort: 1 }), "networking.advertisedPort", "is no field"],
      [{ ...egress({}), zone: "Zone 1" }, "zone", 'for example "zone-1"'],
      [{ ...egress({}), mesh: "default" }, "mesh", "is no field"],
    ],
  },
];

describeRules("an external service", externalService, SERVICE);
describeRules("a zone egress", zoneEgress, EGRESS);
