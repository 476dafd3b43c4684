import { describe, expect, it } from "vitest";
import { errorOf, registered, theOne } from "../support/manifests.ts";

const kubernetesForm = `apiVersion: kuma.io/v1alpha1
kind: ExternalService
mesh: default
metadata:
  name: httpbin
  labels: { team: edge }
spec:
  tags:
    kuma.io/service: httpbin
    kuma.io/protocol: http
  networking:
    address: httpbin.org:443
    tls:
      enabled: true
      sni: httpbin.org`;

const universalForm = `type: ExternalService
mesh: default
name: httpbin
labels: { team: edge }
tags:
  kuma.io/service: httpbin
  kuma.io/protocol: http
networking:
  address: httpbin.org:443
  tls:
    enabled: true
    sni: httpbin.org`;

const mesh = (name: string) =>
  `type: Mesh\nname: ${name}\nmtls: { enabledBackend: ca, backends: [{ name: ca, type: builtin }] }`;

describe("an ExternalService", () => {
  it.for([
    ["Kubernetes", kubernetesForm],
    ["Universal", universalForm],
  ])("in %s form becomes an external service", async ([, yaml = ""]) => {
    const [service, ...others] = await registered(yaml);
    expect(others).toEqual([]);
    expect(service).toMatchObject({ type: "kuma:ExternalService", name: "docs-default/httpbin" });
    expect(service?.inputs).toEqual({
      mesh: "default",
      name: "httpbin",
      labels: { team: "edge" },
      tags: { "kuma.io/service": "httpbin", "kuma.io/protocol": "http" },
      networking: { address: "httpbin.org:443", tls: { enabled: true, sni: "httpbin.org" } },
    });
  });

  it("is in the mesh default when it says none", async () => {
    expect(await theOne("kuma:ExternalService", universalForm.replace("mesh: default\n", ""))).toMatchObject({
      mesh: "default",
    });
  });

  it("waits for its mesh when the same manifests declare it", async () => {
    const yaml = `${universalForm.replace("mesh: default", "mesh: shop")}\n---\n${mesh("shop")}`;
    const service = (await registered(yaml)).find(({ type }) => type === "kuma:ExternalService");
    expect(service).toMatchObject({
      name: "docs-shop/httpbin",
      inputs: { mesh: "shop" },
      dependencies: ["docs-shop"],
    });
  });

  it("takes what the control plane printed", async () => {
    const yaml = `creationTime: "2024-01-01T00:00:00Z"\nmodificationTime: "2024-01-01T00:00:00Z"\n${universalForm}`;
    expect(await theOne("kuma:ExternalService", yaml)).not.toHaveProperty("creationTime");
  });
});

describe("the other kinds", () => {
  it("a ZoneEgress becomes a zone egress", async () => {
    const universal =
      "type: ZoneEgress\nname: egress\nzone: zone-1\nnetworking: { address: 10.0.0.7, port: 10002 }";
    const kubernetes =
      "apiVersion: kuma.io/v1alpha1\nkind: ZoneEgress\nmetadata: { name: egress, namespace: kuma-system }\nspec: { zone: zone-1, networking: { address: 10.0.0.7, port: 10002 } }";
    const args = { name: "egress", zone: "zone-1", networking: { address: "10.0.0.7", port: 10002 } };
    expect(await theOne("kuma:ZoneEgress", universal)).toEqual(args);
    expect(await theOne("kuma:ZoneEgress", kubernetes)).toEqual(args);
  });

  it("a Mesh becomes a mesh", async () => {
    const args = {
      name: "shop",
      mtls: { enabledBackend: "ca", backends: [{ name: "ca", type: "builtin" }] },
    };
    expect(await theOne("kuma:Mesh", mesh("shop"))).toEqual(args);
    const kubernetes = `apiVersion: kuma.io/v1alpha1\nkind: Mesh\nmetadata: { name: shop }\nspec: { mtls: { enabledBackend: ca, backends: [{ name: ca, type: builtin }] } }`;
    expect(await theOne("kuma:Mesh", kubernetes)).toEqual(args);
  });

  it("a MeshExternalService becomes one, in the mesh and at the side that its labels say", async () => {
    const spec =
      "spec: { match: { port: 80, protocol: http }, endpoints: [{ address: httpbin.org, port: 80 }] }";
    const args = {
      mesh: "shop",
      name: "m",
      match: { port: 80, protocol: "http" },
      endpoints: [{ address: "httpbin.org", port: 80 }],
    };
    expect(
      await theOne("kuma:MeshExternalService", `type: MeshExternalService\nmesh: shop\nname: m\n${spec}`),
    ).toEqual(args);
    const kubernetes = `apiVersion: kuma.io/v1alpha1\nkind: MeshExternalService\nmetadata:\n  name: m\n  labels: { kuma.io/mesh: shop, kuma.io/origin: zone, team: edge }\n${spec}`;
    expect(await theOne("kuma:MeshExternalService", kubernetes)).toEqual({
      ...args,
      origin: "zone",
      labels: { team: "edge" },
    });
  });
});

describe("what is wrong is said where it stands", () => {
  it.for<[what: string, yaml: string, error: string]>([
    [
      "the shortened certificate of Kuma's document",
      kubernetesForm.replace(
        "sni: httpbin.org",
        "caCert:\n        inline: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t...",
      ),
      'yaml:16: ExternalService "httpbin": spec.networking.tls.caCert.inline',
    ],
    [
      "the same in Universal form, in its own words",
      universalForm.replace("sni: httpbin.org", "caCert: { inline: a... }"),
      'yaml:12: ExternalService "httpbin": networking.tls.caCert.inline',
    ],
    [
      "names that are none",
      kubernetesForm.replace("sni: httpbin.org", "clientCert: { secret: clientCert }"),
      "is no name: lower case letters",
    ],
    [
      "labels of this package's own",
      universalForm.replace("team: edge", "pulumi-owner: a"),
      'yaml:4: ExternalService "httpbin": labels',
    ],
    [
      "a mesh that is no text",
      universalForm.replace("mesh: default", "mesh: 5"),
      'yaml:2: ExternalService "httpbin": mesh',
    ],
    [
      "a field of the resource that is none of the object's",
      universalForm.replace("labels:", "adopt: true\nlabels:"),
      'yaml:4: ExternalService "httpbin": adopt is no field',
    ],
    [
      "fields outside of spec",
      kubernetesForm.replace("mesh: default", "tags: {}"),
      'yaml:3: ExternalService "httpbin": tags is no field that exists here',
    ],
    [
      "the mesh of an egress",
      "type: ZoneEgress\nmesh: default\nname: e\nnetworking: { port: 1 }",
      'yaml:2: ZoneEgress "e": mesh says a mesh, to which no ZoneEgress belongs',
    ],
    [
      "a namespace where none is",
      kubernetesForm.replace("name: httpbin\n", "name: httpbin\n  namespace: a\n"),
      'yaml:6: ExternalService "httpbin": metadata.namespace "a" has no place here',
    ],
  ])("%s", async ([, yaml, error]) => {
    expect(await errorOf(yaml)).toContain(error);
  });

  it("and a missing tag, at the tags", async () => {
    expect(await errorOf(universalForm.replace(/ {2}kuma.io\/service.*\n/, ""))).toMatch(
      'yaml:5: ExternalService "httpbin": tags["kuma.io/service"] is missing',
    );
  });
});
