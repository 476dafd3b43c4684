import type { KnownControlPlane } from "../provider/model/inventory/meshes.ts";
import { answering } from "../provider/model/reach/answering.ts";
import type { Dead } from "../provider/model/reach/egress.ts";
import type { Endpoint } from "../provider/model/reach/endpoint.ts";
import type { PassthroughMatch } from "../provider/model/reach/passthrough.ts";
import type { Permission } from "../provider/model/reach/permission.ts";
import { type Backend, reach } from "../provider/model/reach/reach.ts";
import type { Route } from "../provider/model/reach/way.ts";
import type { Judged } from "../provider/model/serving/objects.ts";
import type { ExplainQuestion } from "./explain-options.ts";
import { type Owner, ownerOf } from "./ownership.ts";
import { unclearTexts } from "./unclear.ts";

type Question = Extract<ExplainQuestion, { about: "connection" }>;

/** TLS to an endpoint: who begins it, and who checks what. */
export interface SeenTls {
  by: "nobody" | "data plane" | "egress";
  verified: "verified" | "not verified" | "none";
  /** By which certificates, and which names. */
  chain?: string;
  names?: string[];
  sni?: string | null;
  clientCertificate?: boolean;
}

/** A service that answers to a name. */
export interface SeenService {
  kind: string;
  service: string;
  owners: Owner[];
  names: string[];
  protocol: string;
  way: "straight" | "egress" | "data planes" | "nothing" | "cannot be said";
  /** Why it leads nowhere, or why it cannot be said. */
  because: string[];
  egresses: string[];
  endpoints: { address: string; zone?: string; tls: SeenTls; source: string }[];
  permission: { by: string; rules: string[] } | { because: string[] } | null;
  leftOut: string[];
}

/** What answers when an application of a mesh connects. */
export interface ConnectionAnswer {
  controlPlane: string;
  places: string[];
  mesh: string;
  zone: string;
  /** The mesh itself is in no source, so that what it says is not known. */
  meshIsUnseen: boolean;
  outcome: "served" | "nothing" | "cannot be said";
  services: SeenService[];
  /** Services that have the host at other ports. */
  otherPorts: { service: string; names: string[] }[];
  passthrough: string;
  /** What keeps it from being known which names there are. */
  because: string[];
}

/** Explains a connection out of a mesh. */
export function explainConnection(
  known: KnownControlPlane,
  { mesh, host, port, zone = known.zone }: Question,
): ConnectionAnswer {
  const found = reach(known.world(zone), mesh) ?? {
    backends: [],
    passthrough: { known: false as const, because: [] },
    unclear: [],
    failing: [],
  };
  const wanted = host.toLowerCase();
  const ports = port === undefined ? portsOf(found.backends, wanted) : [port];
  const answers = ports.map((one) => answering(found, host, one));
  const backends = [...new Set(answers.flatMap((one) => one.backends))];
  const others = [...new Set(answers.flatMap((one) => one.otherPorts))].filter(
    (one) => !backends.includes(one),
  );
  const owners = (source: string, kind: string) =>
    known.resources
      .filter(({ type, object }) => type === `kuma:${kind}` && object.name === source && object.mesh === mesh)
      .map(ownerOf);
  const services = backends.map((backend) => seenService(backend, owners));
  const [letOut] = answers.map((one) => one.letOut);
  const unclear = unclearTexts(found.unclear);
  return {
    controlPlane: known.server ?? "not told by any source",
    places: known.places,
    mesh,
    zone,
    meshIsUnseen: known.unseen.includes(mesh),
    outcome: outcomeOf(services, others.length > 0, letOut, unclear),
    services,
    otherPorts: others.map(({ service, names }) => ({ service, names: namesText(names) })),
    passthrough: letOutText(letOut),
    because: [
      ...unclear,
      ...found.failing.map(
        (tag) =>
          `the services ${tag} mix addresses and names, which keeps a data plane from being configured at all`,
      ),
    ],
  };
}

/** The ports at which a host is reached; 443 where nothing has it, for what passthrough says of it. */
function portsOf(backends: readonly Backend[], host: string): number[] {
  const ports = backends.flatMap(({ names }) =>
    names.filter((name) => name.host.toLowerCase() === host).map(({ port }) => port),
  );
  return ports.length > 0 ? [...new Set(ports)].sort((a, b) => a - b) : [443];
}

type LetOut = ReturnType<typeof answering>["letOut"] | undefined;

