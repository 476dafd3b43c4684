import { fields, list } from "../rules/checks.ts";
import type { StoredObject } from "../store.ts";

/** The first part of the addresses of each kind of service. */
const NETWORKS: Record<string, number> = {
  MeshService: 241,
  MeshExternalService: 242,
  MeshMultiZoneService: 243,
};

/** Gives addresses to services; an address that was given is never given again. */
export class Addresses {
  readonly #given = new Map<string, number>();

  /** The service with an address; the same if it has one. */
  complete(service: StoredObject): StoredObject {
    const status = fields(service.status);
    const hasOne = service.type === "MeshExternalService";
    if (hasOne ? fields(status.vip).ip !== undefined : list(status.vips).length > 0) return service;
    const count = (this.#given.get(service.type) ?? 0) + 1;
    this.#given.set(service.type, count);
    const ip = `${NETWORKS[service.type]}.${count >> 16}.${(count >> 8) & 255}.${count & 255}`;
    return { ...service, status: { ...status, ...(hasOne ? { vip: { ip } } : { vips: [{ ip }] }) } };
  }
}
