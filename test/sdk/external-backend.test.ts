import type { ExternalBackendArgs } from "pulumi-external-backends";
import { describe, expect, test } from "vitest";
import {
  apisix,
  comesTo,
  declare,
  ExternalBackend,
  made,
  madeByName,
  pulumi,
  refusal,
} from "../support/external-backend.ts";
import { crdErrors, type KubernetesObject } from "../support/kubernetes.ts";

const address = "api.payments.example:443";
const gateway = { hosts: ["payments.example.org"] };
const PEM = `-----BEGIN CERTIFICATE-----\n${"A".repeat(128)}\n-----END CERTIFICATE-----\n`;
const service = (tags = {}) => ({ "kuma.io/service": "payments", "kuma.io/protocol": "http", ...tags });

describe("what is made", () => {
  test("with a gateway only, an upstream and a route that serves all paths of the hosts", async () => {
    expect(
      await madeByName({ address: "api.payments.example:80", gateway: { ...gateway, retries: 2 } }),
    ).toEqual({
      "apisix:Upstream payments": {
        nodes: [{ host: "api.payments.example", port: 80, weight: 1 }],
        scheme: "http",
        retries: 2,
      },
      "apisix:Route payments": { hosts: gateway.hosts, uris: ["/*"], upstreamId: "payments" },
    });
  });

  test("what is said about the gateway reaches route and upstream", async () => {
    const said = {
      paths: ["/v1/*"],
      methods: ["GET" as const],
      plugins: { "limit-count": { count: 1 } },
      priority: 5,
      timeout: { connect: 1, send: 2, read: 3 },
      checks: { active: { httpPath: "/" } },
      passHost: "node" as const,
    };
    const { paths, checks, timeout, passHost, ...ofRoute } = said;
    const parts = await madeByName({ address, gateway: { ...gateway, ...said } });
    expect(parts["apisix:Upstream payments"]).toMatchObject({ checks, timeout, passHost });
    expect(parts["apisix:Route payments"]).toMatchObject({ ...ofRoute, uris: paths });
  });

  test("with a mesh only, an external service in the mesh default, whose tag is the resource's name", async () => {
    expect(await madeByName({ address: "api.payments.example:80", mesh: {} })).toEqual({
      "kuma:ExternalService payments": {
        mesh: "default",
        tags: service(),
        networking: { address: "api.payments.example:80" },
      },
    });
  });

  test("with both, all three", async () => {
    const parts = await made({ address, gateway, mesh: {} });
    expect(parts.map(({ type }) => type)).toEqual([
      "apisix:Route",
      "apisix:Upstream",
      "kuma:ExternalService",
    ]);
  });

  test("with several gateways, an upstream and a route at each by its provider", async () => {
    const { resources } = await declare(() => {
      const gateways = {
        a: new apisix.Provider("edge-a", { adminUrl: "http://a.example" }),
        b: new apisix.Provider("edge-b", { adminUrl: "http://b.example" }),
      };
      new ExternalBackend("payments", { address, gateway, gateways });
    });
    expect(resources.map(({ type, name, provider }) => [type, name, provider])).toEqual([
      ["apisix:Route", "payments-a", "edge-a"],
      ["apisix:Route", "payments-b", "edge-b"],
      ["apisix:Upstream", "payments-a", "edge-a"],
      ["apisix:Upstream", "payments-b", "edge-b"],
    ]);
  });

  test("with zones, an external service for each, with its tag, at the one address or its own", async () => {
    expect(await madeByName({ address, mesh: { zones: ["zone-1", "zone-2"] }, tls: true })).toMatchObject({
      "kuma:ExternalService payments-for-zone-1": {
        tags: service({ "kuma.io/zone": "zone-1" }),
        networking: { address },
      },
      "kuma:ExternalService payments-for-zone-2": { tags: service({ "kuma.io/zone": "zone-2" }) },
    });
    const zones = { "zone-1": "one.example:80", "zone-2": pulumi.output("two.example:80") };
    expect(await madeByName({ address, mesh: { zones } })).toMatchObject({
      "kuma:ExternalService payments-for-zone-1": { networking: { address: "one.example:80" } },
      "kuma:ExternalService payments-for-zone-2": { networking: { address: "two.example:80" } },
    });
  });

  test("in several meshes, an external service in each, whose name does not depend on the others", async () => {
    const names = async (meshes: string[]) =>
      (await made({ address, mesh: { meshes } })).map(({ name, inputs }) => `${inputs.mesh}/${name}`);
    expect(await names(["default", "edge"])).toEqual(["default/payments", "edge/payments-edge"]);
    expect(await names(["edge"])).toEqual(["edge/payments-edge"]);
  });

  test("switched off, the upstream stays, the route has status 0, and there is no external service", async () => {
    expect(await madeByName({ address, gateway, mesh: {}, enabled: false })).toEqual({
      "apisix:Upstream payments": expect.anything(),
      "apisix:Route payments": expect.objectContaining({ enabled: false }),
    });
  });

  test("options and transformations of the component reach its children", async () => {
    const parts = await made(
      { address, gateway },
      {
        transformations: [
          ({ type, props, opts }) =>
            type.endsWith("apisix:Upstream") ? { props: { ...props, retries: 7 }, opts } : undefined,
        ],
      },
    );
    expect(parts.map(({ inputs }) => inputs.retries)).toEqual([undefined, 7]);
  });

  test("as Kubernetes objects, what the CRDs take; switched off, the upstream only", async () => {
    const args: ExternalBackendArgs = {
      address,
      tls: { serverName: "payments.example" },
      gateway: { ...gateway, target: "kubernetes", namespace: "edge", plugins: { cors: { max_age: 5 } } },
      mesh: { target: "kubernetes", meshes: ["default", "edge"] },
    };
    const objects = (await made(args)).map(({ inputs }) => inputs as unknown as KubernetesObject);
    expect(objects.flatMap(crdErrors)).toEqual([]);
    expect(objects).toMatchObject([
      {
        kind: "ApisixRoute",
        metadata: { name: "payments", namespace: "edge" },
        spec: {
          http: [
            {
              match: { hosts: gateway.hosts, paths: ["/*"] },
              upstreams: [{ name: "payments" }],
              plugins: [{ name: "cors", enable: true, config: { max_age: 5 } }],
            },
          ],
        },
      },
      {
        kind: "ApisixUpstream",
        metadata: { name: "payments", namespace: "edge" },
        spec: {
          externalNodes: [{ type: "Domain", name: "api.payments.example", port: 443 }],
          scheme: "https",
          passHost: "rewrite",
          upstreamHost: "payments.example",
        },
      },
      { kind: "ExternalService", mesh: "default", metadata: { name: "payments" } },
      { kind: "ExternalService", mesh: "edge", metadata: { name: "payments-edge" } },
    ]);
    const off = await made({ ...args, enabled: false });
    expect(off.map(({ inputs }) => inputs.kind)).toEqual(["ApisixUpstream"]);
  });
});

