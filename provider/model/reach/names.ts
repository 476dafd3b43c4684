import type { Judged, Unclear } from "../serving/objects.ts";
import { isMap, type Stored } from "../serving/objects.ts";
import type { ExternalService } from "./external-service.ts";
import type { MeshFacts } from "./mesh-facts.ts";
import { isDnsName, isIpAddress } from "./origination.ts";
import { ofMesh, read, textMap, unknowns, type World } from "./world.ts";

/** A name or address, and a port, under which an application reaches a service. */
export interface Name {
  host: string;
  port: number;
}

/** The names that a transparent proxy gives to the services of ExternalServices. */
export interface Names {
  byTag: ReadonlyMap<string, Name[]>;
  /** What may give or take a name. */
  unclear: Unclear[];
}

const DOMAIN = "mesh";
const HTTP_PORT = 80;

/** Ports of one name with the service that each leads to; the first that asked for a port keeps it. */
type Ports = Map<number, string>;

/**
 * Gives names as the control plane does: `TAG.mesh` at the lowest port of the tag's services and at 80; each host at the
 * ports of the services that have it, and at 80 unless it is taken; an address at its own port only.
 */
export function namesOf(world: World, mesh: MeshFacts, services: readonly ExternalService[]): Names {
  const tags = new Map<string, Ports>();
  const hosts = new Map<string, Ports>();
  const byTag = new Map<string, Name[]>();
  const unclear: Unclear[] = [];
  for (const tag of dataPlaneServices(world, mesh.name)) put(tags, tag, 0, tag);
  for (const service of services) {
    const { tag, host, port, hostEntry } = service;
    unclear.push(...unknowns(tag, host, port, hostEntry));
    if (!tag.known || !port.known) continue;
    put(tags, tag.value, port.value, tag.value);
    if (host.known && hostEntry.known && hostEntry.value) put(hosts, host.value, port.value, tag.value);
  }
  const wanted = new Set(services.flatMap(({ tag }) => (tag.known ? [tag.value] : [])));
  const add = (tag: string, name: Name) => {
    if (wanted.has(tag)) byTag.set(tag, [...(byTag.get(tag) ?? []), name]);
  };
  for (const [tag, ports] of tags) {
    const lowest = Math.min(...ports.keys());
    const domains = new Set([`${tag}.${DOMAIN}`, `${tag.replaceAll("_", ".")}.${DOMAIN}`]);
    for (const host of domains) {
      for (const port of new Set([lowest, HTTP_PORT])) if (port !== 0) add(tag, { host, port });
    }
  }
  for (const [host, ports] of hosts) {
    if (!isDnsName(host) && !isIpAddress(host)) continue;
    for (const [port, tag] of ports) add(tag, { host, port });
    const first = ports.get(Math.min(...ports.keys()));
    if (isDnsName(host) && !ports.has(HTTP_PORT) && first !== undefined)
      add(first, { host, port: HTTP_PORT });
  }
  for (const { tag, name } of virtualOutbounds(world, mesh.name, wanted, unclear)) add(tag, name);
  return { byTag, unclear };
}

function put(all: Map<string, Ports>, name: string, port: number, tag: string): void {
  const ports = all.get(name) ?? new Map<number, string>();
  all.set(name, ports);
  if (!ports.has(port)) ports.set(port, tag);
}

/** The services that data planes of the mesh offer. */
export function dataPlaneServices(world: World, mesh: string): string[] {
  return ofMesh(world, "Dataplane", mesh).flatMap((dataplane) =>
    inboundsOf(dataplane).map(({ service }) => service),
  );
}

/** An inbound of a data plane. */
export interface Inbound {
  service: string;
  tags: Record<string, string>;
  address: string;
  port: number;
}

/** The inbounds of a data plane, as far as they are known. */
export function inboundsOf(dataplane: Stored): Inbound[] {
  const networking = isMap(dataplane.networking) ? dataplane.networking : {};
  const list = Array.isArray(networking.inbound) ? networking.inbound : [];
  return list.filter(isMap).flatMap((inbound) => {
    const tags = textMap(inbound.tags);
    const service = tags["kuma.io/service"];
    if (service === undefined) return [];
    const address = String(inbound.address ?? networking.address ?? "");
    return [{ service, tags, address, port: Number(inbound.port ?? 0) }];
  });
}

/** Names by VirtualOutbound. Of an external service only its `kuma.io/service` can stand in a template. */
function virtualOutbounds(
  world: World,
  mesh: string,
  tags: ReadonlySet<string>,
  unclear: Unclear[],
): { tag: string; name: Name }[] {
  return ofMesh(world, "VirtualOutbound", mesh).flatMap((outbound) => {
    const made = read(outbound, (get) => {
      const selectors = get("selectors");
      const wanted = (Array.isArray(selectors) ? selectors : []).map((_, index) =>
        textMap(get("selectors", index, "match")),
      );
      const parameters = get("conf", "parameters");
      const names = (Array.isArray(parameters) ? parameters : [])
        .map((_, index) => ({
          name: String(get("conf", "parameters", index, "name")),
          key: String(get("conf", "parameters", index, "tagKey") ?? get("conf", "parameters", index, "name")),
        }))
        .filter(({ key }) => key === "kuma.io/service")
        .map(({ name }) => name);
      const fill = (template: unknown, tag: string) =>
        String(template ?? "").replace(/\{\{-?\s*\.(\w+)\s*-?\}\}/g, (whole, name: string) =>
          names.includes(name) ? tag : whole,
        );
      return [...tags]
        .filter((tag) => wanted.some((match) => selects(match, { "kuma.io/service": tag })))
        .map((tag) => ({
          tag,
          name: { host: fill(get("conf", "host"), tag), port: Number(fill(get("conf", "port"), tag)) },
        }))
        .filter(({ name: { host, port } }) => isDnsName(host) && port >= 1 && port <= 65535);
    });
    unclear.push(...unknowns(made as Judged<unknown>));
    return made.known ? made.value : [];
  });
}

/** Whether a selector takes something with these tags; `*` is any value. */
export function selects(
  match: Readonly<Record<string, string>>,
  tags: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(match).every(
    ([name, value]) => tags[name] !== undefined && (value === "*" || tags[name] === value),
  );
}