function outcomeOf(
  services: readonly SeenService[],
  elsewhere: boolean,
  letOut: LetOut,
  unclear: readonly string[],
): ConnectionAnswer["outcome"] {
  if (services.some(({ way }) => way === "straight" || way === "egress" || way === "data planes"))
    return "served";
  if (services.some(({ way }) => way === "cannot be said") || unclear.length > 0) return "cannot be said";
  if (services.length > 0 || elsewhere) return "nothing";
  if (!letOut?.known) return "cannot be said";
  if (letOut.value.let === "out") return "served";
  return letOut.value.let === "not out" ? "nothing" : "cannot be said";
}

function letOutText(letOut: LetOut): string {
  if (!letOut) return "not known";
  if (!letOut.known) return `cannot be said: ${unclearTexts(letOut.because).join("; ")}`;
  const { value } = letOut;
  if (value.let === "out") return "goes out as it is";
  if (value.let === "not out") return "does not go out";
  return `goes out if one of these takes it: ${value.matches.map(matchText).join(", ")}`;
}

function matchText({ type, value, port, protocol }: PassthroughMatch): string {
  return `${type} ${value}${port === undefined ? "" : `:${port}`} (${protocol})`;
}

function namesText(names: Backend["names"]): string[] {
  return names.map(({ host, port }) => (host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`)).sort();
}

/** Describes a service with its way out. */
function seenService(
  { kind, service, sources, names, route, permission, leftOut }: Backend,
  owners: (source: string, kind: string) => Owner[],
): SeenService {
  const way = wayOf(route);
  return {
    kind,
    service,
    owners: sources.flatMap((source) => owners(source, kind)),
    names: namesText(names),
    protocol: route.known ? route.value.protocol : "not known",
    ...way,
    permission: permissionOf(permission),
    leftOut: leftOut.map(({ source, secret }) => `${source}, since the secret ${secret} is not there`),
  };
}

type Way = Pick<SeenService, "way" | "because" | "egresses" | "endpoints">;

function wayOf(route: Judged<Route>): Way {
  const nothing: Way = { way: "nothing", because: [], egresses: [], endpoints: [] };
  if (!route.known) return { ...nothing, way: "cannot be said", because: unclearTexts(route.because) };
  const { way } = route.value;
  if (way.by === "straight")
    return {
      ...nothing,
      way: "straight",
      endpoints: way.endpoints.map((one) => seenEndpoint(one, "data plane")),
    };
  if (way.by === "nothing") return { ...nothing, because: [deadText(way.dead)] };
  if (way.by === "data planes")
    return {
      ...nothing,
      way: "data planes",
      because: ["data planes of the mesh have the same tag and go before it"],
    };
  const egresses = way.egresses.map(({ address, port }) => `${address}:${port}`);
  if (!way.beyond.known)
    return { ...nothing, way: "cannot be said", because: unclearTexts(way.beyond.because), egresses };
  const beyond = way.beyond.value;
  if ("why" in beyond) return { ...nothing, because: [deadText(beyond)], egresses };
  if (egresses.length === 0) return { ...nothing, because: [deadText({ why: "no egress" })] };
  return {
    ...nothing,
    way: "egress",
    egresses,
    endpoints: beyond.endpoints.map((one) => seenEndpoint(one, "egress")),
  };
}

const DEAD: Readonly<Record<Exclude<Dead["why"], "missing secret">, string>> = {
  "no mTLS": "the mesh has no mTLS, without which an egress leads nowhere",
  "no egress": "no source has a ZoneEgress in the zone",
  "other zone": "all its services are in other zones",
  "no endpoints": "it has no endpoint",
  "no service": "there is no such service",
  "addresses and names": "its services mix addresses and names",
};

function deadText(dead: Dead): string {
  return dead.why === "missing secret" ? `the secret ${dead.secret} is not there` : DEAD[dead.why];
}

function seenEndpoint(
  { source, host, port, zone, tls }: Endpoint,
  by: "data plane" | "egress",
): SeenService["endpoints"][number] {
  const address = host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
  const at = { address, source, ...(zone === undefined ? {} : { zone }) };
  if (!tls) return { ...at, tls: { by: "nobody", verified: "none" } };
  return {
    ...at,
    tls: {
      by,
      verified: tls.chain === "none" ? "not verified" : "verified",
      chain: tls.chain,
      names: tls.subjects.map(({ value }) => value),
      sni: tls.sni ?? null,
      clientCertificate: tls.clientCertificate,
    },
  };
}

function permissionOf(permission: Judged<Permission | undefined>): SeenService["permission"] {
  if (!permission.known) return { because: unclearTexts(permission.because) };
  const { value } = permission;
  if (!value) return null;
  const rules = value.rules.map(({ from, action, policy }) => {
    const tags = Object.entries(from).map(([name, tag]) => `${name}=${tag}`);
    return `${action} ${tags.length > 0 ? tags.join(" ") : "all"} (${policy})`;
  });
  return { by: value.by, rules };
}