describe("TLS is said once", () => {
  const upstreamOf = async (args: Omit<ExternalBackendArgs, "address">) =>
    (await madeByName({ address, gateway, ...args }))["apisix:Upstream payments"];

  test("true is https with the backend's own name, and TLS origination in the mesh", async () => {
    expect(await madeByName({ address, tls: true, gateway, mesh: {} })).toMatchObject({
      "apisix:Upstream payments": { scheme: "https", passHost: "node" },
      "kuma:ExternalService payments": { networking: { address, tls: { enabled: true } } },
    });
    expect(await upstreamOf({ tls: false })).not.toHaveProperty("passHost");
  });

  test("a server's name is Host header and SNI at the gateway, and SNI in the mesh; grpc becomes grpcs", async () => {
    const tls = { serverName: "payments.example" };
    expect(await madeByName({ address, protocol: "grpc", tls, gateway, mesh: {} })).toMatchObject({
      "apisix:Upstream payments": { scheme: "grpcs", passHost: "rewrite", upstreamHost: "payments.example" },
      "kuma:ExternalService payments": { networking: { tls: { enabled: true, ...tls } } },
    });
  });

  test("a CA and what is verified reach the mesh, with a gateway when it is written that it does not verify", async () => {
    const tls = { caCert: { inlineString: PEM }, skipHostnameVerification: true };
    const parts = await madeByName({ address, tls, gateway: { ...gateway, verify: false }, mesh: {} });
    expect(parts["kuma:ExternalService payments"]).toMatchObject({ networking: { tls } });
    expect(parts["apisix:Upstream payments"]).not.toHaveProperty("tls");
  });

  test.each([
    ["inlineString", (text: string) => ({ inlineString: text })],
    ["inline", (text: string) => ({ inline: Buffer.from(text).toString("base64") })],
  ])("a client certificate from %s is PEM at the gateway, its key a secret", async (_, source) => {
    const tls = { clientCert: source(PEM), clientKey: source(`${PEM}key`) };
    const parts = await madeByName({ address, tls, gateway, mesh: {} });
    // The mocks show a secret at the field that holds it.
    expect(parts["apisix:Upstream payments"]).toMatchObject({
      tls: { secret: { clientCert: PEM, clientKey: `${PEM}key` } },
    });
    expect(parts["kuma:ExternalService payments"]).toMatchObject({
      networking: { tls: { clientCert: source(PEM), clientKey: expect.anything() } },
    });
  });

  test("a client certificate from a Kuma Secret needs an SSL object for the gateway", async () => {
    const tls = { clientCert: { secret: "cert" }, clientKey: { secret: "key" } };
    expect(await upstreamOf({ tls, gateway: { ...gateway, clientCertId: "ssl" } })).toMatchObject({
      tls: { clientCertId: "ssl" },
    });
    expect(await refusal({ address, tls, gateway })).toContain(
      "tls.clientCert.secret: a gateway cannot read a secret of Kuma; give gateway.clientCertId",
    );
  });
});

