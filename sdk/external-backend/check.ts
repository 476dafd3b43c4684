import { addressRefusal } from "./address.ts";
import type { BackendGateway, BackendMesh, BackendTls, ExternalBackendArgs } from "./arguments.ts";
import { PROTOCOLS } from "./mesh-external-service.ts";

/** Every field there is, so that a misspelt one is no silent difference. */
const FIELDS = {
  args: ["address", "protocol", "tls", "enabled", "gateway", "gateways", "mesh"],
  tls: ["serverName", "caCert", "clientCert", "clientKey", "skipHostnameVerification"],
  gateway: [
    ...["hosts", "paths", "methods", "plugins", "priority", "checks", "retries", "timeout", "passHost"],
    ...["verify", "clientCertId", "target", "namespace"],
  ],
  mesh: [
    ...["kind", "service", "meshes", "port", "origin", "waitForHostname", "zones", "egress", "meshResources"],
    ...["disableHostDNSEntry", "tags", "target", "namespace"],
  ],
};

/** Tags that arguments of their own say. */
const SAID_ELSEWHERE: Record<string, string> = {
  "kuma.io/service": "mesh.service",
  "kuma.io/protocol": "protocol",
  "kuma.io/zone": "mesh.zones",
};

/** Why it cannot be as declared, as far as that is known at once; all reasons, each with its path. */
export function refusals(args: ExternalBackendArgs, tls: BackendTls | undefined): string[] {
  const { gateway, mesh, gateways } = args;
  const found = [
    ...unknownFields("", args, FIELDS.args),
    ...unknownFields("tls.", tls, FIELDS.tls),
    ...unknownFields("gateway.", gateway, FIELDS.gateway),
    ...unknownFields("mesh.", mesh, FIELDS.mesh),
    addressRefusal("address", args.address),
    !gateway && !mesh && "gateway, mesh or both are needed.",
    gateways && !gateway && "gateways: needs gateway, which says what is offered there.",
    gateways && Object.keys(gateways).length === 0 && "gateways: is empty; leave gateway out instead.",
    ...(gateway ? atGateway(args, gateway, tls) : []),
    ...(mesh ? inMesh(mesh) : []),
    ...(mesh ? ofKind(args, mesh, tls) : []),
  ];
  return found.filter((reason) => typeof reason === "string");
}

function unknownFields(at: string, given: object | undefined, known: readonly string[]): string[] {
  return Object.keys(given ?? {})
    .filter((field) => !known.includes(field))
    .map((field) => `${at}${field}: is no argument; known: ${known.join(", ")}.`);
}

/** What APISIX cannot do of what is declared. */
function atGateway(
  { protocol = "http", gateways }: ExternalBackendArgs,
  gateway: BackendGateway,
  tls: BackendTls | undefined,
): (string | false | undefined)[] {
  const kubernetes = gateway.target === "kubernetes";
  const otherwise = [gateway.checks, gateway.timeout, gateway.clientCertId, tls?.clientCert];
  const secret = (["clientCert", "clientKey"] as const).find((field) => tls?.[field]?.secret !== undefined);
  return [
    protocol !== "http" &&
      protocol !== "grpc" &&
      `protocol: a route of APISIX speaks http and grpc to a backend, not ${protocol}; leave gateway out, or declare an apisix.StreamRoute beside this.`,
    tls?.caCert !== undefined &&
      gateway.verify !== false &&
      "tls.caCert: APISIX verifies no https upstream and takes no CA, so only the mesh would use it; write gateway: { verify: false } if that is meant.",
    tls !== undefined &&
      gateway.passHost !== undefined &&
      "gateway.passHost: with TLS the host that is sent is the SNI, too; leave it out, and give tls.serverName if it is not the address's host.",
    secret !== undefined &&
      gateway.clientCertId === undefined &&
      `tls.${secret}.secret: a gateway cannot read a secret of Kuma; give gateway.clientCertId (an apisix.Ssl of type client), or inlineString.`,
    kubernetes &&
      otherwise.some((value) => value !== undefined) &&
      'gateway: checks, timeout and client certificates are written otherwise for the ingress controller; use kubernetes.ApisixUpstream, or target: "api".',
    kubernetes &&
      gateways !== undefined &&
      'gateways: are Admin APIs, and target: "kubernetes" calls none; leave them out. Which gateway it is says apisix:ingressClassName.',
    !kubernetes && gateway.namespace !== undefined && 'gateway.namespace: is for target: "kubernetes" only.',
  ];
}

