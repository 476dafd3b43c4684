import type { Judged } from "../serving/objects.ts";
import { type Endpoint, mixed } from "./endpoint.ts";
import { type ExternalService, externalServices } from "./external-service.ts";
import { type MeshExternalService, meshExternalServices } from "./mesh-external-service.ts";
import type { MeshFacts } from "./mesh-facts.ts";
import { type Permission, permissionFor } from "./permission.ts";
import type { Protocol } from "./protocol.ts";
import { sniOfMeshExternalService, sniOfTag } from "./sni.ts";
import { from, ofType, read, type World, zoneOf } from "./world.ts";

/** An egress that data planes of the zone can reach. */
export interface EgressAddress {
  address: string;
  port: number;
}

/** The egresses of the zone. One that belongs to another zone does not count. */
export function egressesOf(world: World): Judged<EgressAddress[]> {
  const all = ofType(world, "ZoneEgress").map((egress) =>
    read(egress, (get) => ({
      zone: get("zone"),
      address: String(get("networking", "address") ?? ""),
      port: Number(get("networking", "port") ?? 0),
    })),
  );
  return from(all, (...egresses) =>
    egresses
      .filter(({ zone }) => zone === undefined || zone === "" || zone === zoneOf(world))
      .map(({ address, port }) => ({ address, port })),
  );
}

/** Where an egress leads a service, and for whom. */
export interface Chain {
  kind: "ExternalService" | "MeshExternalService";
  /** The tag or the name of the service. */
  service: string;
  /** The server name by which data planes ask for it. */
  sni: string;
  protocol: Protocol;
  endpoints: Endpoint[];
  permission: Judged<Permission>;
}

/** Why an egress leads nowhere for a service. */
export type Dead =
  | { why: "no mTLS" | "no egress" | "other zone" | "no endpoints" | "no service" | "addresses and names" }
  | { why: "missing secret"; secret: string };

/** What the egress of the zone does for the ExternalServices with a tag. */
export function chainOfTag(
  world: World,
  mesh: MeshFacts,
  tag: string,
  services: readonly ExternalService[],
): Judged<Chain | Dead> {
  const own = services.filter((service) => service.tag.known && service.tag.value === tag);
  const endpoints = from(
    own.map(({ endpoint, zone, protocol }) =>
      from([endpoint, zone, protocol], (target, inZone, spoken) => ({ target, inZone, spoken })),
    ),
    (...all) => all,
  );
  return from([mesh.mtls, endpoints], (mtls, all) => {
    if (!mtls) return { why: "no mTLS" };
    const near = all.filter(({ inZone }) => inZone === undefined || inZone === zoneOf(world));
    if (near.length === 0) return { why: "other zone" };
    const there = near.flatMap(({ target, spoken }) => ("missing" in target ? [] : [{ target, spoken }]));
    const [first] = there;
    if (!first) return missingSecret(near.map(({ target }) => target));
    const targets = there.map(({ target }) => target);
    if (mixed(targets)) return { why: "addresses and names" };
    return {
      kind: "ExternalService",
      service: tag,
      sni: sniOfTag(tag, mesh.name),
      protocol: first.spoken,
      endpoints: targets,
      permission: permissionFor(world, mesh.name, tag),
    };
  });
}

/** What the egress of the zone does for a MeshExternalService. */
export function chainOfMeshExternalService(
  world: World,
  mesh: MeshFacts,
  service: MeshExternalService,
): Judged<Chain | Dead> {
  const { endpoints, protocol, port } = service;
  const facts = [mesh.mtls, endpoints, protocol, port] as const;
  return from(facts, (mtls, targets, spoken, at) => {
    if (!mtls) return { why: "no mTLS" };
    if (service.zone !== undefined && service.zone !== zoneOf(world)) return { why: "other zone" };
    if ("missing" in targets) return missingSecret([targets]);
    if (targets.length === 0) return { why: "no endpoints" };
    return {
      kind: "MeshExternalService",
      service: service.name,
      sni: sniOfMeshExternalService(service.displayName, at, mesh.name),
      protocol: spoken,
      endpoints: targets,
      permission: from([mesh.forbidsMeshExternalServices], (forbids) => ({
        by: "mesh",
        rules: [{ from: {}, action: forbids ? "Deny" : "Allow", policy: `Mesh ${mesh.name}` }],
      })),
    };
  });
}

function missingSecret(targets: readonly (Endpoint | { missing: string })[]): Dead {
  const [secret = ""] = targets.flatMap((target) => ("missing" in target ? [target.missing] : []));
  return { why: "missing secret", secret };
}

/** All that the egress of the zone leads out for a mesh. */
export function chainsOf(world: World, mesh: MeshFacts): Judged<Chain>[] {
  const services = externalServices(world, mesh);
  const tags = new Set(services.flatMap(({ tag }) => (tag.known ? [tag.value] : [])));
  const all = [
    ...[...tags].map((tag) => chainOfTag(world, mesh, tag, services)),
    ...meshExternalServices(world, mesh.name).map((one) => chainOfMeshExternalService(world, mesh, one)),
  ];
  return all.flatMap((chain): Judged<Chain>[] => {
    if (!chain.known) return [chain];
    return "why" in chain.value ? [] : [{ known: true, value: chain.value }];
  });
}
