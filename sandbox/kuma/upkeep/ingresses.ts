import type { ControlPlane } from "../control-plane.ts";
import type { Fields } from "../message.ts";
import { fields } from "../rules/checks.ts";
import type { StoredObject } from "../store.ts";
import { inboundsOf, isHealthy } from "./dataplanes.ts";

/** The zone's own ingresses with the services to which traffic can come through them. */
export function withAvailableServices({ store, zone }: ControlPlane): StoredObject[] {
  const meshes = store
    .list("Mesh")
    .filter(({ meshServices }) => fields(meshServices).mode !== "Exclusive")
    .map(({ name }) => name);
  const availableServices = meshes.flatMap((mesh) => servicesOf(mesh, store.list("Dataplane", mesh)));
  return store
    .list("ZoneIngress")
    .filter((ingress) => ingress.zone === undefined || ingress.zone === zone)
    .map(({ availableServices: _, ...ingress }) => ({
      ...ingress,
      ...(availableServices.length > 0 && { availableServices }),
    }));
}

function servicesOf(mesh: string, dataplanes: StoredObject[]): Fields[] {
  const services = new Map<string, { tags: Fields; instances: number; mesh: string }>();
  for (const { tags } of dataplanes.flatMap(inboundsOf).filter(isHealthy)) {
    const sorted = Object.entries(fields(tags)).sort(([a], [b]) => (a < b ? -1 : 1));
    const key = JSON.stringify(sorted);
    const instances = (services.get(key)?.instances ?? 0) + 1;
    services.set(key, { tags: Object.fromEntries(sorted), instances, mesh });
  }
  return [...services].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, service]) => service);
}
