import type { Judged, Stored } from "../serving/objects.ts";
import { nameOf, ofType, read, type World } from "./world.ts";

/** What a mesh says about ways out of it. */
export interface MeshFacts {
  name: string;
  mtls: Judged<boolean>;
  /** `routing.zoneEgress`: external services go by an egress. */
  zoneEgress: Judged<boolean>;
  /** `routing.localityAwareLoadBalancing`: services of other zones are used only if the own fail. */
  locality: Judged<boolean>;
  /** `networking.outbound.passthrough`: what is in no service may be reached, too. */
  passthrough: Judged<boolean>;
  /** `routing.defaultForbidMeshExternalServiceAccess`. */
  forbidsMeshExternalServices: Judged<boolean>;
  /** `meshServices.mode`: Disabled, Everywhere, ReachableBackends or Exclusive. */
  meshServices: Judged<string>;
}

/** The facts of a mesh, with Kuma's defaults; undefined where the mesh is not among the objects. */
export function meshFacts(world: World, name: string): MeshFacts | undefined {
  const mesh = ofType(world, "Mesh").find((one) => nameOf(one) === name);
  if (!mesh) return undefined;
  return {
    name,
    mtls: read(mesh, (get) => (get("mtls", "enabledBackend") ?? "") !== ""),
    zoneEgress: flag(mesh, ["routing", "zoneEgress"], false),
    locality: flag(mesh, ["routing", "localityAwareLoadBalancing"], false),
    passthrough: flag(mesh, ["networking", "outbound", "passthrough"], true),
    forbidsMeshExternalServices: flag(mesh, ["routing", "defaultForbidMeshExternalServiceAccess"], false),
    meshServices: read(mesh, (get) => String(get("meshServices", "mode") ?? "Disabled")),
  };
}

function flag(mesh: Stored, path: string[], standard: boolean): Judged<boolean> {
  return read(mesh, (get) => (get(...path) ?? standard) === true);
}
