import { join } from "node:path";
import { expect, test } from "vitest";
import { stringify } from "yaml";
import { loadProgram } from "../../tools/program.ts";
import { repository } from "../../tools/repository.ts";
import { crdErrors, declare, type KubernetesObject } from "../support/kubernetes.ts";
import { expectOutputs } from "../support/pages.ts";

const program = loadProgram(join(repository, "examples", "external-name"));

async function objectsOf(config: Record<string, string> = {}): Promise<KubernetesObject[]> {
  const options = { project: "external-name", config: { "apisix:ingressClassName": "apisix", ...config } };
  const { objects, errors } = await declare(async () => {
    const { routeName } = (await program()) as { routeName: import("@pulumi/pulumi").Output<string> };
    return [{ urn: routeName }];
  }, options);
  expect(errors).toEqual([]);
  return objects;
}

test("external-name makes the document's three objects, in one namespace", async () => {
  const [service, upstream, route] = await objectsOf();
  expect(service).toMatchObject({
    kind: "Service",
    metadata: { name: "ext-httpbin", namespace: "apisix" },
    spec: { type: "ExternalName", externalName: "httpbin.test.svc" },
  });
  expect(upstream).toMatchObject({
    kind: "ApisixUpstream",
    metadata: { name: "ext-upstream", namespace: "apisix" },
    spec: { externalNodes: [{ type: "Service", name: "ext-httpbin" }] },
  });
  expect(route).toMatchObject({
    kind: "ApisixRoute",
    metadata: { name: "ext-route", namespace: "apisix" },
    spec: { http: [{ match: { hosts: ["ext.httpbin.org"] }, upstreams: [{ name: "ext-upstream" }] }] },
  });
  const text = [service, upstream, route].map((object) => stringify(object)).join("---\n");
  expectOutputs("examples/external-name/README.md", { objects: text });
  expect([upstream, route].flatMap((object) => crdErrors(object as KubernetesObject))).toEqual([]);
});

test("external-name changes the Service and an annotation of the ApisixUpstream when the domain changes", async () => {
  const before = await objectsOf();
  const after = await objectsOf({ "external-name:externalName": "httpbin.org" });
  const changed = after.filter((object, index) => JSON.stringify(object) !== JSON.stringify(before[index]));
  expect(changed).toMatchObject([
    { kind: "Service", spec: { externalName: "httpbin.org" } },
    {
      kind: "ApisixUpstream",
      metadata: { annotations: { "pulumi-external-backends/external-names": "ext-httpbin=httpbin.org" } },
    },
  ]);
  const withoutAnnotations = (object: (typeof after)[number]) => ({
    ...object,
    metadata: { ...object.metadata, annotations: undefined },
  });
  const upstream = ({ kind }: { kind: string }) => kind === "ApisixUpstream";
  expect(after.filter(upstream).map(withoutAnnotations)).toEqual(
    before.filter(upstream).map(withoutAnnotations),
  );
});
