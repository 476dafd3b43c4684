import type { Judged, Stored } from "../serving/objects.ts";
import type { Endpoint } from "./endpoint.ts";
import type { MeshFacts } from "./mesh-facts.ts";
import { originate, type TlsSettings } from "./origination.ts";
import { type Protocol, protocolOf } from "./protocol.ts";
import { load } from "./secrets.ts";
import { from, nameOf, ofMesh, read, type World, zoneOf } from "./world.ts";

/** An ExternalService as far as it can be read. */
export interface ExternalService {
  name: string;
  object: Stored;
  /** Its tag `kuma.io/service`, by which data planes know it. */
  tag: Judged<string>;
  protocol: Judged<Protocol>;
  zone: Judged<string | undefined>;
  host: Judged<string>;
  port: Judged<number>;
  /** Whether its host is a name for it, too. */
  hostEntry: Judged<boolean>;
  /** Where it leads, or the secret without which the control plane leaves it out. */
  endpoint: Judged<Endpoint | { missing: string }>;
}

/** The ExternalServices of a mesh, sorted by name. */
export function externalServices(world: World, mesh: MeshFacts): ExternalService[] {
  return ofMesh(world, "ExternalService", mesh.name).map((object) => {
    const address = read(object, (get) => splitAddress(String(get("networking", "address") ?? "")));
    const zone = read(object, (get) => text(get("tags", "kuma.io/zone")));
    return {
      name: nameOf(object),
      object,
      tag: read(object, (get) => String(get("tags", "kuma.io/service") ?? "")),
      protocol: read(object, (get) => protocolOf(get("tags", "kuma.io/protocol"))),
      zone,
      host: from([address], ({ host }) => host),
      port: from([address], ({ port }) => port),
      hostEntry: read(object, (get) => get("networking", "disableHostDNSEntry") !== true),
      endpoint: endpointOf(object, address, zone, mesh, world),
    };
  });
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function splitAddress(address: string): { host: string; port: number } {
  const [, bracketed, plain = address, port = "0"] = /^(?:\[(.*)\]|(.*)):(\d+)$/.exec(address) ?? [];
  return { host: bracketed ?? plain, port: Number(port) };
}

function endpointOf(
  object: Stored,
  address: Judged<{ host: string; port: number }>,
  zone: Judged<string | undefined>,
  mesh: MeshFacts,
  world: World,
): ExternalService["endpoint"] {
  // Certificates are loaded whether TLS is on or not.
  const loaded = load(object, ["networking", "tls"], ["caCert", "clientCert", "clientKey"], world);
  const settings = read(object, (get) => {
    const tls = (name: string) => get("networking", "tls", name);
    return {
      enabled: tls("enabled") === true,
      renegotiation: tls("allowRenegotiation") === true,
      serverName: String(tls("serverName") ?? ""),
      skipHostname: tls("skipHostnameVerification") === true,
    };
  });
  return from(
    [address, zone, mesh.locality, loaded, settings],
    ({ host, port }, own, locality, files, tls) => {
      if ("missing" in files) return files;
      const { enabled, ...rest } = tls;
      const all: TlsSettings = {
        ...rest,
        ownCa: files.given.includes("caCert"),
        systemCas: false,
        clientCertificate: files.given.includes("clientCert") && files.given.includes("clientKey"),
        subjects: [],
        versions: {},
      };
      return {
        source: nameOf(object),
        host,
        port,
        ...(own !== undefined && { zone: own }),
        priority: localityPriority(own, locality, world),
        tls: enabled ? originate(host, all) : undefined,
      };
    },
  );
}

/** With locality-aware balancing, services of another zone come second. */
export function localityPriority(zone: string | undefined, locality: boolean, world: World): number {
  return locality && zone !== undefined && zone !== zoneOf(world) ? 1 : 0;
}
