import { describe, expect, it, vi } from "vitest";
import { errorOf, pulumi, registered, theOne, upstreamYaml } from "../support/manifests.ts";

const NODE = { host: "httpbin.org", port: 80, weight: 100 };

describe("an ApisixUpstream becomes an upstream", () => {
  it("called NAMESPACE_NAME, with the scheme's port and a weight of 100", async () => {
    const [upstream, ...others] = await registered(upstreamYaml());
    expect(others).toEqual([]);
    expect(upstream).toMatchObject({ type: "apisix:Upstream", name: "docs-apisix_u" });
    expect(upstream?.inputs).toEqual({ upstreamId: "apisix_u", nodes: [NODE] });
  });

  it("in the namespace that it names itself", async () => {
    const yaml = upstreamYaml().replace("name: u", "name: u\n  namespace: other");
    expect(await theOne("apisix:Upstream", yaml)).toMatchObject({ upstreamId: "other_u" });
  });

  it.for([
    ["http", 80],
    ["https", 443],
    ["grpc", 80],
    ["grpcs", 443],
  ])("with scheme %s and port %i", async ([scheme, port]) => {
    const upstream = await theOne("apisix:Upstream", upstreamYaml(`scheme: ${scheme}`));
    expect(upstream).toMatchObject({ scheme, nodes: [{ port }] });
  });

  it("with https and the client's host, as the controller has it, unless passHost says otherwise", async () => {
    expect(await theOne("apisix:Upstream", upstreamYaml("scheme: https"))).toMatchObject({
      passHost: "pass",
    });
    const yaml = upstreamYaml("scheme: https\npassHost: node");
    expect(await theOne("apisix:Upstream", yaml)).toMatchObject({ passHost: "node" });
  });

  it("with its own port and weight, 0 included", async () => {
    const yaml = upstreamYaml().replace(
      "name: httpbin.org",
      "name: httpbin.org\n    port: 8080\n    weight: 0",
    );
    expect(await theOne("apisix:Upstream", yaml)).toMatchObject({ nodes: [{ port: 8080, weight: 0 }] });
  });

  it.for<[what: string, spec: string, args: object]>([
    [
      "passHost and upstreamHost",
      "passHost: rewrite\nupstreamHost: a.example",
      { passHost: "rewrite", upstreamHost: "a.example" },
    ],
    ["retries", "retries: 0", { retries: 0 }],
    [
      "timeouts in seconds, 60 where none is given",
      "timeout: { connect: 3s, read: 1m30s }",
      { timeout: { connect: 3, send: 60, read: 90 } },
    ],
    [
      "a load balancer",
      "loadbalancer: { type: chash, hashOn: header, key: x-user }",
      { type: "chash", hashOn: "header", key: "x-user" },
    ],
    ["the class, which here is the provider's business", "ingressClassName: apisix", { nodes: [NODE] }],
  ])("with %s", async ([, spec, args]) => {
    expect(await theOne("apisix:Upstream", upstreamYaml(spec))).toMatchObject(args);
  });

  it("with its labels", async () => {
    const yaml = upstreamYaml().replace(
      "name: u",
      "name: u\n  labels: { team: edge }\n  annotations: { a: b }",
    );
    expect(await theOne("apisix:Upstream", yaml)).toMatchObject({ labels: { team: "edge" } });
  });

  it("with health checks", async () => {
    const yaml = upstreamYaml(`healthCheck:
  active:
    type: https
    timeout: 2000000000
    concurrency: 4
    host: probe.example
    port: 8443
    httpPath: /healthz
    strictTLS: false
    requestHeaders: ["X-Probe: 1"]
    healthy: { interval: 5s, httpCodes: [200], successes: 1 }
    unhealthy: { interval: 2s, httpCodes: [500], httpFailures: 2, tcpFailures: 3, timeout: 4 }
  passive:
    type: http
    healthy: { httpCodes: [201], successes: 5 }
    unhealthy: { httpCodes: [503], httpFailures: 6, tcpFailures: 7, timeout: 8 }`);
    expect(await theOne("apisix:Upstream", yaml)).toMatchObject({
      checks: {
        active: {
          type: "https",
          timeout: 2,
          concurrency: 4,
          host: "probe.example",
          port: 8443,
          httpPath: "/healthz",
          httpsVerifyCertificate: false,
          reqHeaders: ["X-Probe: 1"],
          healthy: { interval: 5, httpStatuses: [200], successes: 1 },
          unhealthy: { interval: 2, httpStatuses: [500], httpFailures: 2, tcpFailures: 3, timeouts: 4 },
        },
        passive: {
          type: "http",
          healthy: { httpStatuses: [201], successes: 5 },
          unhealthy: { httpStatuses: [503], httpFailures: 6, tcpFailures: 7, timeouts: 8 },
        },
      },
    });
  });

  it.for([
    ["nacos", "nacos"],
    ["polaris", { custom: "polaris" }],
  ])("with the discovery %s instead of nodes", async ([type, discoveryType]) => {
    const yaml = upstreamYaml(
      `discovery: { type: ${type}, serviceName: pay, args: { namespace_id: prod, group_name: g, other: x } }`,
    ).replace(/ {2}externalNodes:[\s\S]*httpbin.org\n/, "");
    expect(await theOne("apisix:Upstream", yaml)).toEqual({
      upstreamId: "apisix_u",
      serviceName: "pay",
      discoveryType,
      discoveryArgs: { namespaceId: "prod", groupName: "g", other: "x" },
    });
  });
});

