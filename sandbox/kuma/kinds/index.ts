import { bytes, flagValue, message, open } from "../message.ts";
import { releaseOf } from "../release.ts";
import { externalService } from "./external-service.ts";
import type { Kind } from "./kind.ts";
import { mesh } from "./mesh.ts";
import { meshExternalService } from "./mesh-external-service.ts";
import { zoneEgress } from "./zone-egress.ts";

export type { Kind } from "./kind.ts";

const secret: Kind = {
  type: "Secret",
  path: "secrets",
  inMesh: true,
  writtenOn: "either",
  addedLabels: "all",
  decode: message({ data: bytes }),
};

const zone: Kind = {
  type: "Zone",
  path: "zones",
  inMesh: false,
  writtenOn: "global",
  addedLabels: "none",
  shortName: "z",
  decode: message({ enabled: flagValue }),
};

const dataplane: Kind = {
  type: "Dataplane",
  path: "dataplanes",
  inMesh: true,
  writtenOn: "zone",
  listOnly: true,
  addedLabels: "all",
  moreLabels: { "kuma.io/proxy-type": "sidecar" },
  shortName: "dp",
  decode: message({ networking: open, metrics: open, probes: open }),
};

/** Policies, and what has their form, with their short names; their spec is stored unchecked. */
const policies = {
  MeshAccessLog: "mal",
  MeshCircuitBreaker: "mcb",
  MeshFaultInjection: "mfi",
  MeshHealthCheck: "mhc",
  MeshHTTPRoute: "mhttpr",
  MeshIdentity: "mid",
  MeshLoadBalancingStrategy: "mlbs",
  MeshMetric: "mm",
  MeshMultiZoneService: "mzsvc",
  MeshPassthrough: "mp",
  MeshProxyPatch: "mpp",
  MeshRateLimit: "mrl",
  MeshRetry: "mr",
  MeshService: "msvc",
  MeshTCPRoute: "mtcpr",
  MeshTimeout: "mt",
  MeshTLS: "mtls",
  MeshTrace: "mtr",
  MeshTrafficPermission: "mtp",
  MeshTrust: "mtrust",
};

/** What has the form of a policy and is none. */
const noPolicies = ["MeshIdentity", "MeshMultiZoneService", "MeshService", "MeshTrust"];

function policy(type: string, shortName: string): Kind {
  return {
    type,
    path: `${type
      .toLowerCase()
      .replace(/y$/, "ie")
      .replace(/(s|ch)$/, "$1e")}s`,
    inMesh: true,
    writtenOn: "either",
    needsOriginOnZone: true,
    ...(noPolicies.includes(type) ? {} : { isPolicy: true }),
    addedLabels: "all",
    shortName,
    decode: message({ spec: open }),
  };
}

/** The kinds that a release of Kuma has. */
export function kindsOf(version: string): Kind[] {
  const { hasExternalService, hasMeshExternalService } = releaseOf(version);
  return [
    mesh(hasExternalService),
    ...(hasExternalService ? [externalService, zoneEgress] : []),
    ...(hasMeshExternalService ? [meshExternalService] : []),
    secret,
    zone,
    dataplane,
    ...Object.entries(policies).map(([type, shortName]) => policy(type, shortName)),
  ];
}
