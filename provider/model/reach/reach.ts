import type { Judged, Stored, Unclear } from "../serving/objects.ts";
import { chainOfMeshExternalService, chainOfTag } from "./egress.ts";
import { type ExternalService, externalServices } from "./external-service.ts";
import { type MeshExternalService, meshExternalServices } from "./mesh-external-service.ts";
import { type MeshFacts, meshFacts } from "./mesh-facts.ts";
import { dataPlaneServices, type Name, namesOf } from "./names.ts";
import { type Passthrough, passthroughOf } from "./passthrough.ts";
import type { Permission } from "./permission.ts";
import { isTransparent, type Outbound, outboundsOf, restrictionsOf } from "./restrictions.ts";
import { type Route, routeToMeshExternalService, routeToTag } from "./way.ts";
import { from, labelsOf, unknowns, type World } from "./world.ts";

/** A service outside of the mesh, or an entry for one. */
export interface Backend {
  kind: "ExternalService" | "MeshExternalService" | "no service";
  /** The tag `kuma.io/service`, or the name of a MeshExternalService. */
  service: string;
  /** The objects that make it. */
  sources: string[];
  /** Where applications beside the data plane reach it. */
  names: Name[];
  route: Judged<Route>;
  /** Who may; undefined where nothing asks. */
  permission: Judged<Permission | undefined>;
  /** Objects that are left out since a secret is not there. */
  leftOut: { source: string; secret: string }[];
}

/** What a data plane reaches outside of its mesh. */
export interface Reach {
  backends: Backend[];
  passthrough: Judged<Passthrough>;
  /** What keeps it from being known which names there are. */
  unclear: Unclear[];
  /**
   * Tags under which addresses and host names stand together without an egress. The control plane then cannot configure
   * the data plane at all.
   */
  failing: string[];
}

/**
 * What a data plane reaches outside of its mesh, as the control plane configures it; undefined where the mesh is not
 * among the objects.
 *
 * @param dataplane undefined for any data plane with a transparent proxy and no restrictions of its own
 */
export function reach(world: World, mesh: string, dataplane?: Stored): Reach | undefined {
  const facts = meshFacts(world, mesh);
  if (!facts) return undefined;
  const services = externalServices(world, facts);
  const meshServices = meshExternalServices(world, mesh);
  const entries = entriesOf(world, facts, dataplane, services, meshServices);
  const unclear = entries.known ? entries.value.unclear : entries.because;
  const named = entries.known ? entries.value.named : [];
  const backends: Backend[] = [];
  const failing: string[] = [];
  for (const entry of named) {
    const found = backendOf(entry, world, facts, services);
    if (found === "failing") failing.push(entry.service);
    else backends.push(found);
  }
  const transparent = isTransparent(dataplane);
  const passthrough: Judged<Passthrough> =
    transparent.known && !transparent.value
      ? { known: true, value: { mode: "not intercepted" } }
      : from([transparent, passthroughOf(world, facts, dataplane)], (_, value) => value);
  return { backends, passthrough, unclear, failing };
}

/** Something that a data plane has an entry for, with the names of it. */
type Entry = { names: Name[]; service: string } & (
  | { kind: "ExternalService" | "no service" }
  | { kind: "MeshExternalService"; object: MeshExternalService }
);

function entriesOf(
  world: World,
  mesh: MeshFacts,
  dataplane: Stored | undefined,
  services: readonly ExternalService[],
  meshServices: readonly MeshExternalService[],
): Judged<{ named: Entry[]; unclear: Unclear[] }> {
  const transparent = isTransparent(dataplane);
  if (!transparent.known) return transparent;
  if (dataplane && !transparent.value) {
    return from([outboundsOf(dataplane)], (outbounds) => ({
      named: declared(world, mesh, outbounds, services, meshServices),
      unclear: services.flatMap(({ tag }) => unknowns(tag)),
    }));
  }
  return from([restrictionsOf(mesh, dataplane)], (restrictions) => {
    const { byTag, unclear } = namesOf(world, mesh, services);
    const own = [...byTag].filter(([tag]) => restrictions.tag(tag));
    const chosen = meshServices.filter(restrictions.meshExternalService);
    const named: Entry[] = [
      ...own.map(([service, names]): Entry => ({ kind: "ExternalService", service, names })),
      ...chosen.map(
        (object): Entry => ({
          kind: "MeshExternalService",
          service: object.name,
          object,
          names: namesFor(object),
        }),
      ),
    ];
    return {
      named,
      unclear: [...unclear, ...chosen.flatMap(({ port, hostNames }) => unknowns(port, hostNames))],
    };
  });
}