describe("the outputs say where it can be reached", () => {
  const outputsOf = async (args: ExternalBackendArgs) => {
    let backend: InstanceType<typeof ExternalBackend> | undefined;
    await declare(() => {
      backend = new ExternalBackend("resource", args);
    });
    if (!backend) throw new Error("There is no backend.");
    const { gatewayUrls, meshUrl, hostUrl } = backend;
    return Promise.all([comesTo<unknown>(gatewayUrls), comesTo(meshUrl), comesTo(hostUrl)]);
  };
  const mesh = { service: "pay" };

  test.each<[string, ExternalBackendArgs, unknown[]]>([
    [
      "each host and path of the gateway, the tag, and the real name",
      {
        address,
        tls: true,
        gateway: { hosts: ["a.example", pulumi.output("b.example")], paths: ["/*", "/v1"] },
        mesh,
      },
      [
        ["http://a.example/", "http://a.example/v1", "http://b.example/", "http://b.example/v1"],
        "http://pay.mesh",
        `http://${address}`,
      ],
    ],
    [
      "no real name with disableHostDNSEntry",
      { address, mesh: { ...mesh, disableHostDNSEntry: true } },
      [[], "http://pay.mesh", undefined],
    ],
    ["no real name for an IP address", { address: "[::1]:80", mesh }, [[], "http://pay.mesh", undefined]],
    [
      "no one real name where zones have different addresses",
      { address, mesh: { ...mesh, zones: { a: "a.example:1", b: "b.example:1" } } },
      [[], "http://pay.mesh", undefined],
    ],
    [
      "the protocol that programs speak",
      { address, protocol: "tcp", mesh },
      [[], "tcp://pay.mesh", `tcp://${address}`],
    ],
    ["nothing when switched off", { address, gateway, mesh, enabled: false }, [[], undefined, undefined]],
    [
      "nothing of the mesh without one",
      { address, gateway },
      [["http://payments.example.org/"], undefined, undefined],
    ],
  ])("%s", async (_, args, outputs) => {
    expect(await outputsOf(args)).toEqual(outputs);
  });
});

