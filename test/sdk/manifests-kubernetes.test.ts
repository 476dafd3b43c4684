import { describe, expect, it } from "vitest";
import { crdErrors, crds, type KubernetesObject } from "../support/kubernetes.ts";
import { bothYaml, errorOf, type Registered, registered, upstreamYaml } from "../support/manifests.ts";

const config = { "apisix:ingressClassName": "apisix" };
const kubernetes = { target: "kubernetes", config } as const;
const object = ({ inputs }: Registered) => inputs as KubernetesObject;

const service = `apiVersion: v1
kind: Service
metadata: { name: ext }
spec: { type: ExternalName, externalName: httpbin.test.svc }`;

const ofService = upstreamYaml().replace("Domain", "Service").replace("httpbin.org", "ext");

describe("with target kubernetes", () => {
  it("objects are what stands in the file, with the namespace and the class that they do not say", async () => {
    const resources = await registered(bothYaml("priority: 3"), kubernetes);
    expect(resources.map(({ type, name }) => [type, name])).toEqual([
      ["kubernetes:apisix.apache.org/v2:ApisixUpstream", "docs-apisix/u"],
      ["kubernetes:apisix.apache.org/v2:ApisixRoute", "docs-apisix/r"],
    ]);
    expect(resources[1]?.inputs).toMatchObject({
      apiVersion: "apisix.apache.org/v2",
      kind: "ApisixRoute",
      metadata: { name: "r", namespace: "apisix" },
      spec: {
        ingressClassName: "apisix",
        http: [{ name: "rule1", match: { paths: ["/*"] }, upstreams: [{ name: "u" }], priority: 3 }],
      },
    });
  });

  it("a class and a namespace of their own stay", async () => {
    const yaml = upstreamYaml("ingressClassName: own").replace("name: u", "name: u\n  namespace: own");
    expect((await registered(yaml, kubernetes))[0]?.inputs).toMatchObject({
      metadata: { namespace: "own" },
      spec: { ingressClassName: "own" },
    });
  });

  it("what others refer to is made first and goes last", async () => {
    const config = `apiVersion: apisix.apache.org/v2
kind: ApisixPluginConfig
metadata: { name: shared }
spec: { plugins: [{ name: prometheus, enable: true }] }`;
    const route = bothYaml("plugin_config_name: shared").split("---")[0];
    const resources = await registered([route, config, ofService, service].join("\n---\n"), kubernetes);
    const waiting = Object.fromEntries(resources.map(({ name, dependencies }) => [name, dependencies]));
    expect(waiting["docs-apisix/u"]).toContain("docs-apisix/ext");
    expect(waiting["docs-apisix/r"]).toEqual(expect.arrayContaining(["docs-apisix/u", "docs-apisix/shared"]));
    expect(resources.find(({ name }) => name === "docs-apisix/shared")?.inputs).toMatchObject({
      spec: { ingressClassName: "apisix", plugins: [{ name: "prometheus", enable: true }] },
    });
  });

  it("a Service is an ExternalName service", async () => {
    expect((await registered(service, kubernetes))[0]?.inputs).toMatchObject({
      kind: "Service",
      metadata: { name: "ext", namespace: "apisix" },
      spec: { type: "ExternalName", externalName: "httpbin.test.svc" },
    });
  });

  it("an ApisixUpstream carries the domain of a Service that is its node", async () => {
    const resources = await registered([ofService, service].join("\n---\n"), kubernetes);
    expect(resources.find(({ name }) => name === "docs-apisix/u")?.inputs).toMatchObject({
      metadata: { annotations: { "pulumi-external-backends/external-names": "ext=httpbin.test.svc" } },
    });
  });

  it("a Service keeps what else it has", async () => {
    const whole = service.replace("svc }", "svc, ports: [{ port: 443 }], sessionAffinity: ClientIP }");
    expect((await registered(whole, kubernetes))[0]?.inputs).toMatchObject({
      spec: {
        type: "ExternalName",
        externalName: "httpbin.test.svc",
        ports: [{ port: 443 }],
        sessionAffinity: "ClientIP",
      },
    });
  });

  it("Kuma's objects are made of both forms, in their mesh", async () => {
    const yaml = `type: Mesh
name: shop
---
type: ExternalService
mesh: shop
name: httpbin
tags: { kuma.io/service: httpbin }
networking: { address: httpbin.org:80 }
---
apiVersion: kuma.io/v1alpha1
kind: ZoneEgress
metadata: { name: egress, namespace: kuma-system }
spec: { zone: zone-1, networking: { address: 10.0.0.7, port: 10002 } }
---
type: MeshExternalService
mesh: shop
name: m
spec: { match: { port: 80, protocol: http }, endpoints: [{ address: httpbin.org, port: 80 }] }`;
    const resources = await registered(yaml, kubernetes);
    const [external, mesh, meshExternal, egress] = resources
      .map(object)
      .sort((a, b) => (a.kind < b.kind ? -1 : 1));
    expect(mesh).toMatchObject({ kind: "Mesh", metadata: { name: "shop" } });
    expect(external).toMatchObject({ kind: "ExternalService", mesh: "shop", metadata: { name: "httpbin" } });
    expect(external?.metadata).not.toHaveProperty("namespace");
    expect(egress).toMatchObject({
      kind: "ZoneEgress",
      metadata: { name: "egress", namespace: "kuma-system" },
    });
    expect(meshExternal).toMatchObject({
      kind: "MeshExternalService",
      metadata: { name: "m", namespace: "apisix", labels: { "kuma.io/mesh": "shop" } },
      spec: { match: { port: 80, protocol: "http" } },
    });
    const waits = resources.filter(({ dependencies }) => dependencies.includes("docs-shop"));
    expect(waits.map(({ inputs }) => inputs.kind).sort()).toEqual(["ExternalService", "MeshExternalService"]);
  });

  it("every object is one that the CRDs take", async () => {
    const yaml = [
      bothYaml("plugins: [{ name: prometheus, enable: true }]\ntimeout: { read: 3s }\nwebsocket: true"),
      ofService.replace("name: u", "name: s"),
      service,
      "type: ExternalService\nname: e\ntags: { kuma.io/service: e }\nnetworking: { address: a.example:80, tls: { enabled: true, sni: a.example } }",
    ].join("\n---\n");
    const objects = (await registered(yaml, kubernetes)).map(object).filter(({ kind }) => crds.has(kind));
    expect(objects).toHaveLength(4);
    expect(objects.flatMap(crdErrors)).toEqual([]);
  });

  it.for<[what: string, yaml: string, error: string | RegExp]>([
    [
      "a class that nobody says",
      upstreamYaml("ingressClassName:"),
      /yaml:\d: ApisixUpstream "u": spec.ingressClassName is missing; .*pulumi config set apisix:ingressClassName/,
    ],
    [
      "an upstream that is not there",
      bothYaml()
        .replace("name: u\nspec", "name: v\nspec")
        .replaceAll("spec:", "spec:\n  ingressClassName: a"),
      /yaml:14: ApisixRoute "r": spec.http\[0\].upstreams\[0\].name "u" is no ApisixUpstream among the files/,
    ],
    [
      "an upstream without nodes",
      bothYaml()
        .replace(/externalNodes:[\s\S]*$/, "retries: 1")
        .replaceAll("spec:", "spec:\n  ingressClassName: a"),
      /yaml:14: ApisixRoute "r": .* "u" has neither externalNodes nor discovery/,
    ],
    [
      "two objects of one name, whatever their mesh",
      ["a", "b"]
        .map(
          (mesh) =>
            `type: ExternalService\nmesh: ${mesh}\nname: e\ntags: { kuma.io/service: s }\nnetworking: { address: a.example:80 }`,
        )
        .join("\n---\n"),
      'yaml:9: ExternalService "e": name is the name of another one at yaml:3',
    ],
  ])("%s is an error with file and line", async ([, yaml, error]) => {
    expect(await errorOf(yaml, { target: "kubernetes" })).toMatch(error);
  });
});
