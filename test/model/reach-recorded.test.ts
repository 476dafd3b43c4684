import { expect, test } from "vitest";
import { type Chain, chainsOf } from "../../provider/model/reach/egress.ts";
import { allAddresses, type Endpoint } from "../../provider/model/reach/endpoint.ts";
import { meshFacts } from "../../provider/model/reach/mesh-facts.ts";
import type { Name } from "../../provider/model/reach/names.ts";
import type { Origination, SubjectMatch } from "../../provider/model/reach/origination.ts";
import { type Passthrough, versionsOf, withPorts } from "../../provider/model/reach/passthrough.ts";
import type { Permission } from "../../provider/model/reach/permission.ts";
import { isHttp, type Protocol, upstreamProtocol } from "../../provider/model/reach/protocol.ts";
import { type Backend, type Reach, reach } from "../../provider/model/reach/reach.ts";
import { type MeshTls, type Route, rewritesHost } from "../../provider/model/reach/way.ts";
import type { Judged } from "../../provider/model/serving/objects.ts";
import {
  dataplaneOf,
  type RecordedCase,
  type RecordedChain,
  type RecordedCluster,
  type RecordedSide,
  type RecordedTls,
  reachCases,
  worldOf,
} from "../support/recorded-reach.ts";

// What the model says is written in the recording's words here, and the recording without what the model does not say:
// virtual addresses, the labels by which Envoy finds the TLS of an endpoint, and the order of lists.

function known<T>(judged: Judged<T>): T {
  if (!judged.known) throw new Error(`not known because of ${JSON.stringify(judged.because)}`);
  return judged.value;
}

const sorted = <T>(list: readonly T[]): T[] =>
  [...list].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

function at({ host, port }: Name): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

const UPSTREAM = { "HTTP/1": "http1", "HTTP/2": "http2", TCP: "tcp" };

function endpointsOf(endpoints: readonly Endpoint[], locality: (endpoint: Endpoint) => string | undefined) {
  return endpoints.map((endpoint) => {
    const zone = locality(endpoint);
    return {
      to: `${endpoint.host}:${endpoint.port}`,
      weight: 1,
      ...(endpoint.priority > 0 && { priority: endpoint.priority }),
      ...(zone !== undefined && { locality: zone }),
    };
  });
}

const CHAINS = { "own CA": "CA", "system CAs": "file {{SYSTEM_CA}}", none: "none" };

function subjectTexts([name, ...others]: readonly SubjectMatch[]): string[] {
  const text = (kind: string) => (one: SubjectMatch) =>
    `${kind} ${JSON.stringify({ [one.match]: one.value })}`;
  const both = (list: readonly SubjectMatch[]) =>
    ["DNS", "IP_ADDRESS"].flatMap((kind) => list.map(text(kind)));
  return name ? [...both([name]), ...both(others)] : [];
}

function tlsOf(name: string, tls: Origination): RecordedTls {
  const { min, max } = tls.versions;
  const version = (text: string | undefined) => text?.replace(/^TLS1(\d)$/, "TLSv1_$1");
  return {
    name,
    ...(tls.sni !== undefined && { sni: tls.sni }),
    ca: CHAINS[tls.chain],
    ...(tls.subjects.length > 0 && { subject: subjectTexts(tls.subjects) }),
    ...(tls.clientCertificate && { client_cert: "CERT" }),
    ...(tls.renegotiation && { renegotiation: true }),
    ...(min !== undefined && max !== undefined && { versions: `${version(min)}..${version(max)}` }),
  };
}

/** TLS to the endpoints: of each for an ExternalService, one for all of a MeshExternalService. */
function tlsMatches(kind: string, endpoints: readonly Endpoint[]): { tls_matches?: RecordedTls[] } {
  const all = endpoints.flatMap(({ host, tls }) => (tls ? [tlsOf(host, tls)] : []));
  const some = kind === "MeshExternalService" ? all.slice(0, 1) : all;
  return some.length > 0 ? { tls_matches: sorted(some) } : {};
}

function outside(kind: string, protocol: Protocol, endpoints: readonly Endpoint[]): RecordedCluster {
  const locality = (endpoint: Endpoint) =>
    kind === "MeshExternalService" ? `priority-${endpoint.priority}` : endpoint.zone;
  return {
    type: allAddresses(endpoints) ? "STATIC" : "STRICT_DNS",
    upstream: UPSTREAM[upstreamProtocol(protocol)],
    endpoints: sorted(endpointsOf(endpoints, locality)),
    ...tlsMatches(kind, endpoints),
  };
}

function meshTls(mesh: string, tls: MeshTls | undefined): { tls?: unknown } {
  if (!tls) return {};
  return {
    tls: {
      sni: tls.sni,
      ca: `sds mesh_ca:secret:${mesh}`,
      subject: [`URI ${JSON.stringify({ [tls.subject.match]: tls.subject.value })}`],
      client_cert: `sds identity_cert:secret:${mesh}`,
      alpn: "kuma",
    },
  };
}

