import { type JsonObject, UNKNOWN } from "../fields.ts";
import {
  at,
  type Declared,
  formOf,
  meshesOf,
  ofType,
  type Service,
  servicesByMesh,
  servicesByTag,
  servicesOf,
} from "./facts.ts";
import { hostsOfBundles } from "./hosts.ts";
import { literalReferences } from "./references.ts";

/** What a lint has found: the resources concerned, why it is wrong and what to do. */
export interface Finding {
  resources: Declared[];
  reason: string;
}

/** A rule over all resources of a stack. Makes no request. */
export interface Lint {
  /** By which it is switched off, and found in `docs/lints.md`. */
  name: string;
  /** An error is what cannot work; it refuses the resources concerned. */
  severity: "error" | "warning";
  find(stack: readonly Declared[]): Finding[];
}

const HTTP = ["http", "http2", "grpc"];

/** All lints. Each is described in `docs/lints.md`. */
export const LINTS: readonly Lint[] = [
  {
    name: "mixed-addresses",
    severity: "error",
    find: (stack) =>
      servicesByTag(stack)
        .filter((group) => new Set(group.map(formOf).filter((form) => form !== undefined)).size > 1)
        .map((group) => ({
          resources: resourcesOf(group),
          reason:
            `${tagOf(group)} has domain names and IP addresses as addresses. Kuma makes no configuration for such a mix, ` +
            "for none of the data planes that see it. Use one form for all of them, or another kuma.io/service.",
        })),
  },
  {
    name: "plain-text-on-443",
    severity: "error",
    find: (stack) =>
      eachKind(
        servicesOf(stack).filter(
          ({ protocol, port, encrypted }) =>
            HTTP.includes(protocol ?? "") && port === 443 && encrypted === false,
        ),
        (kind) =>
          `Protocol http, http2 or grpc on port 443 without TLS sends plain text to a port that expects TLS. ${bothWays(kind)}`,
      ),
  },
  {
    name: "tcp-with-tls-on-443",
    severity: "warning",
    find: (stack) =>
      eachKind(
        servicesOf(stack).filter(
          ({ protocol, port, encrypted }) => protocol === "tcp" && port === 443 && encrypted === true,
        ),
        (kind) =>
          "Protocol tcp (Kuma's default) on port 443 with TLS: a program that speaks HTTPS itself would be encrypted twice, and one " +
          `that speaks HTTP gets none of Kuma's HTTP policies. ${bothWays(kind)}`,
      ),
  },
  {
    name: "unverified-tls",
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
    severity: "warning",
    find: (stack) =>
      servicesByTag(stack)
        .filter((group) => !areZonesOfOneAnother(group))
        .map((group) => ({
          resources: resourcesOf(group),
          reason:
            `all have ${tagOf(group)}, so each request goes to any of them. Give each another kuma.io/service, or, if they are the ` +
            "same service in several zones, each its kuma.io/zone.",
        })),
  },
  {
    name: "zone-tag-without-locality",
    severity: "warning",
    find: (stack) =>
      servicesByMesh(stack)
        .filter(({ mesh }) => mesh.locality === false)
        .flatMap(({ mesh, services }) =>
          each(
            services.filter(({ zone }) => zone !== undefined && zone !== UNKNOWN),
            `The tag kuma.io/zone keeps no traffic in its zone while the mesh "${mesh.name}" has locality-aware load balancing off. ` +
              "Set routing.localityAwareLoadBalancing: true on the mesh, or leave the tag out.",
          ),
        ),
  },
  {
    name: "passthrough-on",
    severity: "warning",
    find: (stack) =>
      servicesByMesh(stack)
        .filter(({ mesh }) => mesh.passthrough === true)
        .flatMap(({ mesh, services }) =>
          each(
            services,
            `The mesh "${mesh.name}" has passthrough on: every host outside can be reached as it is, past what is declared here. ` +
              "Set networking.outbound.passthrough: false on the mesh.",
          ),
        ),
  },
  {
    name: "egress-without-zone-egress",
    severity: "warning",
    find(stack) {
      const meshes = meshesOf(stack);
      // What a MeshExternalService leads to goes through an egress whatever the mesh says.
      if (ofType(stack, "kuma:MeshExternalService").length > 0) return [];
      if (meshes.length === 0 || meshes.some(({ zoneEgress }) => zoneEgress !== false)) return [];
      return each(
        ofType(stack, "kuma:ZoneEgress"),
        `No traffic goes through the egress: zone egress is off in ${meshes.map(({ name }) => `the mesh "${name}"`).join(" and ")}. ` +
          "Set routing.zoneEgress: true on the mesh; it needs mTLS.",
      );
    },
  },
  {
    name: "no-traffic-permission",
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
            `The mesh "${mesh.name}" has mTLS and this stack no MeshTrafficPermission for it: without one nothing passes. ` +
              "Declare a kuma.MeshTrafficPermission, unless one is made elsewhere.",
          ),
        );
    },
  },
  {
    name: "host-of-two-bundles",
    severity: "error",
    find: (stack) =>
      hostsOfBundles(stack)
        .filter(({ resources }) => new Set(resources.map(({ bundle }) => bundle)).size > 1)
        .map(({ host, resources }) => ({
          resources,
          reason:
            `the host "${host}" stands in ${[...new Set(resources.map(({ bundle }) => `the bundle "${bundle}"`))].join(" and ")}, ` +
            "so that the one takes requests of the other. Leave it to one of them.",
        })),
  },
  {
    name: "mesh-external-service-without-mtls",
    severity: "warning",
    find: (stack) =>
      servicesByMesh(stack)
        .filter(({ mesh }) => mesh.mtls === false)
        .flatMap(({ mesh, services }) =>
          each(
            services.filter(({ kind }) => kind === "MeshExternalService"),
            `The mesh "${mesh.name}" has no mTLS, and a mesh external service is reached through a zone egress only, which needs ` +
              "it: nobody reaches it. Set mtls on the mesh, and see that each zone has a zone egress.",
          ),
        ),
  },
  {
    name: "client-host-to-https",
    severity: "warning",
    find: (stack) =>
      each(
        [...ofType(stack, "apisix:Upstream"), ...ofType(stack, "apisix:Route")].filter((resource) =>
          sendsClientsHost(resource.type === "apisix:Route" ? at(resource.args, "upstream") : resource.args),
        ),
        "Scheme https with passHost pass (what is left out means it, where not every node is a domain name) sends the client's host to the upstream, as Host header and as SNI, which most external " +
          'backends refuse. Write passHost: "node", or "rewrite" with upstreamHost.',
      ),
  },
  {
    name: "reference-by-text",
    severity: "warning",
    find: (stack) =>
      literalReferences(stack).map(({ from, to, path }) => ({
        resources: [from],
        reason:
          `${path} names ${to.type} "${to.name}" of this stack by its text, so Pulumi does not know that the one needs the other, ` +
          "and may create, replace or delete them in the wrong order. Pass the other resource's output, or set dependsOn.",
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
function isUnverified({ kind, encrypted, tls }: Service): boolean {
  if (encrypted !== true) return false;
  if (kind === "ExternalService") return tls.caCert === undefined;
  return ["SkipCA", "SkipAll"].includes(String(at(tls, "verification", "mode")));
}

/** Runs lints; the texts name the resources, the reason, what to do, and how the lint is switched off. */
export function lint(
  stack: readonly Declared[],
  severity: Lint["severity"],
  ignored: readonly string[] = [],
): { resources: Declared[]; message: string }[] {
  return LINTS.filter((one) => one.severity === severity && !ignored.includes(one.name)).flatMap((one) =>
    one.find(stack).map(({ resources, reason }) => ({
      resources,
      message: `${namesOf(resources)}: ${reason} (lint ${one.name}; external-backends:ignoreLints switches it off)`,
    })),
  );
}

/** One finding for all resources of which the same is to be said; none for none. */
function each(found: (Declared | Service)[], reason: string): Finding[] {
  return found.length === 0 ? [] : [{ resources: resourcesOf(found), reason }];
}

/** The same for services of each kind, since their fields have other names. */
function eachKind(found: Service[], reason: (kind: Service["kind"]) => string): Finding[] {
  const kinds = ["ExternalService", "MeshExternalService"] as const;
  return kinds.flatMap((kind) =>
    each(
      found.filter((one) => one.kind === kind),
      reason(kind),
    ),
  );
}

function resourcesOf(found: (Declared | Service)[]): Declared[] {
  return [...new Set(found.map((one) => ("resource" in one ? one.resource : one)))];
}

function namesOf(resources: Declared[]): string {
  const shown = resources.slice(0, 5).map(({ type, title = type, name }) => `${title} "${name}"`);
  return `${shown.join(", ")}${resources.length > 5 ? ` and ${resources.length - 5} more` : ""}`;
}

function tagOf([first]: Service[]): string {
  return `kuma.io/service "${first?.tag}" in the mesh "${first?.mesh}"`;
}

/** Each has a zone, and none that of another. */
function areZonesOfOneAnother(group: Service[]): boolean {
  const zones = group.map(({ zone }) => zone);
  if (zones.includes(UNKNOWN)) return true;
  return !zones.includes(undefined) && new Set(zones).size === zones.length;
}

/** Takes the canonical form, in which `node` is filled in wherever every node is known to have a domain name. */
function sendsClientsHost(upstream: unknown): boolean {
  if (at(upstream, "scheme") !== "https") return false;
  const passHost = at(upstream, "passHost");
  if (passHost !== undefined) return passHost === "pass";
  return !JSON.stringify((upstream as JsonObject).nodes ?? "").includes(UNKNOWN);
}
