import type { ExternalBackendArgs } from "pulumi-external-backends";
import { expect, test } from "vitest";
import { declare, ExternalBackend, kuma, pulumi, refusal } from "../support/external-backend.ts";

const address = "api.payments.example:443";
const gateway = { hosts: ["payments.example.org"] };

test.each<[string, Partial<ExternalBackendArgs>, string]>([
  [
    "a wrong address",
    { address: "https://a.example", mesh: {} },
    'address: "https://a.example" is no "host:port"',
  ],
  [
    "a zone's wrong address",
    { mesh: { zones: { one: "a.example" } } },
    'mesh.zones["one"]: "a.example" is no',
  ],
  ["nothing", {}, "gateway, mesh or both are needed"],
  ["gateways without gateway", { gateways: {}, mesh: {} }, "gateways: needs gateway"],
  ["no gateway at all", { gateways: {}, gateway }, "gateways: is empty; leave gateway out"],
  ["no mesh", { mesh: { meshes: [] } }, "mesh.meshes: is empty; leave mesh out"],
  ["no zone", { mesh: { zones: [] } }, "mesh.zones: is empty"],
  [
    "tcp at a gateway",
    { protocol: "tcp", gateway },
    "protocol: a route of APISIX speaks http and grpc to a backend, not tcp",
  ],
  [
    "kafka at a gateway",
    { protocol: "kafka", gateway },
    "not kafka; leave gateway out, or declare an apisix.StreamRoute",
  ],
  [
    "a CA at a gateway",
    { tls: { caCert: { secret: "ca" } }, gateway },
    "tls.caCert: APISIX verifies no https upstream and takes no CA, so only the mesh would use it; write gateway: { verify: false }",
  ],
  [
    "passHost with TLS",
    { tls: true, gateway: { ...gateway, passHost: "pass" } },
    "gateway.passHost: with TLS the host that is sent is the SNI",
  ],
  [
    "a tag said elsewhere",
    { mesh: { tags: { "kuma.io/service": "x" } } },
    'mesh.tags["kuma.io/service"]: is said by mesh.service',
  ],
  [
    "egress with nothing to compare",
    { mesh: { egress: true } },
    "mesh.egress: there is no mesh in mesh.meshResources",
  ],
  [
    "a namespace at the Admin API",
    { gateway: { ...gateway, namespace: "x" } },
    'gateway.namespace: is for target: "kubernetes" only',
  ],
  [
    "health checks for the ingress controller",
    { gateway: { ...gateway, target: "kubernetes", checks: {} } },
    "gateway: checks, timeout and client certificates",
  ],
  [
    "an unknown kind",
    { mesh: { kind: "Service" } } as object,
    'mesh.kind: "Service" is none of ExternalService, MeshExternalService, both',
  ],
  [
    "a port of an ExternalService",
    { mesh: { port: 80 } },
    "mesh.port: is for a MeshExternalService; set mesh.kind",
  ],
  [
    "a protocol that a MeshExternalService does not know",
    { protocol: "kafka", mesh: { kind: "MeshExternalService" } },
    "protocol: a MeshExternalService knows http, http2, grpc, tcp, not kafka; write tcp",
  ],
  [
    "zones of a MeshExternalService",
    { mesh: { kind: "both", zones: ["one"] } },
    'mesh.zones: a MeshExternalService has no zones; written with origin: "zone"',
  ],
  [
    "a MeshExternalService past the egress",
    { mesh: { kind: "MeshExternalService", egress: false } },
    "mesh.egress: a MeshExternalService always goes through the zone egress",
  ],
  [
    "tags of a MeshExternalService",
    { mesh: { kind: "MeshExternalService", tags: { a: "b" } } },
    "mesh.tags: is for an ExternalService",
  ],
  [
    "a server name that would not be sent",
    {
      tls: { serverName: "a.example", skipHostnameVerification: true },
      mesh: { kind: "MeshExternalService" },
    },
    "tls.serverName: a MeshExternalService that does not compare names sends no server name",
  ],
  [
    "waiting in Kubernetes",
    { mesh: { kind: "MeshExternalService", target: "kubernetes", waitForHostname: 5 } },
    "mesh.waitForHostname: is for Kuma's API",
  ],
  [
    "a namespace at Kuma's API",
    { mesh: { kind: "MeshExternalService", namespace: "x" } },
    'mesh.namespace: is for target: "kubernetes" only',
  ],
  [
    "a misspelt field",
    { gatway: gateway, mesh: { zone: "x" } } as object,
    "gatway: is no argument; known: address",
  ],
])("%s is refused, with the path, the reason and what to do", async (_, args, reason) => {
  const message = await refusal({ address, ...args });
  expect(message).toContain(`ExternalBackend "payments": `);
  expect(message).toContain(reason);
});

test("all reasons are said at once", async () => {
  expect(
    (await refusal({ address: "x", protocol: "tcp", gateway, mesh: { meshes: [] } })).split("\n"),
  ).toHaveLength(3);
});

test("an address that becomes known later is refused then; one that is unknown in a preview passes", async () => {
  const mesh = {};
  const late = () =>
    void new ExternalBackend("payments", { address: pulumi.output("a.example"), gateway, mesh });
  const { resources, errors } = await declare(late);
  expect(resources).toEqual([]);
  expect(errors.join()).toContain('ExternalBackend "payments": address: "a.example" is no "host:port"');
  const unknown = pulumi.unknown as unknown as string;
  const preview = await declare(
    () => void new ExternalBackend("payments", { address: pulumi.output(unknown), gateway, mesh }),
    true,
  );
  expect(preview.errors).toEqual([]);
  expect(preview.resources).toHaveLength(3);
});

test("egress that differs from what a given mesh routes is refused before an external service is made", async () => {
  const withMesh = (egress: boolean) => () => {
    const mtls = { enabledBackend: "ca-1", backends: [{ name: "ca-1", type: "builtin" }] };
    const mesh = new kuma.Mesh("edge", { name: "edge", mtls, routing: { zoneEgress: true } });
    new ExternalBackend("payments", { address, mesh: { meshes: ["edge"], egress, meshResources: [mesh] } });
  };
  const names = ({ resources }: Awaited<ReturnType<typeof declare>>) => resources.map(({ name }) => name);
  const agreed = await declare(withMesh(true));
  expect([names(agreed), agreed.errors]).toEqual([["payments-edge", "edge"], []]);
  const different = await declare(withMesh(false));
  expect(names(different)).toEqual(["edge"]);
  expect(different.errors.join()).toContain(
    'mesh.egress: is false, but the mesh "edge" has routing.zoneEgress true',
  );
});
