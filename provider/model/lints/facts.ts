import { isIP } from "node:net";
import { isObject, type JsonObject, UNKNOWN } from "../fields.ts";

/** A resource of the program, as far as it is known. What is unknown or secret is the text {@link UNKNOWN}. */
export interface Declared {
  /** As in `kuma:ExternalService`. */
  type: string;
  /** What messages call its type, where it is not a resource of the API. */
  title?: string;
  /** Pulumi's name of it. */
  name: string;
  /** Of an entry of a bundle it has the entry's place behind a `#`; undefined where a running program is looked at. */
  urn?: string;
  /** Tells the connections of resources apart. */
  provider?: unknown;
  args: JsonObject;
  /** Pulumi's name of the bundle that it is an entry of. */
  bundle?: string;
  /** What of the arguments stands in the program as it is, and comes from no other resource. */
  literal?: JsonObject;
}

/**
 * A service outside the mesh, or an endpoint of one, with what the lints ask of it; undefined is what is not known. What is
 * not asked for is not read, so that it can be told which unknown values a lint has met.
 */
export interface Service {
  resource: Declared;
  kind: "ExternalService" | "MeshExternalService";
  readonly mesh: string | undefined;
  /** Only of an ExternalService. */
  readonly tag: string | undefined;
  /** Undefined when it has none; {@link UNKNOWN} when that is not known. */
  readonly zone: string | undefined;
  readonly protocol: string | undefined;
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly tls: JsonObject;
  /** Undefined when it is not known. */
  readonly encrypted: boolean | undefined;
}

/** What a stack says about a mesh, by `kuma.Mesh` and `kuma.MeshPatch` together; undefined is what it does not say. */
export interface MeshFacts {
  name: string;
  provider: unknown;
  resources: Declared[];
  mtls: boolean | undefined;
  zoneEgress: boolean | undefined;
  locality: boolean | undefined;
  passthrough: boolean | undefined;
}

/** What stands at a path; unknown as soon as the way there is. */
export function at(value: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>(
    (current, key) => (current === UNKNOWN ? UNKNOWN : isObject(current) ? current[key] : undefined),
    value,
  );
}

/** The resources of these types. */
export function ofType(stack: readonly Declared[], ...types: string[]): Declared[] {
  return stack.filter(({ type }) => types.includes(type));
}

/** The services outside the mesh that a stack declares; a MeshExternalService once for each endpoint. */
export function servicesOf(stack: readonly Declared[]): Service[] {
  return [...externalServicesOf(stack), ...meshExternalServicesOf(stack)];
}

function meshExternalServicesOf(stack: readonly Declared[]): Service[] {
  return ofType(stack, "kuma:MeshExternalService").flatMap((resource) => {
    const { args } = resource;
    const endpoints = Array.isArray(args.endpoints) && args.endpoints.length > 0 ? args.endpoints : [UNKNOWN];
    return endpoints.map(
      (endpoint): Service => ({
        resource,
        kind: "MeshExternalService",
        tag: undefined,
        zone: undefined,
        get mesh() {
          return text(args.mesh ?? "default");
        },
        get protocol() {
          return text(at(args, "match", "protocol") ?? "tcp");
        },
        get host() {
          return text(at(endpoint, "address"));
        },
        get port() {
          const port = at(endpoint, "port");
          return typeof port === "number" ? port : undefined;
        },
        get tls() {
          const tls = at(args, "tls");
          return isObject(tls) ? tls : {};
        },
        get encrypted() {
          return flag(at(args, "tls", "enabled") ?? false);
        },
      }),
    );
  });
}