const service = (namespace: string) =>
  `\n---\napiVersion: v1\nkind: Service\nmetadata: { name: ext, namespace: ${namespace} }\nspec: { type: ExternalName, externalName: a.example }`;

describe("a node of type Service", () => {
  const node = upstreamYaml().replace("Domain", "Service").replace("httpbin.org", "ext");

  it("becomes the domain of the Service of that name in its namespace", async () => {
    expect(await theOne("apisix:Upstream", node + service("apisix"))).toMatchObject({
      nodes: [{ host: "a.example", port: 80, weight: 100 }],
    });
  });

  it("becomes what services says of it, be it known or not", async () => {
    expect(await theOne("apisix:Upstream", node, { services: { ext: "b.example" } })).toMatchObject({
      nodes: [{ host: "b.example" }],
    });
    const later = Promise.resolve("c.example");
    expect(await theOne("apisix:Upstream", node, { services: { ext: later } })).toMatchObject({
      nodes: [{ host: "c.example" }],
    });
  });

  it("is an error with both ways out when its Service is not there, or in another namespace", async () => {
    const error =
      /yaml:8: ApisixUpstream "u": spec.externalNodes\[0\].name "ext" is a Service that is not among the files; .*services: \{ "ext": "DOMAIN" \}.*target "kubernetes"/;
    expect(await errorOf(node)).toMatch(error);
    expect(await errorOf(node + service("other"))).toMatch(error);
  });

  it("is an error when services names what no node is, or what a file declares, too", async () => {
    expect(await errorOf(upstreamYaml(), { services: { exd: "a.example" } })).toMatch(
      'services: "exd" is the name of no',
    );
    expect(await errorOf(node + service("apisix"), { services: { ext: "a.example" } })).toMatch(
      "stands in services, too",
    );
  });
});

describe("of what nothing is made, a warning says so", () => {
  it.for([
    [
      "a Service that is no node",
      service("apisix"),
      'yaml:13: Service "ext" is no node of an ApisixUpstream',
    ],
    [
      "a plugin config that no rule names",
      "\n---\napiVersion: apisix.apache.org/v2\nkind: ApisixPluginConfig\nmetadata: { name: p }\nspec: { plugins: [] }",
      'yaml:13: ApisixPluginConfig "p" is named by no rule, so nothing is made of it',
    ],
  ])("%s", async ([, yaml = "", warning]) => {
    const warn = vi.spyOn(pulumi.log, "warn");
    expect(await registered(upstreamYaml() + yaml)).toHaveLength(1);
    expect(warn).toHaveBeenCalledExactlyOnceWith(expect.stringContaining(warning ?? ""), expect.anything());
    warn.mockRestore();
  });
});

describe("what an upstream of the Admin API cannot be is an error", () => {
  it.for<[what: string, spec: string, error: string | RegExp]>([
    [
      "subsets",
      "subsets: [{ name: v1, labels: { v: a } }]",
      'yaml:9: ApisixUpstream "u": spec.subsets are for Kubernetes Services',
    ],
    [
      "settings per port",
      "portLevelSettings: [{ port: 80 }]",
      'yaml:9: ApisixUpstream "u": spec.portLevelSettings are for Kubernetes Services',
    ],
    [
      "a client certificate in a Secret",
      "tlsSecret: { name: a, namespace: b }",
      /yaml:9: .*spec.tlsSecret is a Secret of Kubernetes.*apisix.Upstream.*target "kubernetes"/,
    ],
    [
      "a scheme of streams",
      "scheme: tcp",
      'yaml:9: ApisixUpstream "u": spec.scheme "tcp" is for stream rules',
    ],
    [
      "a probe's timeout in seconds",
      "healthCheck: { active: { timeout: 5 } }",
      "spec.healthCheck.active.timeout 5 is less than a second",
    ],
    [
      "a count that APISIX does not take",
      "healthCheck:\n  active:\n    healthy: { interval: 1s, successes: 0 }",
      /yaml:11: .*spec.healthCheck.active.healthy.successes 0 is too small/,
    ],
    ["an unknown field", "nodes: []", /yaml:9: .*spec.nodes is no field that exists here/],
  ])("%s", async ([, spec, error]) => {
    expect(await errorOf(upstreamYaml(spec))).toMatch(error);
  });

  it("settings for a Kubernetes Service alone", async () => {
    const yaml = upstreamYaml("retries: 1").replace(/ {2}externalNodes:[\s\S]*httpbin.org\n/, "");
    expect(await errorOf(yaml)).toMatch("spec.externalNodes is missing; without it and discovery");
  });

  it("a node of an unknown type, which the controller takes for Service", async () => {
    expect(await errorOf(upstreamYaml().replace("Domain", "domain"))).toMatch(
      'yaml:7: ApisixUpstream "u": spec.externalNodes[0].type "domain" is none of the values allowed; did you mean "Domain"?',
    );
  });
});
