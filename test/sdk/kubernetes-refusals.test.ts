import type { ApisixRouteArgs, ApisixUpstreamArgs } from "pulumi-external-backends/kubernetes";
import { describe, expect, test } from "vitest";
import { declare, kubernetes, pulumi } from "../support/kubernetes.ts";

const { ApisixRoute, ApisixUpstream, ExternalNameService, ExternalService, Mesh, ZoneEgress } = kubernetes;
type Resource = import("@pulumi/pulumi").Resource;
type Rule = Record<string, unknown>;

const route = (rule: Rule, more: object = {}) =>
  new ApisixRoute("r", {
    spec: { http: [{ name: "rule", match: { paths: ["/*"] }, upstreams: [{ name: "u" }], ...rule }] },
    ...more,
  } as ApisixRouteArgs);
const upstream = (spec: object, more: object = {}) =>
  new ApisixUpstream("u", { spec, ...more } as ApisixUpstreamArgs);
const node = (fields: object) =>
  upstream({ externalNodes: [{ type: "Domain", name: "httpbin.org", ...fields }] });
const service = (tls: object, more: object = {}) =>
  new ExternalService("e", {
    spec: { tags: { "kuma.io/service": "e" }, networking: { address: "httpbin.org:443", tls } },
    ...more,
  } as never);

/** What is wrong, where, and the text with the reason and the way out. */
const REFUSED: [what: string, program: () => Resource, message: RegExp][] = [
  [
    "an unknown node type",
    () => node({ type: "Servce" }),
    /^kubernetes\.ApisixUpstream "u": spec\.externalNodes\[0\]\.type "Servce" .*did you mean "Service"\? allowed: Domain, Service/,
  ],
  ["a node without a type", () => node({ type: undefined }), /spec\.externalNodes\[0\]\.type is missing/],
  [
    "a node with its port in the name",
    () => node({ name: "httpbin.org:443" }),
    /name: "httpbin\.org", port: 443/,
  ],
  ["no nodes at all", () => upstream({ externalNodes: [] }), /spec\.externalNodes is too small/],
  [
    "nodes beside discovery",
    () =>
      upstream({
        externalNodes: [{ type: "Domain", name: "a.b" }],
        discovery: { type: "dns", serviceName: "s" },
      }),
    /externalNodes does not go with discovery/,
  ],
  [
    "a time that the controller would cut to 0",
    () => upstream({ timeout: { connect: "500ms" } }),
    /spec\.timeout\.connect "500ms" is no time of whole seconds/,
  ],
  [
    "a hash without a key",
    () => upstream({ portLevelSettings: [{ port: 80, loadbalancer: { type: "chash" } }] }),
    /spec\.portLevelSettings\[0\]\.loadbalancer\.key is missing/,
  ],
  [
    "passHost rewrite without a host",
    () => upstream({ passHost: "rewrite" }),
    /spec\.upstreamHost is missing/,
  ],
  [
    "passive health checks alone",
    () => upstream({ healthCheck: { passive: {} } }),
    /spec\.healthCheck\.active is missing/,
  ],
  [
    "a misspelt field",
    () => upstream({ externalNode: [] }),
    /spec\.externalNode is no field .* did you mean "externalNodes"\?/,
  ],
  [
    "a rule without a destination",
    () => route({ upstreams: undefined }),
    /spec\.http\[0\]\.upstreams is missing; a rule needs at least one of upstreams, backends/,
  ],
  [
    "an unknown authentication, which would become basicAuth",
    () => route({ authentication: { enable: true, type: "JWT" } }),
    /authentication\.type "JWT"/,
  ],
  [
    "In without a set",
    () => route({ match: { paths: ["/"], exprs: [{ subject: { scope: "Path" }, op: "In", value: "a" }] } }),
    /exprs\[0\]\.set is missing/,
  ],
  [
    "two rules of one name",
    () =>
      new ApisixRoute("r", {
        spec: {
          http: [0, 1].map(() => ({ name: "a", match: { paths: ["/"] }, upstreams: [{ name: "u" }] })),
        },
      }),
    /spec\.http\[1\]\.name "a" is the name of another rule/,
  ],
  [
    "waiting for ever",
    () => upstream({}, { waitForAccepted: { timeoutSeconds: 0 } }),
    /waitForAccepted\.timeoutSeconds 0 is no whole number/,
  ],
  [
    "a name that Kubernetes refuses",
    () => new ApisixUpstream("My_Upstream", { spec: {} }),
    /metadata\.name "My_Upstream" is no name.*for example "my-upstream"/,
  ],
  [
    "an ExternalName with a scheme",
    () => new ExternalNameService("s", { externalName: "https://httpbin.org/" }),
    /kubernetes\.ExternalNameService "s": externalName .*for example "httpbin\.org"/,
  ],
  [
    "a shortened certificate",
    () => service({ enabled: true, caCert: { inline: "LS0tLS1CRUdJ..." } }),
    /spec\.networking\.tls\.caCert\.inline .*base64/,
  ],
  [
    "TLS settings without TLS",
    () => service({ serverName: "a.b" }),
    /spec\.networking\.tls\.serverName .*no effect/,
  ],
  [
    "a namespace where there is none",
    () => service({ enabled: true }, { metadata: { namespace: "kuma" } }),
    /metadata\.namespace .*whole cluster/,
  ],
  [
    "an egress that shares its admin port",
    () =>
      new ZoneEgress("z", { spec: { networking: { address: "127.0.0.1", port: 1, admin: { port: 1 } } } }),
    /spec\.networking\.admin\.port 1 is the same as networking\.port/,
  ],
  [
    "zone egress without mTLS",
    () => new Mesh("m", { spec: { routing: { zoneEgress: true } } }),
    /spec\.routing\.zoneEgress .*needs mTLS/,
  ],
];

