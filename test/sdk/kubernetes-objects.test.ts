import { execFile } from "node:child_process";
import type { ApisixUpstreamSpec } from "pulumi-external-backends/kubernetes";
import { describe, expect, test } from "vitest";
import type * as z from "zod";
import { bare, shapeOf } from "../../provider/model/fields.ts";
import { apisixRouteObject } from "../../provider/model/kubernetes/apisix-route.ts";
import { apisixUpstreamObject } from "../../provider/model/kubernetes/apisix-upstream.ts";
import { meshExternalServiceObject } from "../../provider/model/kubernetes/kuma.ts";
import {
  type CrdSchema,
  crdErrors,
  crds,
  declare,
  type KubernetesObject,
  kubernetes,
  pulumi,
} from "../support/kubernetes.ts";
import { OBJECTS } from "../support/kubernetes-objects.ts";

const { ApisixUpstream, ExternalNameService, ExternalService } = kubernetes;
const all = Object.entries(OBJECTS);

async function made(program: () => import("@pulumi/pulumi").Resource): Promise<KubernetesObject> {
  const { objects, errors } = await declare(() => [program()]);
  expect(errors).toEqual([]);
  return objects[0] as KubernetesObject;
}

describe("every object is one that the CRD takes without dropping a field", () => {
  test.each(all)("%s", async (_, program) => {
    expect(crdErrors(await made(program))).toEqual([]);
  });

  test("and the check sees an unknown field", async () => {
    const object = await made(OBJECTS["a MeshExternalService"] as never);
    expect(crdErrors({ ...object, mesh: "default" })).not.toEqual([]);
  });
});

describe("a cluster takes every object", () => {
  const kubeconfig = process.env.KUBECONFIG_TEST;
  const title = kubeconfig ? "%s" : "%s (skipped: KUBECONFIG_TEST names no cluster)";
  test.skipIf(!kubeconfig).each(all)(title, async (_, program) => {
    const object = await made(program);
    await new Promise<void>((resolve, reject) => {
      const child = execFile(
        "kubectl",
        ["--kubeconfig", kubeconfig ?? "", "apply", "--dry-run=server", "--validate=strict", "-f", "-"],
        (error) => (error ? reject(error) : resolve()),
      );
      child.stdin?.end(JSON.stringify(object));
    });
  });
});

describe("no field of a CRD's spec is missing, and none is made up", () => {
  test.each([apisixRouteObject, apisixUpstreamObject, meshExternalServiceObject])(
    "$kind",
    ({ kind, schema }) => {
      const spec = crds.get(kind)?.schema.properties?.spec as CrdSchema;
      expect(pathsOfSchema(schema.shape.spec as z.core.$ZodType).sort()).toEqual(pathsOfCrd(spec).sort());
    },
  );
});

function pathsOfCrd(schema: CrdSchema): string[] {
  if (schema.items) return pathsOfCrd(schema.items);
  return Object.entries(schema.properties ?? {}).flatMap(([key, inner]) => [
    key,
    ...pathsOfCrd(inner).map((path) => `${key}.${path}`),
  ]);
}

function pathsOfSchema(schema: z.core.$ZodType): string[] {
  const plain = bare(schema).schema as z.core.$ZodTypes;
  if (plain._zod.def.type === "array") return pathsOfSchema(plain._zod.def.element);
  return Object.entries(shapeOf(plain) ?? {}).flatMap(([key, inner]) => [
    key,
    ...pathsOfSchema(inner).map((path) => `${key}.${path}`),
  ]);
}

describe("what is filled in", () => {
  const spec: ApisixUpstreamSpec = { externalNodes: [{ type: "Domain", name: "httpbin.org" }] };

  test("the name is the resource's, without a random suffix", async () => {
    const { metadata } = await made(
      () => new ApisixUpstream("httpbin", { metadata: { namespace: "apisix" }, spec }),
    );
    expect(metadata).toEqual({ name: "httpbin", namespace: "apisix" });
  });

  test("a name that is given is kept, also in metadata that is an output", async () => {
    const metadata = pulumi.output({ name: "other" });
    expect((await made(() => new ApisixUpstream("httpbin", { metadata, spec }))).metadata.name).toBe("other");
  });

  test("ingressClassName comes from the configuration, and what is written goes before it", async () => {
    const config = { "apisix:ingressClassName": "edge" };
    const { objects } = await declare(
      () => [
        new ApisixUpstream("a", { spec }),
        new ApisixUpstream("b", { spec: { ...spec, ingressClassName: "own" } }),
        new ApisixUpstream("c", { spec: pulumi.output({ ...spec }) }),
      ],
      { config },
    );
    const classOf = Object.fromEntries(
      objects.map(({ metadata, spec }) => [
        metadata.name,
        (spec as { ingressClassName: string }).ingressClassName,
      ]),
    );
    expect(classOf).toEqual({ a: "edge", b: "own", c: "edge" });
  });

  test("sni becomes serverName, as at the API", async () => {
    const networking = { address: "httpbin.org:443", tls: { enabled: true, sni: "other.org" } };
    const tags = { "kuma.io/service": "httpbin" };
    for (const given of [networking, pulumi.output(networking)]) {
      const { spec } = await made(
        () => new ExternalService("httpbin", { spec: { tags, networking: given } }),
      );
      expect(spec).toMatchObject({ networking: { tls: { enabled: true, serverName: "other.org" } } });
      expect(JSON.stringify(spec)).not.toContain("sni");
    }
  });

  test("the private key of a client certificate is secret, whoever gives it", async () => {
    const networking = {
      address: "httpbin.org:443",
      tls: { enabled: true, clientCert: { secret: "cert" }, clientKey: { inlineString: "the private key" } },
    };
    const tags = { "kuma.io/service": "httpbin" };
    await declare(async () => {
      const service = new ExternalService("httpbin", { spec: { tags, networking } });
      expect(await pulumi.isSecret(service.spec)).toBe(true);
      return [service];
    });
  });

  test("waiting for the condition Accepted is bounded", async () => {
    const { metadata } = await made(
      () =>
        new ApisixUpstream("httpbin", {
          metadata: { annotations: { team: "edge" } },
          spec,
          waitForAccepted: { timeoutSeconds: 90 },
        }),
    );
    expect(metadata.annotations).toEqual({
      team: "edge",
      "pulumi.com/waitFor": "condition=Accepted",
      "pulumi.com/timeoutSeconds": "90",
    });
  });

  test("an ExternalNameService is a core Service, and a new name changes nothing but the name", async () => {
    const service = (externalName: string) => () =>
      new ExternalNameService("ext-httpbin", { metadata: { namespace: "apisix" }, externalName });
    const object = {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "ext-httpbin", namespace: "apisix" },
      spec: { type: "ExternalName", externalName: "httpbin.test.svc" },
    };
    expect(await made(service("httpbin.test.svc"))).toEqual(object);
    expect(await made(service("httpbin.org"))).toEqual({
      ...object,
      spec: { ...object.spec, externalName: "httpbin.org" },
    });
  });
});