function clusterOf(mesh: string, { kind }: Backend, { way, protocol }: Route): RecordedCluster {
  if (way.by === "straight") return outside(kind, protocol, way.endpoints);
  if (way.by === "egress") {
    const hops = way.egresses.map(({ address, port, priority, zone }) => ({
      to: `${address}:${port}`,
      weight: 1,
      ...(priority > 0 && { priority }),
      ...(zone !== undefined && { locality: zone }),
    }));
    const upstream = UPSTREAM[upstreamProtocol(protocol)];
    return { type: "EDS", upstream, endpoints: sorted(hops), ...meshTls(mesh, way.tls) };
  }
  const addresses = way.by === "data planes" ? way.addresses : [];
  const endpoints = addresses.map(({ address, port }) => ({
    to: `${address}:${port}`,
    weight: 1,
    locality: "default",
  }));
  return {
    type: "EDS",
    upstream: "http2",
    ...(endpoints.length > 0 && { endpoints }),
    ...meshTls(mesh, way.tls),
  };
}

/** The name of a backend's cluster; that of a MeshExternalService holds mesh, zone and port. */
function keyOf(mesh: string, { kind, service, names }: Backend, port: number): string {
  return kind === "MeshExternalService"
    ? `${mesh}_${service}__default_extsvc_${names.length > 0 ? port : 0}`
    : service;
}

interface Side {
  reachable: Record<string, string[]>;
  clusters: Record<string, RecordedCluster>;
  filters: Record<string, string[]>;
  /** Clusters to which requests go with the endpoint's own host. */
  ownHost: string[];
  hostNames: string[];
  passthrough: { clusters: string[]; mesh_passthrough_clusters: string[] };
}

function passthroughOf(passthrough: Passthrough): Pick<Side, "passthrough" | "reachable"> {
  const all = passthrough.mode === "all" ? ["outbound:passthrough:ipv4", "outbound:passthrough:ipv6"] : [];
  const matches = passthrough.mode === "matched" ? withPorts(passthrough.matches) : [];
  const entries = matches.map((match) => {
    const kind = isHttp(match.protocol as Protocol) ? "http" : "tcp";
    const places = versionsOf(match).map((version) => `${version === 4 ? "0.0.0.0" : "[::]"}:15001 ${kind}`);
    return [`meshpassthrough_${match.protocol}_${match.value}_${match.port ?? "*"}`, sorted(places)] as const;
  });
  const names = entries.map(([name]) => name);
  return {
    reachable: Object.fromEntries(entries),
    passthrough: { clusters: all, mesh_passthrough_clusters: sorted(names) },
  };
}

/** What the model says of a data plane. */
function sideOf(mesh: string, { backends, passthrough }: Reach, ports: Record<string, number>): Side {
  const side: Side = {
    reachable: {},
    clusters: {},
    filters: {},
    ownHost: [],
    hostNames: [],
    passthrough: { clusters: [], mesh_passthrough_clusters: [] },
  };
  for (const backend of backends) {
    const route = known(backend.route);
    const key = keyOf(mesh, backend, ports[backend.service] ?? 0);
    const kind = isHttp(route.protocol) ? "http" : "tcp";
    side.reachable[key] = sorted(backend.names.map((name) => `${at(name)} ${kind}`));
    side.clusters[key] = clusterOf(mesh, backend, route);
    const special =
      route.protocol === "grpc" ? ["grpc_stats"] : route.protocol === "kafka" ? ["kafka_broker"] : [];
    if (special.length > 0) side.filters[key] = special;
    if (rewritesHost(route)) side.ownHost.push(key);
    side.hostNames.push(
      ...backend.names.map(({ host }) => host).filter((host) => /[a-z]/.test(host) && !host.includes(":")),
    );
  }
  const out = passthroughOf(known(passthrough));
  side.hostNames = [...new Set(side.hostNames)].sort();
  side.ownHost.sort();
  for (const name of out.passthrough.mesh_passthrough_clusters)
    side.clusters[name] = { type: "ORIGINAL_DST", upstream: "tcp" };
  return { ...side, reachable: { ...side.reachable, ...out.reachable }, passthrough: out.passthrough };
}

/** What the recording says of a data plane, without what the model does not say. */
function recordedSide(side: RecordedSide): Side {
  // An outbound with tags that its service does not have gets a cluster of its own to the same endpoints.
  const merged = (name: string) => name.replace(/-[0-9a-f]{16}$/, "");
  const reachable: Record<string, string[]> = {};
  for (const [name, places] of Object.entries(side.reachable)) {
    reachable[merged(name)] = sorted([...(reachable[merged(name)] ?? []), ...places]);
  }
  const filters: Record<string, string[]> = {};
  const ownHost = new Set<string>();
  for (const chain of side.listeners.flatMap(({ chains }) => chains)) {
    const routes = chain.http?.flatMap((host) => host.routes) ?? [];
    for (const { cluster: to, host_rewrite } of routes)
      if (to !== undefined && host_rewrite !== undefined) ownHost.add(merged(to));
    const cluster = chain.tcp ?? chain.http?.[0]?.routes[0]?.cluster;
    const special = [...(chain.http_filters ?? []), ...(chain.filters ?? [])].map(
      (name) => name.split(".").at(-1) ?? "",
    );
    if (cluster !== undefined && special.length > 0) filters[merged(cluster)] = special;
  }
  return {
    reachable,
    clusters: clustersOf(side.clusters, merged),
    filters,
    ownHost: [...ownHost].sort(),
    hostNames: Object.keys(side.dns)
      .filter((name) => !name.endsWith(".svc.mesh.local"))
      .sort(),
    passthrough: {
      clusters: side.passthrough.clusters,
      mesh_passthrough_clusters: sorted(side.passthrough.mesh_passthrough_clusters),
    },
  };
}