function externalServicesOf(stack: readonly Declared[]): Service[] {
  return ofType(stack, "kuma:ExternalService").map((resource): Service => {
    const { args } = resource;
    const address = () => /^\[?(.*?)\]?:(\d+)$/.exec(text(at(args, "networking", "address")) ?? "") ?? [];
    return {
      resource,
      kind: "ExternalService",
      get mesh() {
        return text(args.mesh ?? "default");
      },
      get tag() {
        return text(at(args, "tags", "kuma.io/service"));
      },
      get zone() {
        return at(args, "tags", "kuma.io/zone") as string | undefined;
      },
      get protocol() {
        return text(at(args, "tags", "kuma.io/protocol") ?? "tcp");
      },
      get host() {
        return address()[1];
      },
      get port() {
        const [, , port] = address();
        return port === undefined ? undefined : Number(port);
      },
      get tls() {
        const tls = at(args, "networking", "tls");
        return isObject(tls) ? tls : {};
      },
      get encrypted() {
        return flag(at(args, "networking", "tls", "enabled") ?? false);
      },
    };
  });
}

/** Whether a service's address is an IP address or a domain name. */
export function formOf({ host }: Service): "IP address" | "domain name" | undefined {
  if (host === undefined) return undefined;
  return isIP(host) === 0 ? "domain name" : "IP address";
}

/** The meshes that the stack declares or patches. */
export function meshesOf(stack: readonly Declared[]): MeshFacts[] {
  const meshes: MeshFacts[] = [];
  for (const resource of ofType(stack, "kuma:Mesh", "kuma:MeshPatch")) {
    const { type, args, provider } = resource;
    const whole = type === "kuma:Mesh";
    const name = text(whole ? (args.name ?? resource.name) : (args.mesh ?? "default"));
    if (name === undefined) continue;
    let mesh = meshes.find((other) => other.name === name && other.provider === provider);
    if (!mesh) {
      const nothing = { mtls: undefined, zoneEgress: undefined, locality: undefined, passthrough: undefined };
      mesh = { name, provider, resources: [], ...nothing };
      meshes.push(mesh);
    }
    mesh.resources.push(resource);
    const said = (standard: boolean, ...path: string[]) => flag(at(args, ...path) ?? (whole && standard));
    const backend = at(args, "mtls", "enabledBackend");
    // A patch says what it says, whole or not: false for what it leaves out would be a guess.
    const says = (...path: string[]) => whole || at(args, ...path) !== undefined;
    if (says("mtls")) mesh.mtls = backend === UNKNOWN ? undefined : backend !== undefined;
    if (says("routing", "zoneEgress")) mesh.zoneEgress = said(false, "routing", "zoneEgress");
    if (says("routing", "localityAwareLoadBalancing"))
      mesh.locality = said(false, "routing", "localityAwareLoadBalancing");
    if (says("networking", "outbound", "passthrough"))
      mesh.passthrough = said(true, "networking", "outbound", "passthrough");
  }
  return meshes;
}

/** The services of a mesh that the stack declares or patches, each mesh with its own. */
export function servicesByMesh(stack: readonly Declared[]): { mesh: MeshFacts; services: Service[] }[] {
  const services = servicesOf(stack);
  return meshesOf(stack).map((mesh) => ({
    mesh,
    services: services.filter((one) => one.mesh === mesh.name && one.resource.provider === mesh.provider),
  }));
}

/** The services that Kuma takes for one: of the same mesh, with the same tag. */
export function servicesByTag(stack: readonly Declared[]): Service[][] {
  const groups = new Map<unknown, Map<string, Service[]>>();
  for (const service of servicesOf(stack)) {
    if (service.mesh === undefined || service.tag === undefined) continue;
    const { provider } = service.resource;
    const byName = groups.get(provider) ?? new Map<string, Service[]>();
    groups.set(provider, byName);
    const key = `${service.mesh}/${service.tag}`;
    byName.set(key, [...(byName.get(key) ?? []), service]);
  }
  return [...groups.values()].flatMap((byName) => [...byName.values()]).filter(({ length }) => length > 1);
}

/** A known text. */
export function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== UNKNOWN ? value : undefined;
}

function flag(value: unknown): boolean | undefined {
  return typeof value === "boolean" ? value : undefined;
}
