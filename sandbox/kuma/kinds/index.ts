import { releaseOf } from "../release.ts";
import { dataplane } from "./dataplane.ts";
import { definedKinds } from "./defined.ts";
import { externalService } from "./external-service.ts";
import { insights } from "./insights.ts";
import type { Kind } from "./kind.ts";
import { mesh } from "./mesh.ts";
import { olderPolicies } from "./older/index.ts";
import { globalSecret, secret } from "./secret.ts";
import { zone } from "./zone.ts";
import { zoneEgress, zoneIngress } from "./zone-proxies.ts";

export type { Kind } from "./kind.ts";

/** The kinds that a release of Kuma has. */
export function kindsOf(version: string): Kind[] {
  const { hasExternalService, hasMeshExternalService } = releaseOf(version);
  return [
    mesh(hasExternalService),
    ...(hasExternalService ? [externalService, zoneEgress] : []),
    ...definedKinds.filter(({ type }) => hasMeshExternalService || type !== "MeshExternalService"),
    secret,
    globalSecret,
    zone,
    zoneIngress,
    dataplane,
    ...olderPolicies,
    ...insights,
  ];
}
