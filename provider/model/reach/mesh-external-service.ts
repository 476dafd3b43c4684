import { isMap, type Judged, type Stored } from "../serving/objects.ts";
import type { Endpoint } from "./endpoint.ts";
import { hostNames } from "./host-names.ts";
import { isDnsName, originate, type SubjectMatch, type TlsSettings } from "./origination.ts";
import { type Protocol, protocolOf } from "./protocol.ts";
import { load } from "./secrets.ts";
import { displayName, from, type Get, labelsOf, nameOf, ofMesh, read, type World, zoneOf } from "./world.ts";

/** A MeshExternalService as far as it can be read. */
export interface MeshExternalService {
  name: string;
  object: Stored;
  /** The name by which the egress knows it, whatever name a synchronised one carries. */
  displayName: string;
  /** The zone where it was made, undefined for the global control plane. One that does not say it is taken as the zone's. */
  zone: string | undefined;
  port: Judged<number>;
  protocol: Judged<Protocol>;
  hostNames: Judged<string[]>;
  /** Where it leads, or the secret without which the control plane leaves it out. */
  endpoints: Judged<Endpoint[] | { missing: string }>;
}

/** The MeshExternalServices of a mesh, sorted by name. */
export function meshExternalServices(world: World, mesh: string): MeshExternalService[] {
  return ofMesh(world, "MeshExternalService", mesh).map((object) => ({
    name: nameOf(object),
    object,
    displayName: displayName(object),
    zone: originZone(object, world),
    port: read(object, (get) => Number(get("spec", "match", "port") ?? 0)),
    protocol: read(object, (get) => protocolOf(get("spec", "match", "protocol") ?? "tcp")),
    hostNames: hostNames(world, object),
    endpoints: endpointsOf(object, world),
  }));
}

function originZone(object: Stored, world: World): string | undefined {
  const labels = labelsOf(object);
  return labels["kuma.io/zone"] ?? (labels["kuma.io/origin"] === "global" ? undefined : zoneOf(world));
}

const TLS = ["spec", "tls"] as const;
const VERIFICATION = ["spec", "tls", "verification"] as const;

function endpointsOf(object: Stored, world: World): MeshExternalService["endpoints"] {
  const list = read(object, (get) => {
    const endpoints = get("spec", "endpoints");
    return (Array.isArray(endpoints) ? endpoints : []).map((_, index) => ({
      host: String(get("spec", "endpoints", index, "address") ?? ""),
      port: Number(get("spec", "endpoints", index, "port") ?? 0),
      priority: Number(get("spec", "endpoints", index, "priority") ?? 0),
    }));
  });
  return from([list, settingsOf(object, world)], (endpoints, tls) => {
    if (tls && "missing" in tls) return tls;
    const [first] = endpoints;
    // The settings of the first endpoint count for all.
    const serverName =
      tls?.serverName === "" && first && isDnsName(first.host) ? first.host : tls?.serverName;
    const origination =
      tls && first ? originate(first.host, { ...tls, serverName: serverName ?? "" }) : undefined;
    return endpoints.map((endpoint) => ({ source: nameOf(object), ...endpoint, tls: origination }));
  });
}

/** The settings of TLS, undefined where it is off. */
function settingsOf(object: Stored, world: World): Judged<TlsSettings | undefined | { missing: string }> {
  const enabled = read(object, (get) => get(...TLS, "enabled") === true);
  if (!enabled.known || !enabled.value) return from([enabled], () => undefined);
  const pair = read(object, (get) =>
    isMap(get(...VERIFICATION, "clientCert")) && isMap(get(...VERIFICATION, "clientKey"))
      ? ["clientCert", "clientKey"]
      : [],
  );
  if (!pair.known) return pair;
  const loaded = load(object, VERIFICATION, ["caCert", ...pair.value], world);
  return from([loaded, read(object, verification)], (files, settings) => {
    if ("missing" in files) return files;
    const { mode, ...rest } = settings;
    const given: TlsSettings = {
      ...rest,
      ownCa: files.given.includes("caCert"),
      systemCas: true,
      clientCertificate: pair.value.length > 0,
      skipHostname: false,
    };
    return { ...given, ...MODES[mode] };
  });
}

function verification(get: Get) {
  const names = get(...VERIFICATION, "subjectAltNames");
  const version = (bound: string) => {
    const value = get(...TLS, "version", bound);
    return typeof value === "string" ? { [bound]: value } : {};
  };
  return {
    mode: String(get(...VERIFICATION, "mode") ?? "Secured"),
    renegotiation: get(...TLS, "allowRenegotiation") === true,
    serverName: String(get(...VERIFICATION, "serverName") ?? ""),
    subjects: (Array.isArray(names) ? names : []).map(
      (_, index): SubjectMatch => ({
        match: get(...VERIFICATION, "subjectAltNames", index, "type") === "Prefix" ? "prefix" : "exact",
        value: String(get(...VERIFICATION, "subjectAltNames", index, "value") ?? ""),
      }),
    ),
    versions: { ...version("min"), ...version("max") },
  };
}

/** What each mode of verification switches off. */
const MODES: Readonly<Record<string, Partial<TlsSettings>>> = {
  SkipSAN: { serverName: "", subjects: [], skipHostname: true },
  SkipCA: { ownCa: false, systemCas: false },
  SkipAll: {
    ownCa: false,
    systemCas: false,
    clientCertificate: false,
    serverName: "",
    subjects: [],
    skipHostname: true,
  },
};
