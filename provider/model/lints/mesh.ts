import { UNKNOWN } from "../fields.ts";
import {
  at,
  formOf,
  type MeshFacts,
  meshesOf,
  ofType,
  type Service,
  servicesByMesh,
  servicesByTag,
  servicesOf,
} from "./facts.ts";
import { each, eachKind, type Lint, namesOf, resourcesOf } from "./finding.ts";
import { sharedHostNames } from "./host-names.ts";

const HTTP = ["http", "http2", "grpc"];

/** Lints about meshes and what they reach outside. */
export const MESH_LINTS: readonly Lint[] = [
  {
    name: "mixed-addresses",
    about: "External services with one tag have addresses of one form.",
    severity: "error",
    holdsInPart: true,
    find: (stack) =>
      servicesByTag(stack)
        .filter((group) => new Set(group.map(formOf).filter((form) => form !== undefined)).size > 1)
        .map((group) => ({
          resources: resourcesOf(group),
          values: valuesOf(group),
          reason:
            "one kuma.io/service has domain names and IP addresses as addresses. Kuma makes no configuration for such a mix, " +
            "for none of the data planes that see it. Use one form for all of them, or another kuma.io/service.",
        })),
  },
  {
    name: "plain-text-on-443",
    about: "No plain text is sent to port 443.",
    severity: "error",
    find: (stack) =>
      eachKind(
        servicesOf(stack).filter(
          (one) => HTTP.includes(one.protocol ?? "") && one.port === 443 && one.encrypted === false,
        ),
        (kind) =>
          `Protocol http, http2 or grpc on port 443 without TLS sends plain text to a port that expects TLS. ${bothWays(kind)}`,
      ),
  },
  {
    name: "tcp-with-tls-on-443",
    about: "HTTPS is declared as HTTP with TLS, not as TCP with TLS.",
    severity: "warning",
    find: (stack) =>
      eachKind(
        servicesOf(stack).filter(
          (one) => one.protocol === "tcp" && one.port === 443 && one.encrypted === true,
        ),
        (kind) =>
          "Protocol tcp (Kuma's default) on port 443 with TLS: a program that speaks HTTPS itself would be encrypted twice, and one " +
          `that speaks HTTP gets none of Kuma's HTTP policies. ${bothWays(kind)}`,
      ),
  },
  {
    name: "unverified-tls",
    about: "TLS that the mesh begins is verified.",
    severity: "warning",
    find: (stack) =>
      eachKind(servicesOf(stack).filter(isUnverified), (kind) =>
        kind === "ExternalService"
          ? "TLS without networking.tls.caCert verifies nothing: whoever answers is believed. Give the CA of the service's " +
            "certificate, for example as a kuma.Secret."
          : "TLS with tls.verification.mode SkipCA or SkipAll verifies no certificate: whoever answers is believed. Leave the mode " +
            "out, and give the CA of the service's certificate as tls.verification.caCert, unless the system's CAs have signed it.",
      ),
  },
  {
    name: "tls-renegotiation",
    about: "Services outside cannot renegotiate TLS.",
    severity: "warning",
    find: (stack) =>
      each(
        ofType(stack, "kuma:ExternalService", "kuma:MeshExternalService").filter(
          ({ args }) =>
            at(args, "networking", "tls", "allowRenegotiation") === true ||
            at(args, "tls", "allowRenegotiation") === true,
        ),
        "allowRenegotiation lets the service renegotiate TLS, which Kuma advises against, and which TLS 1.3 does not have. " +
          "Leave it out unless the service asks for the client's certificate only after the handshake.",
      ),
  },
  {
    name: "shared-service-tag",
    about: "One tag is one service.",
    severity: "warning",
    holdsInPart: true,
    find: (stack) =>
      servicesByTag(stack)
        .filter((group) => !areZonesOfOneAnother(group))
        .map((group) => ({
          resources: resourcesOf(group),
          values: valuesOf(group),
          reason:
            "all have the same kuma.io/service, so each request goes to any of them. Give each another kuma.io/service, or, if they are the " +
            "same service in several zones, each its kuma.io/zone.",
        })),
  },
  {
    name: "zone-tag-without-locality",
    about: "Zone tags stand where load balancing heeds them.",
    severity: "warning",
    find: (stack) =>
      servicesByMesh(stack)
        .filter(({ mesh }) => mesh.locality === false)
        .flatMap(({ mesh, services }) =>
          each(
            services.filter(({ zone }) => zone !== undefined && zone !== UNKNOWN),
            `The tag kuma.io/zone keeps no traffic in its zone while ${nameOf(mesh)} has locality-aware load balancing off. ` +
              "Set routing.localityAwareLoadBalancing: true on the mesh, or leave the tag out.",
          ),
        ),
  },
  {
    name: "passthrough-on",
    about: "What a mesh declares as external is the only way out.",
    severity: "warning",
    find: (stack) =>
      servicesByMesh(stack)
        .filter(({ mesh }) => mesh.passthrough === true)
        .flatMap(({ mesh, services }) =>
          each(
            services,
            `${nameOf(mesh)} has passthrough on: every host outside can be reached as it is, past what is declared here. ` +
              "Set networking.outbound.passthrough: false on the mesh.",
          ),
        ),
  },
  {
    name: "egress-without-zone-egress",
    about: "Zone egresses are used.",
    severity: "warning",
    find(stack) {
      const meshes = meshesOf(stack);
      // What a MeshExternalService leads to goes through an egress whatever the mesh says.
      if (ofType(stack, "kuma:MeshExternalService").length > 0) return [];
      if (meshes.length === 0 || meshes.some(({ zoneEgress }) => zoneEgress !== false)) return [];
      return each(
        ofType(stack, "kuma:ZoneEgress"),
        `No traffic goes through the egress: zone egress is off in ${meshes.map(nameOf).join(" and ")}. ` +
          "Set routing.zoneEgress: true on the mesh; it needs mTLS.",
      );
    },
  },
  {
    name: "no-traffic-permission",
    about: "External services of a mesh with mTLS have a permission.",
    severity: "warning",
    find(stack) {
      const policies = ofType(stack, "kuma:Policy").filter(({ args }) =>
        [UNKNOWN, "MeshTrafficPermission"].includes(String(args.type)),
      );
      const permissions = [...policies, ...ofType(stack, "kuma:MeshTrafficPermission")].filter(
        ({ args }) => at(args, "labels", "kuma.io/effect") !== "shadow",
      );
      // Whatever the connection: two providers may lead to the same control plane.
      const permitted = new Set(permissions.map(({ args }) => args.mesh ?? "default"));
      return servicesByMesh(stack)
        .filter(({ mesh }) => mesh.mtls === true && !permitted.has(mesh.name) && !permitted.has(UNKNOWN))
        .flatMap(({ mesh, services }) =>
          each(
            // A MeshTrafficPermission does not concern the others.
            services.filter(({ kind }) => kind === "ExternalService"),
            `${nameOf(mesh)} has mTLS and this stack no MeshTrafficPermission for it: without one nothing passes. ` +
              "Declare a kuma.MeshTrafficPermission, unless one is made elsewhere.",
          ),
        );
    },
  },
  {
    name: "mesh-external-service-without-mtls",
    about: "Mesh external services are in a mesh with mTLS, which they need.",
    severity: "warning",
    find: (stack) =>
      servicesByMesh(stack)
        .filter(({ mesh }) => mesh.mtls === false)
        .flatMap(({ mesh, services }) =>
          each(
            services.filter(({ kind }) => kind === "MeshExternalService"),
            `${nameOf(mesh)} has no mTLS, and a mesh external service is reached through a zone egress only, which needs ` +
              "it: nobody reaches it. Set mtls on the mesh, and see that each zone has a zone egress.",
          ),
        ),
  },
  {
    name: "shared-host-name",
    about: "A host name leads to one mesh external service.",
    severity: "warning",
    holdsInPart: true,
    find: (stack) =>
      sharedHostNames(stack).map(({ hostname, services }) => ({
        resources: services,
        values: [hostname],
        reason:
          "all would get one host name in their mesh, which leads to one of them only. Give each another kuma.io/display-name, or, " +
          "where a kuma.HostnameGenerator makes the name, a template with {{ .DisplayName }} in it.",
      })),
  },
];

