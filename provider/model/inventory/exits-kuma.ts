import type { Endpoint } from "../reach/endpoint.ts";
import { type Backend, reach } from "../reach/reach.ts";
import type { Judged } from "../serving/objects.ts";
import { isMap, type Stored, type Unclear } from "../serving/objects.ts";
import { validityOf } from "./certificates.ts";
import type { Exit, Tls, Validity } from "./exits.ts";
import type { KnownControlPlane } from "./meshes.ts";
import type { Resource } from "./resource.ts";

/** All that the data planes of a control plane's meshes reach outside, from each zone that an egress names. */
export function exitsOfControlPlane(plane: KnownControlPlane): Exit[] {
  const { zones, meshes } = plane;
  return meshes.flatMap((mesh) => zones.flatMap((zone) => exitsOfMesh(plane, mesh, zone)));
}

function exitsOfMesh({ world, resources, places }: KnownControlPlane, mesh: string, zone: string): Exit[] {
  const found = reach(world(zone), mesh);
  if (!found) return [];
  const from = `mesh ${mesh}, zone ${zone}`;
  const meshResources = resources.filter(({ object }) => object.type === "Mesh" && object.name === mesh);
  const exits = found.backends.flatMap((backend) => exitsOfBackend(backend, mesh, from, resources));
  if (found.unclear.length > 0) {
    const because = becauseTexts(found.unclear);
    const seen = new Set(
      found.backends.flatMap(({ kind, sources }) => sources.map((name) => `${kind}/${name}`)),
    );
    for (const resource of resources) {
      const { type, name, mesh: own } = resource.object;
      const isService = type === "ExternalService" || type === "MeshExternalService";
      if (isService && own === mesh && !seen.has(`${type}/${String(name)}`))
        exits.push(...declaredExits(resource, "not known", `${from}, way not known`, because));
    }
  }
  const place = meshResources[0]?.place ?? places[0] ?? "";
  const open = {
    port: undefined,
    protocol: "any",
    tls: "not known",
    from: [`${from}, passthrough`],
  } as const;
  const rest = { place, resources: meshResources, certificates: [], because: [] };
  const { passthrough } = found;
  if (!passthrough.known)
    exits.push({
      ...open,
      from: [...open.from],
      ...rest,
      host: "?",
      because: [`whether the mesh ${mesh} lets everything out`],
    });
  else if (passthrough.value.mode === "all")
    exits.push({ ...open, from: [...open.from], ...rest, host: "*" });
  else if (passthrough.value.mode === "matched") {
    const by = passthrough.value.by;
    const policy = resources.filter(({ object }) => object.type === by.collection && object.name === by.id);
    for (const { value, port, protocol } of passthrough.value.matches)
      exits.push({ ...open, from: [...open.from], ...rest, resources: policy, host: value, port, protocol });
  }
  return exits;
}

function exitsOfBackend(
  backend: Backend,
  mesh: string,
  from: string,
  resources: readonly Resource[],
): Exit[] {
  const { kind, sources, route, names } = backend;
  const own = resources.filter(
    ({ object }) => object.type === kind && object.mesh === mesh && sources.includes(String(object.name)),
  );
  const place = own[0]?.place ?? "";
  const spoken = route.known ? route.value.protocol : "not known";
  const { endpoints, by, because } = endpointsOf(backend);
  const named = names.map(({ host }) => host).filter((host, index, all) => all.indexOf(host) === index);
  const text = `${from}, ${by}${named.length > 0 ? `, as ${named.join(" or ")}` : ""}`;
  if (endpoints === undefined) {
    // It leads nowhere for certain, or nothing is known of it.
    return because.length > 0 ? own.flatMap((one) => declaredExits(one, spoken, text, because)) : [];
  }
  return endpoints.map(({ host, port, tls, source }) => {
    const makers = own.filter(({ object }) => object.name === source);
    return {
      host: host.toLowerCase(),
      port,
      protocol: spoken === "unknown" ? "tcp" : spoken,
      tls: (!tls ? "none" : tls.chain === "none" ? "not verified" : "verified") satisfies Tls,
      from: [text],
      place,
      resources: makers,
      certificates: makers.flatMap(({ object }) => certificatesOf(object)),
      because: [],
    };
  });
}

function becauseTexts(because: readonly Unclear[]): string[] {
  return because.map(({ field, why }) => `${field.collection}/${field.id} ${field.path} is ${why}`);
}

interface Ways {
  endpoints: Endpoint[] | undefined;
  by: string;
  because: string[];
}

function endpointsOf({ route, service }: Backend): Ways {
  const unknown = (judged: Judged<unknown>): Ways => ({
    endpoints: undefined,
    by: "way not known",
    because: judged.known ? [] : becauseTexts(judged.because),
  });
  if (!route.known) return unknown(route);
  const { way } = route.value;
  if (way.by === "straight") return { endpoints: way.endpoints, by: "straight", because: [] };
  // The egress may belong to a stack of the zone that was not read, so what the service itself names is listed.
  if (way.by === "nothing" && way.dead.why === "no egress")
    return {
      endpoints: undefined,
      by: "by an egress that was not read",
      because: ["no zone egress was read"],
    };
  if (way.by !== "egress") return { endpoints: undefined, by: service, because: [] };
  if (!way.beyond.known) return unknown(way.beyond);
  const { value } = way.beyond;
  return {
    endpoints: "why" in value ? undefined : value.endpoints,
    by: "by egress",
    because: [],
  };
}

/** Where the way is not known, what the object itself names. */
function declaredExits(resource: Resource, protocol: string, from: string, because: string[]): Exit[] {
  const { object, place } = resource;
  const networking = isMap(object.networking) ? object.networking : {};
  const spec = isMap(object.spec) ? object.spec : {};
  const [, host, port] =
    /^\[?(.*?)\]?:(\d+)$/.exec(typeof networking.address === "string" ? networking.address : "") ?? [];
  const listed = Array.isArray(spec.endpoints) ? spec.endpoints.filter(isMap) : [];
  const addresses =
    host === undefined
      ? listed.map((one) => ({ host: one.address, port: one.port }))
      : [{ host, port: Number(port) }];
  const known = addresses.length > 0 ? addresses : [{ host: "?", port: undefined }];
  return known.map((one) => ({
    host: typeof one.host === "string" ? one.host.toLowerCase() : "?",
    port: typeof one.port === "number" ? one.port : undefined,
    protocol: protocol === "not known" ? "not known" : protocol,
    tls: "not known",
    from: [from],
    place,
    resources: [resource],
    certificates: certificatesOf(object),
    because,
  }));
}

/** Certificates that stand in the object itself. Those of secrets cannot be seen. */
function certificatesOf(object: Stored): Validity[] {
  const found: Validity[] = [];
  const visit = (value: unknown, path: string) => {
    if (Array.isArray(value)) for (const [index, inner] of value.entries()) visit(inner, `${path}[${index}]`);
    else if (isMap(value))
      for (const [key, inner] of Object.entries(value)) visit(inner, path === "" ? key : `${path}.${key}`);
    else if (/(^|\.)(caCert|clientCert)\.(inline|inlineString)$|cert\.(inline|inlineString)$/i.test(path))
      found.push(...validityOf(value, `${String(object.type)}/${String(object.name)} ${path}`));
  };
  visit(object, "");
  return found;
}
