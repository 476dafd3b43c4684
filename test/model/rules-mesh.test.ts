import { expect, test } from "vitest";
import type { JsonObject } from "../../provider/model/fields.ts";
import { UNKNOWN } from "../../provider/model/fields.ts";
import { mesh } from "../../provider/model/kuma/mesh.ts";
import { meshExternalService } from "../../provider/model/kuma/mesh-external-service.ts";
import { meshPatch } from "../../provider/model/kuma/mesh-patch.ts";
import { policy } from "../../provider/model/kuma/policy.ts";
import { secret } from "../../provider/model/kuma/secret.ts";
import { validate } from "../../provider/model/validate.ts";
import { describeRules } from "../support/rules.ts";

const mtls = { enabledBackend: "ca", backends: [{ name: "ca", type: "builtin" }] };
const backend = (name: string): JsonObject => ({ name, type: "builtin" });
const collector: JsonObject = { name: "a", type: "prometheus" };
const expiring = (expiration: string): JsonObject => ({
  mtls: { backends: [{ ...backend("a"), dpCert: { rotation: { expiration } } }] },
});
const withConf = (section: string, type: string, conf: JsonObject[string] | undefined): JsonObject => ({
  [section]: { backends: [{ name: "a", type, ...(conf !== undefined && { conf }) }] },
});
const CONF = (section: string) => `${section}.backends[0].conf`;
const service = (fields: JsonObject): JsonObject => ({
  match: { port: 80 },
  endpoints: [{ address: "a.example", port: 80 }],
  ...fields,
});
const certificate = { secret: "certificate" };
const verified = (verification: JsonObject) => service({ tls: { enabled: true, verification } });

