import * as pulumi from "@pulumi/pulumi";
import type { UpstreamArgs } from "../apisix/arguments.ts";
import { Route, Upstream } from "../apisix/index.ts";
import type * as kubernetes from "../kubernetes/index.ts";
import type { CertificateSource } from "../kuma/arguments.ts";
import type { Address } from "./address.ts";
import type { BackendGateway, BackendTls, ExternalBackendArgs } from "./arguments.ts";

/** What a gateway is to offer. */
export interface Offer extends ExternalBackendArgs {
  gateway: BackendGateway;
  tls: BackendTls | undefined;
  /** The same as `address`, in its parts. */
  node: pulumi.Output<Address>;
}

/** Makes the backend's upstream and route at every gateway. */
export function atGateways(name: string, offer: Offer, parent: pulumi.Resource): void {
  if (offer.gateway.target === "kubernetes") inKubernetes(name, offer, { parent });
  else if (offer.gateways === undefined) overApi(name, offer, { parent });
  else {
    for (const [gateway, provider] of Object.entries(offer.gateways))
      overApi(`${name}-${gateway}`, offer, { parent, provider });
  }
}

/** How an upstream of APISIX says what the backend speaks and under which name. */
function spoken({ protocol = "http", gateway: { passHost }, tls }: Offer) {
  const grpc = protocol === "grpc";
  if (!tls) return { scheme: grpc ? "grpc" : "http", ...(passHost && { passHost }) } as const;
  const scheme = grpc ? "grpcs" : "https";
  // APISIX sends as SNI what it sends as Host.
  if (tls.serverName === undefined) return { scheme, passHost: "node" } as const;
  return { scheme, passHost: "rewrite", upstreamHost: tls.serverName } as const;
}

function overApi(name: string, offer: Offer, options: pulumi.CustomResourceOptions): void {
  const { hosts, paths = ["/*"], methods, plugins, priority, checks, retries, timeout } = offer.gateway;
  const { host, port } = offer.node;
  const tls = clientCertificate(offer);
  const upstreamArgs = {
    nodes: [{ host, port, weight: 1 }],
    ...spoken(offer),
    checks,
    retries,
    timeout,
    tls,
  };
  const { upstreamId } = new Upstream(name, upstreamArgs, options);
  const enabled = offer.enabled === false ? false : undefined;
  new Route(name, { hosts, uris: paths, methods, plugins, priority, enabled, upstreamId }, options);
}

function clientCertificate({ gateway: { clientCertId }, tls }: Offer): UpstreamArgs["tls"] {
  if (clientCertId !== undefined) return { clientCertId };
  if (!tls?.clientCert) return undefined;
  return { clientCert: pem(tls.clientCert), clientKey: tls.clientKey && pulumi.secret(pem(tls.clientKey)) };
}

function pem({ inline, inlineString }: CertificateSource): pulumi.Output<string> {
  const decode = (text: string) => Buffer.from(text, "base64").toString("utf8");
  return inlineString === undefined ? pulumi.output(inline ?? "").apply(decode) : pulumi.output(inlineString);
}

function inKubernetes(name: string, offer: Offer, options: pulumi.CustomResourceOptions): void {
  // Only here, since @pulumi/kubernetes is an optional peer.
  const { ApisixRoute, ApisixUpstream } = require("../kubernetes/index.js") as typeof kubernetes;
  const { hosts, paths = ["/*"], methods, plugins = {}, priority, retries, namespace } = offer.gateway;
  const metadata = { name, ...(namespace !== undefined && { namespace }) };
  const node = { type: "Domain" as const, name: offer.node.host, port: offer.node.port };
  const upstream = new ApisixUpstream(
    name,
    { metadata, spec: { externalNodes: [node], ...spoken(offer), retries } },
    options,
  );
  // There is no status 0 of an ApisixRoute.
  if (offer.enabled === false) return;
  const listed = pulumi.output(plugins).apply((map) =>
    Object.entries(map).map(([plugin, config]) => ({
      name: plugin,
      enable: true,
      config: config as object,
    })),
  );
  const rule = {
    name: "backend",
    match: { hosts, paths, methods },
    upstreams: [{ name: upstream.metadata.name }],
    plugins: listed,
    priority,
  };
  new ApisixRoute(name, { metadata, spec: { http: [rule] } } as kubernetes.ApisixRouteArgs, options);
}
