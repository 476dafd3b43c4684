import type { ExternalBackendArgs } from "pulumi-external-backends";
import { apisix, declare, ExternalBackend, kuma, made, refusal } from "../external-backend.ts";
import { declare as declareObjects, kubernetes } from "../kubernetes.ts";
import type { Row } from "./row.ts";

const address = "api.payments.example:443";
const gateway = { hosts: ["payments.example.org"] };
const secret = { secret: "of-kuma" };
const inlineString = "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----";

type Args = Partial<ExternalBackendArgs>;

/** Arguments that are refused, and what they are when the proposal has been followed: each way of it. */
function row(name: string, wrong: Args, proposal: string, ...right: Args[]): Row {
  return {
    name,
    proposal,
    wrong: async () => {
      throw new Error(await refusal({ address, ...wrong }));
    },
    carriedOut: async () => {
      for (const args of right) await made({ address, ...args });
    },
  };
}

/** The row, with what a program declares besides, or in the place of, the ExternalBackend. */
function withProgram(one: Row, program: () => void): Row {
  const carriedOut = async () => {
    await one.carriedOut();
    const { errors } = await declare(program);
    if (errors.length > 0) throw new Error(errors.join("\n"));
  };
  return { ...one, carriedOut };
}

function egressMesh() {
  const mtls = { enabledBackend: "ca-1", backends: [{ name: "ca-1", type: "builtin" as const }] };
  return new kuma.Mesh("edge", { name: "edge", mtls, routing: { zoneEgress: true } });
}

/** What an ExternalBackend cannot be. */
export const EXTERNAL_BACKEND: readonly Row[] = [
  withProgram(
    row("gateways without gateway", { gateways: {}, mesh: {} }, "needs gateway, which says what is offered"),
    () => {
      const one = new apisix.Provider("one", { adminUrl: "http://one.example:9180", adminKey: "key" });
      new ExternalBackend("payments", { address, gateways: { one }, gateway });
    },
  ),
  row("no gateway at all", { gateways: {}, gateway }, "is empty; leave gateway out instead", { mesh: {} }),
  withProgram(
    row(
      "tcp at a gateway",
      { protocol: "tcp", gateway, mesh: {} },
      "leave gateway out, or declare an apisix.StreamRoute beside this",
      { protocol: "tcp", mesh: {} },
    ),
    () => {
      new ExternalBackend("payments", { address, protocol: "tcp", mesh: {} });
      new apisix.StreamRoute("payments", { serverPort: 9100, upstream: { nodes: { [address]: 1 } } });
    },
  ),
  row(
    "a CA at a gateway",
    { tls: { caCert: secret }, gateway, mesh: {} },
    "write gateway: { verify: false } if that is meant",
    { tls: { caCert: secret }, gateway: { ...gateway, verify: false }, mesh: {} },
  ),
  row(
    "passHost with TLS",
    { tls: true, gateway: { ...gateway, passHost: "pass" } },
    "leave it out, and give tls.serverName if it is not the address's host",
    { tls: true, gateway },
    { tls: { serverName: "other.example" }, gateway },
  ),
  row(
    "a secret of Kuma at a gateway",
    { tls: { clientCert: secret, clientKey: secret }, gateway, mesh: {} },
    "give gateway.clientCertId (an apisix.Ssl of type client), or inlineString",
    {
      tls: { clientCert: secret, clientKey: secret },
      gateway: { ...gateway, clientCertId: "client" },
      mesh: {},
    },
    { tls: { clientCert: { inlineString }, clientKey: { inlineString } }, gateway, mesh: {} },
  ),
  {
    ...row(
      "health checks for the ingress controller",
      { gateway: { ...gateway, target: "kubernetes", checks: {} } },
      'use kubernetes.ApisixUpstream, or target: "api"',
    ),
    carriedOut: async () => {
      const active = { type: "http" as const, httpPath: "/", healthy: { interval: "5s", successes: 1 } };
      const spec = {
        externalNodes: [{ type: "Domain" as const, name: "a.example" }],
        healthCheck: { active },
        timeout: { connect: "5s", send: "5s", read: "5s" },
      };
      const { errors } = await declareObjects(() => [new kubernetes.ApisixUpstream("payments", { spec })]);
      if (errors.length > 0) throw new Error(errors.join("\n"));
      const checks = { active: { type: "http" as const, httpPath: "/", healthy: { interval: 5 } } };
      await made({ address, gateway: { ...gateway, target: "api", checks } });
    },
  },
  row(
    "gateways in Kubernetes",
    { gateways: { one: {} as never }, gateway: { ...gateway, target: "kubernetes" } },
    "calls none; leave them out",
    { gateway: { ...gateway, target: "kubernetes" } },
  ),
  row("no mesh", { gateway, mesh: { meshes: [] } }, "mesh.meshes: is empty; leave mesh out instead", {
    gateway,
  }),
  row("no zone", { gateway, mesh: { zones: [] } }, "so nobody could use it; leave mesh out instead", {
    gateway,
  }),
  withProgram(
    row(
      "egress with nothing to compare",
      { mesh: { egress: true } },
      "give the kuma.Mesh, or kuma.Mesh.get for one that is made elsewhere",
    ),
    () => {
      const own = { meshes: ["edge"], egress: true };
      new ExternalBackend("payments", { address, mesh: { ...own, meshResources: [egressMesh()] } });
      const there = kuma.Mesh.get("there", "edge");
      // The mocks know nothing of a mesh that is made elsewhere.
      const elsewhere = { ...own, egress: false, meshResources: [there] };
      new ExternalBackend("billing", { address, mesh: elsewhere });
    },
  ),
  row(
    "a port of an ExternalService",
    { mesh: { port: 80 } },
    "is for a MeshExternalService; set mesh.kind, or leave it out",
    { mesh: { port: 80, kind: "MeshExternalService" } },
    { mesh: {} },
  ),
  row(
    "a protocol that a MeshExternalService does not know",
    { protocol: "kafka", mesh: { kind: "MeshExternalService" } },
    "write tcp, which passes all bytes on",
    { protocol: "tcp", mesh: { kind: "MeshExternalService" } },
  ),
  row(
    "a MeshExternalService past the egress",
    { mesh: { kind: "MeshExternalService", egress: false, meshResources: [] } },
    "leave egress out, or set mesh.kind to ExternalService",
    { mesh: { kind: "MeshExternalService" } },
  ),
  row(
    "tags of a MeshExternalService",
    { mesh: { kind: "MeshExternalService", tags: { a: "b" } } },
    "and only host names of generators. Leave it out.",
    { mesh: { kind: "MeshExternalService" } },
  ),
  row(
    "a server name that would not be sent",
    {
      tls: { serverName: "a.example", skipHostnameVerification: true },
      mesh: { kind: "MeshExternalService" },
    },
    "leave one of serverName and skipHostnameVerification out",
    { tls: { serverName: "a.example" }, mesh: { kind: "MeshExternalService" } },
    { tls: { skipHostnameVerification: true }, mesh: { kind: "MeshExternalService" } },
  ),
  row(
    "waiting in Kubernetes",
    { mesh: { kind: "MeshExternalService", target: "kubernetes", waitForHostname: 5 } },
    'is for Kuma\'s API; leave it out with target: "kubernetes"',
    { mesh: { kind: "MeshExternalService", target: "kubernetes" } },
  ),
];