describeRules("a mesh", mesh, [
  {
    rule: "has zone egress with mTLS only",
    kept: [
      { routing: { zoneEgress: true }, mtls },
      { routing: { zoneEgress: UNKNOWN } },
      { routing: { zoneEgress: true }, mtls: UNKNOWN },
      { routing: { zoneEgress: false } },
    ],
    broken: [
      [{ routing: { zoneEgress: true } }, "routing.zoneEgress", "needs mTLS"],
      [
        { routing: { zoneEgress: true }, mtls: { backends: mtls.backends } },
        "routing.zoneEgress",
        "needs mTLS",
      ],
    ],
  },
  {
    rule: "names a backend that it has",
    kept: [
      { mtls },
      { mtls: { ...mtls, enabledBackend: UNKNOWN } },
      { mtls: { ...mtls, backends: UNKNOWN } },
    ],
    broken: [
      [{ mtls: { ...mtls, enabledBackend: "b" } }, "mtls.enabledBackend", "backends: ca"],
      [{ metrics: { enabledBackend: "b" } }, "metrics.enabledBackend", "backends: none"],
      [{ logging: { defaultBackend: "b" } }, "logging.defaultBackend", "is the name of no backend"],
      [
        { tracing: { defaultBackend: "b", backends: [] } },
        "tracing.defaultBackend",
        "is the name of no backend",
      ],
    ],
  },
  {
    rule: "says of each backend what its type needs, and nothing that the control plane would ignore",
    kept: [
      withConf("mtls", "builtin", { caCert: { RSAbits: 2048, expiration: "10y" } }),
      withConf("mtls", "provided", { cert: { secret: "cert" }, key: { inlineString: "key" } }),
      withConf("mtls", "vault", { mode: { token: "t" } }),
      withConf("mtls", "constructor", { a: 1 }),
      withConf("logging", "file", { path: UNKNOWN }),
      withConf("logging", "tcp", UNKNOWN),
      withConf("logging", "tcp", { address: "[::1]:5000" }),
      withConf("tracing", "zipkin", { url: "http://zipkin.example:9411/api", traceId128bit: true }),
      withConf("tracing", "datadog", { address: "10.0.0.1", port: 8126, splitService: false }),
      withConf("metrics", "prometheus", {}),
      withConf("metrics", "prometheus", { skipMTLS: true, tls: { mode: "disabled" }, tags: { a: "" } }),
      withConf("metrics", "prometheus", { aggregate: [{ name: "app", port: 80, path: "/stats" }] }),
    ],
    broken: [
      [
        withConf("mtls", "builtin", { caCert: { rsaBits: 2048 } }),
        `${CONF("mtls")}.caCert.rsaBits`,
        '"RSAbits"',
      ],
      [
        withConf("mtls", "builtin", { caCert: { RSAbits: 1 } }),
        `${CONF("mtls")}.caCert.RSAbits`,
        "no length",
      ],
      [withConf("mtls", "provided", { cert: { secret: "cert" } }), `${CONF("mtls")}.key`, "is missing"],
      [withConf("logging", "file", undefined), `${CONF("logging")}.path`, "is missing"],
      [withConf("logging", "tcp", { address: ":5" }), `${CONF("logging")}.address`, "is no HOST:PORT"],
      [withConf("tracing", "zipkin", { url: "http://a" }), `${CONF("tracing")}.url`, "is no URL with a port"],
      [withConf("tracing", "datadog", { address: "a" }), `${CONF("tracing")}.port`, "is missing"],
      [withConf("metrics", "prometheus", { prot: 5 }), `${CONF("metrics")}.prot`, 'did you mean "port"?'],
      [
        withConf("metrics", "prometheus", { skipMTLS: true, tls: {} }),
        `${CONF("metrics")}.tls`,
        "says another thing than skipMTLS",
      ],
    ],
  },
  {
    rule: "has backends that differ in their names",
    kept: [
      { mtls: { backends: [backend("a"), backend("b")] } },
      { mtls: { backends: [backend(UNKNOWN), backend(UNKNOWN), UNKNOWN, UNKNOWN] } },
    ],
    broken: [
      [{ mtls: { backends: [backend("a"), backend("a")] } }, "mtls.backends[1].name", "of another backend"],
      [{ metrics: { backends: [collector, collector] } }, "metrics.backends[1].name", "of another"],
    ],
  },
  {
    rule: "renews certificates after a time that Kuma reads",
    kept: ["1d", "36h", "500ms", "0", UNKNOWN].map(expiring),
    broken: ["", "1", "1 d", "12h30m", "1.5h"].map((text) => [
      expiring(text),
      "mtls.backends[0].dpCert.rotation.expiration",
      "is no time such as",
    ]),
  },
  {
    rule: "says what exists",
    kept: [{}, { meshServices: { mode: "Exclusive" }, skipCreatingInitialPolicies: ["*"] }],
    broken: [
      [{ passthrough: false }, "passthrough", "is no field that exists here"],
      [{ meshServices: { mode: "everywhere" } }, "meshServices.mode", 'did you mean "Everywhere"?'],
      [{ skipCreatingInitialPolicies: ["*", "*"] }, "skipCreatingInitialPolicies[1]", "twice"],
      [{ labels: { "pulumi-owner": "a" } }, "labels.pulumi-owner", "this package writes itself"],
    ],
  },
]);

describeRules("a patch of a mesh", meshPatch, [
  {
    rule: "does not know what it does not say",
    kept: [
      { routing: { zoneEgress: true } },
      { mesh: "other", networking: { outbound: { passthrough: false } } },
    ],
    broken: [
      [{ name: "other" }, "name", "is no field that exists here"],
      [{ mtls: { enabledBackend: "b", backends: [] } }, "mtls.enabledBackend", "is the name of no backend"],
    ],
  },
]);

describeRules("a secret", secret, [
  {
    rule: "has a value in one form",
    kept: [{ value: "text" }, { data: "dGV4dA==" }, { value: UNKNOWN }, { data: UNKNOWN }],
    broken: [
      [{}, "value", "is missing"],
      [{ value: "text", data: "dGV4dA==" }, "value", "does not go with data"],
      // What is wrong is not shown.
      [{ data: "a secret text" }, "data", "is not base64"],
    ],
  },
]);