function clustersOf(
  clusters: Record<string, RecordedCluster>,
  rename = (name: string) => name,
): Record<string, RecordedCluster> {
  const entries = Object.entries(clusters)
    .filter(([name]) => !name.startsWith("outbound:passthrough"))
    .map(([name, { endpoints, tls_matches, ...rest }]) => [
      rename(name),
      {
        ...rest,
        ...(endpoints && {
          endpoints: sorted(endpoints.map(({ socket_match: _, ...endpoint }) => endpoint)),
        }),
        ...(tls_matches && { tls_matches: sorted(tls_matches.map(({ match: _, ...tls }) => tls)) }),
      },
    ]);
  return Object.fromEntries(entries);
}

function portsOf({ resources }: RecordedCase): Record<string, number> {
  const services = resources.filter(({ body }) => body.type === "MeshExternalService");
  return Object.fromEntries(
    services.map(({ body }) => [body.name, (body.spec as { match: { port: number } }).match.port]),
  );
}

const answered = reachCases.filter(({ outbounds }) => outbounds !== undefined);

test("the recording is whole: 63 meshes, two of which the control plane refused", () => {
  expect(reachCases).toHaveLength(63);
  expect(answered).toHaveLength(61);
});

test.each(["outbounds", "transparent"] as const)(
  "%s: names, ports, ways, TLS and passthrough are as recorded",
  (kind) => {
    const dataplane = { outbounds: "client", transparent: "client-tp" }[kind];
    for (const one of answered) {
      const found = reach(worldOf(one), one.mesh, dataplaneOf(one, dataplane));
      const recorded = one[kind];
      if (!found || !recorded) throw new Error(`${one.name} says nothing`);
      if (recorded.status === 500) {
        expect(found.failing, one.name).not.toEqual([]);
        continue;
      }
      expect(found.failing, one.name).toEqual([]);
      expect(found.unclear, one.name).toEqual([]);
      expect(sideOf(one.mesh, found, portsOf(one)), one.name).toEqual(recordedSide(recorded));
    }
  },
);

/** Who may, as the filter of an egress says it. */
function rbacOf(mesh: string, { by, rules }: Permission): unknown {
  const allowed = rules.filter(({ action }) => action === "Allow");
  const refused = { action: "ALLOW", policies: "none: everything is refused" };
  if (allowed.length === 0) return refused;
  const principals = allowed.map(({ from }) => {
    const service = from["kuma.io/service"];
    if (service === undefined) return { any: true };
    return { authenticated: { principalName: { exact: `spiffe://${mesh}/${service}` } } };
  });
  const name =
    by === "TrafficPermission" ? (allowed[0]?.policy.split(" ")[1] ?? "") : "MeshTrafficPermission";
  return { action: "ALLOW", policies: { [name]: { permissions: [{ any: true }], principals } } };
}

function chainText(
  mesh: string,
  { kind, service, sni, protocol, permission }: Chain,
  ports: Record<string, number>,
) {
  const cluster =
    kind === "ExternalService"
      ? `${mesh}:${service}`
      : `${mesh}_${service}__default_extsvc_${ports[service]}`;
  return {
    sni: [sni],
    kind: isHttp(protocol) ? "http" : "tcp",
    cluster,
    rbac: rbacOf(mesh, known(permission)),
  };
}

function recordedChain({ match, tcp, http, rbac }: RecordedChain) {
  return {
    sni: match?.sni,
    kind: tcp === undefined ? "http" : "tcp",
    cluster: tcp ?? http?.[0]?.routes[0]?.cluster,
    rbac,
  };
}

test("egress: server names, ways, TLS and permissions are as recorded", () => {
  let count = 0;
  for (const one of answered) {
    if (!one.egress) continue;
    const world = worldOf(one);
    const facts = meshFacts(world, one.mesh);
    if (!facts) throw new Error(`${one.mesh} is not there`);
    const chains = chainsOf(world, facts).map(known);
    const ports = portsOf(one);
    const texts = chains.map((chain) => chainText(one.mesh, chain, ports));
    expect(sorted(texts), one.name).toEqual(sorted((one.egress.chains ?? []).map(recordedChain)));
    const clusters = chains.map((chain, index) => [
      texts[index]?.cluster,
      outside(chain.kind, chain.protocol, chain.endpoints),
    ]);
    expect(Object.fromEntries(clusters), one.name).toEqual(clustersOf(one.egress.clusters));
    count += chains.length;
  }
  expect(count).toBe(79);
});
