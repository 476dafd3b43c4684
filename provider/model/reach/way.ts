import type { Judged } from "../serving/objects.ts";
import { type Chain, type Dead, type EgressAddress, egressesOf } from "./egress.ts";
import { type Endpoint, mixed } from "./endpoint.ts";
import { type ExternalService, localityPriority } from "./external-service.ts";
import type { MeshExternalService } from "./mesh-external-service.ts";
import type { MeshFacts } from "./mesh-facts.ts";
import { inboundsOf } from "./names.ts";
import type { SubjectMatch } from "./origination.ts";
import { commonProtocol, isHttp, type Protocol, protocolOf } from "./protocol.ts";
import { sniOfMeshExternalService, sniOfTag } from "./sni.ts";
import { from, ofMesh, type World } from "./world.ts";

/** The mesh's own TLS, from the data plane to the next proxy. */
export interface MeshTls {
  sni: string;
  /** What has to stand in the other side's certificate, as a URI. */
  subject: SubjectMatch;
}

/** An egress through which a service is reached. */
export interface Hop extends EgressAddress {
  zone?: string;
  priority: number;
}

/** How a data plane gets to a service. */
export type Way =
  | { by: "straight"; endpoints: Endpoint[] }
  /** `beyond` is where the egress leads, or why it leads nowhere. `tls` is undefined without mTLS. */
  | { by: "egress"; egresses: Hop[]; tls: MeshTls | undefined; beyond: Judged<Chain | Dead> }
  /** Data planes of the mesh have the same tag and go before the external service. */
  | { by: "data planes"; addresses: EgressAddress[]; tls: MeshTls | undefined }
  /** The data plane has an entry for it that leads nowhere. */
  | { by: "nothing"; dead: Dead; tls: MeshTls | undefined };

/** A way with the protocol in which the data plane reads what is sent. */
export interface Route {
  way: Way;
  protocol: Protocol;
}

/** Whether the `Host` header becomes the endpoint's own host. It stays where bytes are passed on or data planes answer. */
export function rewritesHost({ way, protocol }: Route): boolean {
  return isHttp(protocol) && way.by !== "data planes";
}

/** How data planes get to the ExternalServices with a tag. */
export function routeToTag(
  world: World,
  mesh: MeshFacts,
  tag: string,
  services: readonly ExternalService[],
  chain: Judged<Chain | Dead>,
): Judged<Route | { failure: "addresses and names" }> {
  const own = services.filter((service) => service.tag.known && service.tag.value === tag);
  const targets = from(
    own.map(({ endpoint, protocol }) => from([endpoint, protocol], (target, spoken) => ({ target, spoken }))),
    (...all) => all,
  );
  const tls = from(
    [mesh.mtls],
    (on) => (subject: string) =>
      on ? { sni: sniOfTag(tag, mesh.name), subject: uri(mesh, subject) } : undefined,
  );
  const nothing = (dead: Dead): Judged<Route> =>
    from([tls], (of) => ({ way: { by: "nothing", dead, tls: of(tag) }, protocol: "unknown" }));
  const local = dataPlanesWith(world, mesh.name, tag);
  if (local.length > 0) {
    const protocol = commonProtocol(local.map(({ spoken }) => spoken));
    const addresses = local.map(({ address, port }) => ({ address, port }));
    return from([tls], (of) => ({ way: { by: "data planes", addresses, tls: of(tag) }, protocol }));
  }
  if (own.length === 0) return nothing({ why: "no service" });
  if (!mesh.zoneEgress.known) return mesh.zoneEgress;
  if (!mesh.zoneEgress.value) return straight(targets, nothing);
  const egresses = egressesOf(world);
  if (egresses.known && egresses.value.length === 0) return nothing({ why: "no egress" });
  const zones = from(
    own.map(({ zone, protocol }) => from([zone, protocol], (inZone, spoken) => ({ inZone, spoken }))),
    (...all) => all,
  );
  return from([tls, zones, mesh.locality, egresses], (of, all, locality, addresses) => {
    const hops = all.flatMap(({ inZone }) =>
      addresses.map((egress) => ({
        ...egress,
        ...(inZone !== undefined && { zone: inZone }),
        priority: localityPriority(inZone, locality, world),
      })),
    );
    const protocol = commonProtocol(all.map(({ spoken }) => spoken));
    return { way: { by: "egress", egresses: hops, tls: of("zone-egress"), beyond: chain }, protocol };
  });
}

/** Straight to the endpoints whose secrets are there. */
function straight(
  targets: Judged<{ target: Endpoint | { missing: string }; spoken: Protocol }[]>,
  nothing: (dead: Dead) => Judged<Route>,
): Judged<Route | { failure: "addresses and names" }> {
  if (!targets.known) return targets;
  const there = targets.value.flatMap(({ target, spoken }) =>
    "missing" in target ? [] : [{ target, spoken }],
  );
  if (there.length === 0) {
    const [secret = ""] = targets.value.flatMap(({ target }) =>
      "missing" in target ? [target.missing] : [],
    );
    return nothing({ why: "missing secret", secret });
  }
  const endpoints = there.map(({ target }) => target);
  if (mixed(endpoints)) return { known: true, value: { failure: "addresses and names" } };
  const protocol = commonProtocol(there.map(({ spoken }) => spoken));
  return { known: true, value: { way: { by: "straight", endpoints }, protocol } };
}

/** How data planes get to a MeshExternalService: always through an egress. */
export function routeToMeshExternalService(
  world: World,
  mesh: MeshFacts,
  service: MeshExternalService,
  chain: Judged<Chain | Dead>,
): Judged<Route> {
  const facts = [
    mesh.mtls,
    mesh.locality,
    service.port,
    service.protocol,
    service.endpoints,
    egressesOf(world),
  ] as const;
  return from(facts, (mtls, locality, port, protocol, targets, egresses) => {
    const sni = sniOfMeshExternalService(service.displayName, port, mesh.name);
    const tls = (subject: SubjectMatch) => (mtls ? { sni, subject } : undefined);
    const anyone: SubjectMatch = { match: "prefix", value: `spiffe://${mesh.name}/` };
    const nothing = (dead: Dead): Route => ({ way: { by: "nothing", dead, tls: tls(anyone) }, protocol });
    if ("missing" in targets) return nothing({ why: "missing secret", secret: targets.missing });
    if (egresses.length === 0) return nothing({ why: "no egress" });
    const hops = egresses.map((egress) => ({
      ...egress,
      ...(service.zone !== undefined && { zone: service.zone }),
      priority: localityPriority(service.zone, locality, world),
    }));
    return {
      way: { by: "egress", egresses: hops, tls: tls(uri(mesh, "zone-egress")), beyond: chain },
      protocol,
    };
  });
}

function uri({ name }: MeshFacts, service: string): SubjectMatch {
  return { match: "exact", value: `spiffe://${name}/${service}` };
}

function dataPlanesWith(world: World, mesh: string, tag: string): (EgressAddress & { spoken: Protocol })[] {
  return ofMesh(world, "Dataplane", mesh)
    .flatMap(inboundsOf)
    .filter(({ service }) => service === tag)
    .map(({ address, port, tags }) => ({ address, port, spoken: protocolOf(tags["kuma.io/protocol"]) }));
}