function bothWays(kind: Service["kind"]): string {
  const [protocol, tls] =
    kind === "ExternalService" ? ["kuma.io/protocol", "networking.tls"] : ["match.protocol", "tls"];
  return (
    `Either Kuma does TLS: ${protocol} "http" (http2, grpc) with ${tls}.enabled: true; ` +
    `or the program does it: ${protocol} "tcp" with TLS left out.`
  );
}

/** An ExternalService verifies with the CA that it is given, and with none nothing; the newer kind by its mode. */
export function isUnverified(service: Service): boolean {
  if (service.encrypted !== true) return false;
  if (service.kind === "ExternalService") return !("caCert" in service.tls);
  return ["SkipCA", "SkipAll"].includes(String(at(service.tls, "verification", "mode")));
}

function nameOf({ resources }: MeshFacts): string {
  return `the mesh (${namesOf(resources)})`;
}

function valuesOf([first]: Service[]): string[] {
  return first?.tag === undefined ? [] : [first.tag];
}

/** Each has a zone, and none that of another. */
function areZonesOfOneAnother(group: Service[]): boolean {
  const zones = group.map(({ zone }) => zone);
  if (zones.includes(UNKNOWN)) return true;
  return !zones.includes(undefined) && new Set(zones).size === zones.length;
}