describe("refused in the constructor, with path, value, reason and way out", () => {
  test.each(REFUSED)("%s", async (_, program, message) => {
    await declare(() => {
      expect(program).toThrow(message);
      return [];
    });
  });

  test("no ingressClassName, neither here nor in the configuration", async () => {
    const config = {};
    await declare(
      () => {
        expect(() => upstream({})).toThrow(
          /spec\.ingressClassName is missing; .*pulumi config set apisix:ingressClassName/,
        );
        return [];
      },
      { config },
    );
  });

  test("a private key stands in no message", async () => {
    await declare(() => {
      const program = () =>
        service({ enabled: true, clientCert: { secret: "c" }, clientKey: { inline: "not base64!" } });
      expect(program).toThrow(/clientKey\.inline is not base64/);
      expect(program).not.toThrow(/not base64!/);
      return [];
    });
  });
});

describe("what holds outputs is refused when they are known, and nothing of it is registered", () => {
  test("a wrong value", async () => {
    const { objects, errors } = await declare(() => [node({ type: pulumi.output("Servce") })], {
      preview: true,
    });
    expect(errors).toEqual([expect.stringContaining('spec.externalNodes[0].type "Servce"')]);
    expect(objects).toEqual([]);
  });

  test("a wrong secret value", async () => {
    const { objects, errors } = await declare(() => [node({ port: pulumi.secret(99999) })]);
    expect(errors).toEqual([expect.stringContaining("spec.externalNodes[0].port is too large")]);
    expect(objects).toEqual([]);
  });

  test("a value that is not known yet is let through, and the rest is still checked", async () => {
    const unknown = pulumi.output(pulumi.unknown);
    const right = await declare(() => [node({ name: unknown, port: unknown, weight: 1 })], { preview: true });
    expect(right.errors).toEqual([]);
    expect(right.objects).toHaveLength(1);
    const wrong = await declare(() => [node({ name: unknown, weight: -1 })], { preview: true });
    expect(wrong.errors).toEqual([expect.stringContaining("spec.externalNodes[0].weight -1")]);
  });
});