function inMesh({
  meshes,
  zones,
  tags = {},
  egress,
  meshResources,
}: BackendMesh): (string | false | undefined)[] {
  const own = zones === undefined || Array.isArray(zones) ? [] : Object.entries(zones);
  return [
    meshes?.length === 0 && "mesh.meshes: is empty; leave mesh out instead.",
    zones !== undefined &&
      Object.keys(zones).length === 0 &&
      "mesh.zones: is empty, so nobody could use it; leave mesh out instead.",
    ...own.map(([zone, address]) => addressRefusal(`mesh.zones["${zone}"]`, address)),
    ...Object.keys(tags).map(
      (tag) => tag in SAID_ELSEWHERE && `mesh.tags["${tag}"]: is said by ${SAID_ELSEWHERE[tag]}.`,
    ),
    egress !== undefined &&
      (meshResources ?? []).length === 0 &&
      "mesh.egress: there is no mesh in mesh.meshResources to compare it with; give the kuma.Mesh, or kuma.Mesh.get for one that is made elsewhere.",
  ];
}

const KINDS = ["ExternalService", "MeshExternalService", "both"] as const;

/** What the kind of the mesh's object cannot do of what is declared. */
function ofKind(
  { protocol = "http" }: ExternalBackendArgs,
  mesh: BackendMesh,
  tls: BackendTls | undefined,
): (string | false | undefined)[] {
  const { kind = "ExternalService", zones, egress, origin, waitForHostname, target, namespace } = mesh;
  if (!KINDS.includes(kind)) return [`mesh.kind: ${JSON.stringify(kind)} is none of ${KINDS.join(", ")}.`];
  const kubernetes = target === "kubernetes";
  const apiOnly =
    (origin !== undefined && "origin") || (waitForHostname !== undefined && "waitForHostname") || undefined;
  if (kind === "ExternalService") {
    const field = (["port", "origin", "waitForHostname", "namespace"] as const).find(
      (name) => mesh[name] !== undefined,
    );
    return [field && `mesh.${field}: is for a MeshExternalService; set mesh.kind, or leave it out.`];
  }
  const ofTags = (["tags", "disableHostDNSEntry"] as const).find((name) => mesh[name] !== undefined);
  return [
    !PROTOCOLS.some((known) => known === protocol) &&
      `protocol: a MeshExternalService knows ${PROTOCOLS.join(", ")}, not ${protocol}; write tcp, which passes all bytes on.`,
    zones !== undefined &&
      "mesh.zones: a MeshExternalService has no zones; written with origin: \"zone\" at a zone's control plane it is that zone's alone.",
    egress === false &&
      "mesh.egress: a MeshExternalService always goes through the zone egress; leave egress out, or set mesh.kind to ExternalService.",
    kind === "MeshExternalService" &&
      ofTags !== undefined &&
      `mesh.${ofTags}: is for an ExternalService; a MeshExternalService has no tags, and only host names of generators. Leave it out.`,
    tls?.serverName !== undefined &&
      tls.skipHostnameVerification !== undefined &&
      tls.skipHostnameVerification !== false &&
      "tls.serverName: a MeshExternalService that does not compare names sends no server name but the address's host; leave one of serverName and skipHostnameVerification out.",
    kubernetes && apiOnly && `mesh.${apiOnly}: is for Kuma's API; leave it out with target: "kubernetes".`,
    !kubernetes && namespace !== undefined && 'mesh.namespace: is for target: "kubernetes" only.',
  ];
}
