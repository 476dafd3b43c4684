import * as pulumi from "@pulumi/pulumi";
import { Route, Upstream } from "../apisix/index.ts";
import type { UpstreamArgs } from "../apisix/upstream.ts";
import type * as kubernetes from "../kubernetes/index.ts";
import type { CertificateSource } from "../kuma/arguments.ts";
import { type Address, addressOf } from "./address.ts";
import type { BackendGateway, BackendTls, ExternalBackendArgs } from "./arguments.ts";

/** How an upstream of APISIX says what the backend is. */
interface Upstreaming {
  scheme: "http" | "https" | "grpc" | "grpcs";
  passHost?: "pass" | "node" | "rewrite";
  upstreamHost?: pulumi.Input<string>;
}

/** Makes the backend's upstream and route at every gateway. */
export function atGateways(
  what: string,
  name: string,
  args: ExternalBackendArgs & { gateway: BackendGateway },
  tls: BackendTls | undefined,
  parent: pulumi.Resource,
): void {
  const refusal = whyNot(args, args.gateway, tls);
  if (refusal) throw new Error(`${what}: ${refusal}`);
  const address = addressOf(what, "address", args.address);
  const upstreaming = upstreamingOf(args, args.gateway, tls);
  if (args.gateway.target === "kubernetes") {
    inKubernetes(what, name, args, args.gateway, address, upstreaming, parent);
    return;
  }
  const gateways = Object.entries(args.gateways ?? {});
  for (const [key, provider] of gateways.length > 0 ? gateways : [[undefined, undefined] as const]) {
    const options = { parent, ...(provider ? { provider } : {}) };
    overApi(
      key === undefined ? name : `${name}-${key}`,
      args,
      args.gateway,
      tls,
      address,
      upstreaming,
      options,
    );
  }
}

/** What APISIX cannot do of what is declared. */
function whyNot(
  { protocol = "http" }: ExternalBackendArgs,
  gateway: BackendGateway,
  tls: BackendTls | undefined,
): string | undefined {
  if (protocol !== "http" && protocol !== "grpc") {
    return `gateway: a route of APISIX speaks http and grpc to a backend, not ${protocol}; leave gateway out, or use a stream route.`;
  }
  if (tls?.caCert !== undefined && gateway.verify !== false) {
    return "tls.caCert: APISIX verifies no https upstream and takes no CA, so only the mesh would use it; write gateway: { verify: false } if that is meant.";
  }
  if (tls?.clientCert?.secret !== undefined && gateway.clientCertId === undefined) {
    return "tls.clientCert.secret: a gateway cannot read a secret of Kuma; give gateway.clientCertId (an SSL object of type client), or inlineString.";
  }
  if (
    gateway.target === "kubernetes" &&
    (gateway.checks ?? gateway.timeout ?? gateway.clientCertId ?? tls?.clientCert)
  ) {
    return 'gateway: checks, timeout and client certificates are written otherwise for the ingress controller; use kubernetes.ApisixUpstream, or target "api".';
  }
  return undefined;
}

function upstreamingOf(
  { protocol = "http" }: ExternalBackendArgs,
  gateway: BackendGateway,
  tls: BackendTls | undefined,
): Upstreaming {
  if (!tls) {
    const scheme = protocol === "grpc" ? "grpc" : "http";
    return gateway.passHost === undefined ? { scheme } : { scheme, passHost: gateway.passHost };
  }
  const scheme = protocol === "grpc" ? "grpcs" : "https";
  // APISIX sends as SNI what it sends as Host.
  return tls.serverName === undefined
    ? { scheme, passHost: "node" }
    : { scheme, passHost: "rewrite", upstreamHost: tls.serverName };
}

function overApi(
  name: string,
  args: ExternalBackendArgs,
  gateway: BackendGateway,
  tls: BackendTls | undefined,
  address: pulumi.Output<Address>,
  upstreaming: Upstreaming,
  options: pulumi.CustomResourceOptions,
): void {
  const { hosts, paths = ["/*"], methods, plugins, priority, checks, retries, timeout } = gateway;
  const upstream = new Upstream(
    name,
    {
      nodes: [{ host: address.host, port: address.port, weight: 1 }],
      ...upstreaming,
      checks,
      retries,
      timeout,
      tls: clientCertificate(gateway, tls),
    } satisfies UpstreamArgs,
    options,
  );
  const enabled = args.enabled === false ? false : undefined;
  new Route(
    name,
    { hosts, uris: paths, methods, plugins, priority, enabled, upstreamId: upstream.upstreamId },
    options,
  );
}

function clientCertificate(
  { clientCertId }: BackendGateway,
  tls: BackendTls | undefined,
): UpstreamArgs["tls"] {
  if (clientCertId !== undefined) return { clientCertId };
  if (!tls?.clientCert) return undefined;
  return { clientCert: pem(tls.clientCert), clientKey: tls.clientKey && pulumi.secret(pem(tls.clientKey)) };
}

function pem({ inline, inlineString }: CertificateSource): pulumi.Output<string> {
  const decode = (text: string) => Buffer.from(text, "base64").toString("utf8");
  return inlineString === undefined ? pulumi.output(inline ?? "").apply(decode) : pulumi.output(inlineString);
}

function inKubernetes(
  what: string,
  name: string,
  args: ExternalBackendArgs,
  gateway: BackendGateway,
  address: pulumi.Output<Address>,
  upstreaming: Upstreaming,
  parent: pulumi.Resource,
): void {
  // Only here, since @pulumi/kubernetes is an optional peer.
  const { ApisixRoute, ApisixUpstream } = require("../kubernetes/index.js") as typeof kubernetes;
  if (args.enabled === false) return;
  if (args.gateways)
    throw new Error(
      `${what}: gateways: the ingress controller serves one gateway; use ingressClassName for others.`,
    );
  const metadata = { name, ...(gateway.namespace === undefined ? {} : { namespace: gateway.namespace }) };
  const { hosts, paths = ["/*"], methods, plugins = {}, priority, retries } = gateway;
  const node = { type: "Domain" as const, name: address.host, port: address.port };
  const upstream = new ApisixUpstream(
    name,
    { metadata, spec: { externalNodes: [node], ...upstreaming, retries } },
    { parent },
  );
  const listed = pulumi.output(plugins).apply((map) =>
    Object.entries(map).map(([plugin, config]) => ({
      name: plugin,
      enable: true,
      config: config as object,
    })),
  );
  new ApisixRoute(
    name,
    {
      metadata,
      spec: {
        http: [
          {
            name: "backend",
            match: { hosts, paths, methods },
            upstreams: [{ name }],
            plugins: listed,
            priority,
          },
        ],
      },
    } as kubernetes.ApisixRouteArgs,
    { parent, dependsOn: upstream },
  );
}