describe("as a MeshExternalService", () => {
  const kind = "MeshExternalService" as const;

  test("it has the same address, TLS and name in each mesh, and no ExternalService is made", async () => {
    const tls = { serverName: "payments.example", caCert: { secret: "ca" } };
    const mesh = { kind, service: "bills", meshes: ["default", "edge"] };
    const one = {
      name: "bills",
      match: { port: 80, protocol: "http" },
      endpoints: [{ address: "api.payments.example", port: 443 }],
      tls: { enabled: true, verification: tls },
    };
    expect(await madeByName({ address, tls, mesh })).toEqual({
      "kuma:MeshExternalService payments": { mesh: "default", ...one },
      "kuma:MeshExternalService payments-edge": { mesh: "edge", ...one },
    });
  });

  test("an IPv6 address has no brackets, tcp keeps the backend's port, and names need not be compared", async () => {
    const tls = { skipHostnameVerification: true };
    expect(await madeByName({ address: "[::1]:5432", protocol: "tcp", tls, mesh: { kind } })).toEqual({
      "kuma:MeshExternalService payments": {
        mesh: "default",
        name: "payments",
        match: { port: 5432, protocol: "tcp" },
        endpoints: [{ address: "::1", port: 5432 }],
        tls: { enabled: true, verification: { mode: "SkipSAN" } },
      },
    });
  });

  test("where it is written, its port and how long its host names are waited for are said", async () => {
    const mesh = { kind, origin: "zone" as const, waitForHostname: 30, port: 8080 };
    expect(await madeByName({ address, mesh })).toMatchObject({
      "kuma:MeshExternalService payments": {
        origin: "zone",
        waitForHostname: 30,
        match: { port: 8080, protocol: "http" },
      },
    });
  });

  test("both kinds are there while callers move", async () => {
    const parts = await made({ address, mesh: { kind: "both", tags: { team: "a" } } });
    expect(parts.map(({ type, inputs }) => [type, inputs.tags ?? inputs.name])).toEqual([
      ["kuma:ExternalService", service({ team: "a" })],
      ["kuma:MeshExternalService", "payments"],
    ]);
  });

  test("in Kubernetes, what the CRD takes, in Kuma's namespace", async () => {
    const mesh = { kind, target: "kubernetes" as const, meshes: ["default", "edge"] };
    const objects = (await made({ address, tls: true, mesh })).map(
      ({ inputs }) => inputs as unknown as KubernetesObject,
    );
    expect(objects).toMatchObject([
      { metadata: { name: "payments", namespace: "kuma-system", labels: { "kuma.io/mesh": "default" } } },
      { metadata: { name: "payments-edge", namespace: "kuma-system", labels: { "kuma.io/mesh": "edge" } } },
    ]);
    expect(objects.flatMap(crdErrors)).toEqual([]);
  });

  test("callers are told its host name as soon as there is one, at the port where it answers", async () => {
    const urls = async (args: ExternalBackendArgs) => {
      const backends: InstanceType<typeof ExternalBackend>[] = [];
      await declare(() => void backends.push(new ExternalBackend("payments", args)));
      return Promise.all(backends.flatMap(({ meshUrl, hostUrl }) => [comesTo(meshUrl), comesTo(hostUrl)]));
    };
    const here = "payments.extsvc.mesh.local";
    expect(await urls({ address, mesh: { kind } })).toEqual([`http://${here}`, undefined]);
    expect(await urls({ address, mesh: { kind: "both" } })).toEqual([`http://${here}`, `http://${address}`]);
    expect(await urls({ address, mesh: { kind, port: 81 } })).toEqual([`http://${here}:81`, undefined]);
    expect(await urls({ address, protocol: "tcp", mesh: { kind } })).toEqual([
      `tcp://${here}:443`,
      undefined,
    ]);
  });
});