function namesFor({ port, hostNames }: MeshExternalService): Name[] {
  return port.known && hostNames.known ? hostNames.value.map((host) => ({ host, port: port.value })) : [];
}

function declared(
  world: World,
  mesh: MeshFacts,
  outbounds: readonly Outbound[],
  services: readonly ExternalService[],
  meshServices: readonly MeshExternalService[],
): Entry[] {
  const tags = new Set(services.flatMap(({ tag }) => (tag.known ? [tag.value] : [])));
  const inside = new Set(dataPlaneServices(world, mesh.name));
  const entries = new Map<string, Entry>();
  const add = (key: string, entry: Entry, name: Name) => {
    const known = entries.get(key) ?? entry;
    entries.set(key, known);
    known.names.push(name);
  };
  for (const { name, to } of outbounds) {
    if ("tag" in to) {
      const { tag } = to;
      if (tags.has(tag)) add(`tag ${tag}`, { kind: "ExternalService", service: tag, names: [] }, name);
      else if (!inside.has(tag)) add(`tag ${tag}`, { kind: "no service", service: tag, names: [] }, name);
      continue;
    }
    const object = meshServices.find((one) =>
      "labels" in to
        ? hasLabels(one, to.labels)
        : one.name === to.meshExternalService || one.displayName === to.meshExternalService,
    );
    if (object)
      add(
        `name ${object.name}`,
        { kind: "MeshExternalService", service: object.name, object, names: [] },
        name,
      );
  }
  return [...entries.values()];
}

function hasLabels({ object }: MeshExternalService, wanted: Record<string, string>): boolean {
  const labels = labelsOf(object);
  return Object.entries(wanted).every(([name, value]) => labels[name] === value);
}

function backendOf(
  entry: Entry,
  world: World,
  mesh: MeshFacts,
  services: readonly ExternalService[],
): Backend | "failing" {
  const { kind, service, names } = entry;
  if (entry.kind === "MeshExternalService") {
    const { object } = entry;
    const chain = chainOfMeshExternalService(world, mesh, object);
    const route = routeToMeshExternalService(world, mesh, object, chain);
    const leftOut =
      object.endpoints.known && "missing" in object.endpoints.value
        ? [{ source: object.name, secret: object.endpoints.value.missing }]
        : [];
    return {
      kind,
      service,
      names,
      sources: [object.name],
      route,
      permission: askedBy(route),
      leftOut,
    };
  }
  const chain = chainOfTag(world, mesh, service, services);
  const route = routeToTag(world, mesh, service, services, chain);
  if (route.known && "failure" in route.value) return "failing";
  const own = services.filter(({ tag }) => tag.known && tag.value === service);
  return {
    kind,
    service,
    names,
    sources: own.map(({ name }) => name),
    route: route as Judged<Route>,
    permission: askedBy(route as Judged<Route>),
    leftOut: own.flatMap(({ name, endpoint }) =>
      endpoint.known && "missing" in endpoint.value ? [{ source: name, secret: endpoint.value.missing }] : [],
    ),
  };
}

/** Only an egress asks for a permission. */
function askedBy(route: Judged<Route>): Judged<Permission | undefined> {
  if (!route.known) return route;
  const { way } = route.value;
  if (way.by !== "egress") return { known: true, value: undefined };
  if (!way.beyond.known) return way.beyond;
  return "why" in way.beyond.value ? { known: true, value: undefined } : way.beyond.value.permission;
}