describeRules("a mesh external service", meshExternalService, [
  {
    rule: "has endpoints that can be reached, or leaves them to an extension",
    kept: [
      service({}),
      service({ endpoints: [{ address: "::1", port: 80 }] }),
      { match: { port: 80 } },
      { match: { port: 80 }, extension: { type: "lambda", config: { anything: [1] } } },
      { match: UNKNOWN, endpoints: UNKNOWN },
    ],
    broken: [
      [service({ endpoints: [{ address: "a b", port: 80 }] }), "endpoints[0].address", "is no IP address"],
      [service({ endpoints: [{ address: "unix:///a", port: 80 }] }), "endpoints[0].address", "no scheme"],
      [service({ endpoints: [{ address: "a", port: 0 }] }), "endpoints[0].port", "is too small"],
      [service({ match: { port: 80, protocol: "https" } }), "match.protocol", "did you mean"],
    ],
  },
  {
    rule: "has a name that fits into a host name",
    kept: [service({ name: "x".repeat(63) }), service({ name: "a.b" })],
    broken: [[service({ name: "x".repeat(64) }), "name", "at most 63"]],
  },
  {
    rule: "has versions of TLS in their order, and a server name that is one",
    kept: [
      service({ tls: { enabled: true, version: { min: "TLS12", max: "TLS13" } } }),
      service({ tls: { enabled: true, version: { min: "TLS13", max: "TLSAuto" } } }),
      verified({ serverName: "a.example" }),
    ],
    broken: [
      [
        service({ tls: { enabled: true, version: { min: "TLS13", max: "TLS12" } } }),
        "tls.version.min",
        "is a higher version than max",
      ],
      [verified({ serverName: "a b" }), "tls.verification.serverName", '"a b" is no '],
    ],
  },
  {
    rule: "has each certificate from one source, and a client certificate with its key",
    kept: [verified({ caCert: certificate }), verified({ clientCert: certificate, clientKey: certificate })],
    broken: [
      [verified({ caCert: {} }), "tls.verification.caCert", "is empty"],
      [
        verified({ caCert: { secret: "a", inlineString: "b" } }),
        "tls.verification.caCert",
        "has secret and inlineString",
      ],
      [verified({ clientCert: certificate }), "tls.verification.clientKey", "go together"],
    ],
  },
]);

describeRules("a policy", policy, [
  {
    rule: "is of a kind of Kuma's, with anything in its spec",
    kept: [
      { type: "MeshOfTheFuture", spec: { anything: [1] } },
      { type: UNKNOWN, spec: UNKNOWN },
    ],
    broken: [
      [{ type: "Timeout", spec: {} }, "type", "is no kind of policy"],
      [{ type: "MeshTimeout/../x", spec: {} }, "type", "is no kind of policy"],
      [{ type: "MeshTimeout" }, "spec", "is missing"],
      [{ type: "MeshTimeout", spec: {}, origin: "here" }, "origin", "allowed: global, zone"],
    ],
  },
]);

test("what is wrong in a mesh's backend is told without the value, which may be a secret", () => {
  const value = "s3cret-".repeat(30);
  const problems = [
    withConf("logging", "tcp", { address: value }),
    withConf("tracing", "zipkin", { url: value }),
    withConf("mtls", "builtin", { caCert: { expiration: value } }),
    withConf("metrics", "prometheus", { "a.b": value }),
  ].flatMap((fields) => validate(mesh, { name: "a", ...fields }));
  expect(problems.map(({ path }) => path)).toEqual([
    `${CONF("logging")}.address`,
    `${CONF("tracing")}.url`,
    `${CONF("mtls")}.caCert.expiration`,
    `${CONF("metrics")}["a.b"]`,
  ]);
  expect(JSON.stringify(problems)).not.toContain("s3cret");
});
