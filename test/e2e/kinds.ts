import type { CustomResource, CustomResourceOptions } from "@pulumi/pulumi";
import * as apisix from "pulumi-external-backends/apisix";
import * as kuma from "pulumi-external-backends/kuma";
import type { World } from "./support.ts";

/** An object as a server stores it. */
export type Stored = Record<string, unknown>;

/** A change outside, with the lines of `preview --refresh --diff` that show it and how it will be put right. */
export interface ChangeByHand {
  change(object: Stored): Stored;
  lines: [found: string, correction: string];
}

/** One kind of resource as the tests over all kinds need it: a further kind is one more row of {@link kinds}. */
export interface KindCase {
  /** As in `apisix:Route`. */
  type: string;
  /** Declares one in a program. */
  declare(name: string, args: object, options?: CustomResourceOptions): CustomResource;
  /** The argument that becomes the id; left out, it is the resource's name. */
  identity: string;
  /** As few arguments as will do. */
  minimal: object;
  /** More arguments, the minimal ones not among them. */
  full: object;
  /** The same as `full`, written in another way: order, other forms of the same thing, defaults. */
  rewritten: object;
  /** What somebody does by hand to an object declared as `full`: changes a declared field, adds an undeclared one. */
  byHand: Record<"changed" | "added", ChangeByHand>;
  /** The path of its requests. */
  path(id: string): string;
  /** What the server has, to be changed as if by another person. */
  get(world: World, id: string): Stored | undefined;
  put(world: World, id: string, object: Stored): void;
  remove(world: World, id: string): void;
}

/** How an object of APISIX is reached. */
function atApisix(plural: string) {
  return {
    path: (id: string) => `/apisix/admin/${plural}/${id}`,
    get: (world: World, id: string) => world.apisix.store.get(plural, id),
    put: (world: World, id: string, object: Stored) => world.apisix.store.put(plural, id, object),
    remove: (world: World, id: string) => world.apisix.store.delete(plural, id),
  };
}

/** How an object of Kuma is reached; `mesh` is empty for one that is in no mesh. */
function atKuma(type: string, mesh: string | undefined, path: (id: string) => string) {
  return {
    path,
    get: (world: World, id: string) => world.kuma.store.get(type, mesh, id),
    put: (world: World, id: string, object: Stored) =>
      world.kuma.store.put({ ...object, type, ...(mesh ? { mesh } : {}), name: id }),
    remove: (world: World, id: string) => world.kuma.store.delete(type, mesh, id),
  };
}

/** Changes fields inside `networking`. */
function inNetworking(change: Stored) {
  return (object: Stored) => ({ ...object, networking: { ...(object.networking as Stored), ...change } });
}

const route: KindCase = {
  type: "apisix:Route",
  declare: (name, args, options) => new apisix.Route(name, args as apisix.RouteArgs, options),
  identity: "routeId",
  minimal: { uri: "/minimal", plugins: {} } satisfies apisix.RouteArgs,
  full: {
    uris: ["/b/*", "/a/*"],
    hosts: ["full.example"],
    methods: ["POST", "GET"],
    priority: 7,
    plugins: { "proxy-rewrite": { uri: "/get" } },
    upstream: { nodes: { "b.example:80": 1, "a.example:80": 2 }, retries: 5 },
  } satisfies apisix.RouteArgs,
  rewritten: {
    uris: ["/a/*", "/b/*"],
    host: "full.example",
    methods: ["GET", "POST"],
    priority: 7,
    enabled: true,
    plugins: { "proxy-rewrite": { uri: "/get" } },
    upstream: {
      type: "roundrobin",
      retries: 5,
      nodes: [
        { host: "a.example", port: 80, weight: 2 },
        { host: "b.example", port: 80, weight: 1, priority: 0 },
      ],
    },
  } satisfies apisix.RouteArgs,
  byHand: {
    changed: {
      change: (object) => ({ ...object, priority: 3 }),
      lines: ["~ priority: 7 => 3", "~ priority: 3 => 7"],
    },
    added: { change: (object) => ({ ...object, status: 0 }), lines: ["+ status: 0", "- status: 0"] },
  },
  ...atApisix("routes"),
};

const upstream: KindCase = {
  type: "apisix:Upstream",
  declare: (name, args, options) => new apisix.Upstream(name, args as apisix.UpstreamArgs, options),
  identity: "upstreamId",
  minimal: { nodes: { "minimal.example:80": 1 } } satisfies apisix.UpstreamArgs,
  full: {
    nodes: { "b.example:80": 1, "a.example:80": 2 },
    retries: 5,
    checks: { active: { httpPath: "/health", healthy: { httpStatuses: [204, 200] } } },
  } satisfies apisix.UpstreamArgs,
  rewritten: {
    nodes: [
      { host: "a.example", port: 80, weight: 2, priority: 0 },
      { host: "b.example", port: 80, weight: 1 },
    ],
    type: "roundrobin",
    scheme: "http",
    passHost: "pass",
    retries: 5,
    checks: {
      active: { type: "http", httpPath: "/health", healthy: { httpStatuses: [200, 204], successes: 2 } },
    },
  } satisfies apisix.UpstreamArgs,
  byHand: {
    changed: {
      change: (object) => ({ ...object, retries: 2 }),
      lines: ["~ retries: 5 => 2", "~ retries: 2 => 5"],
    },
    added: {
      change: (object) => ({ ...object, retry_timeout: 9 }),
      lines: ["+ retryTimeout: 9", "- retryTimeout: 9"],
    },
  },
  ...atApisix("upstreams"),
};

const externalService: KindCase = {
  type: "kuma:ExternalService",
  declare: (name, args, options) => new kuma.ExternalService(name, args as kuma.ExternalServiceArgs, options),
  identity: "name",
  minimal: {
    tags: { "kuma.io/service": "minimal" },
    networking: { address: "minimal.example:80" },
  } satisfies kuma.ExternalServiceArgs,
  full: {
    tags: { "kuma.io/service": "full", "kuma.io/protocol": "http" },
    labels: { team: "payments" },
    networking: { address: "full.example:443", tls: { enabled: true, serverName: "sni.example" } },
  } satisfies kuma.ExternalServiceArgs,
  rewritten: {
    mesh: "default",
    networking: {
      disableHostDNSEntry: false,
      tls: { sni: "sni.example", enabled: true, allowRenegotiation: false },
      address: "full.example:443",
    },
    labels: { team: "payments" },
    tags: { "kuma.io/protocol": "HTTP", "kuma.io/service": "full" },
  } satisfies kuma.ExternalServiceArgs,
  byHand: {
    changed: {
      change: inNetworking({ address: "other.example:443" }),
      lines: [
        '~ address: "full.example:443" => "other.example:443"',
        '~ address: "other.example:443" => "full.example:443"',
      ],
    },
    added: {
      change: inNetworking({ disableHostDNSEntry: true }),
      lines: ["+ disableHostDNSEntry: true", "- disableHostDNSEntry: true"],
    },
  },
  ...atKuma("ExternalService", "default", (id) => `/meshes/default/external-services/${id}`),
};

const zoneEgress: KindCase = {
  type: "kuma:ZoneEgress",
  declare: (name, args, options) => new kuma.ZoneEgress(name, args as kuma.ZoneEgressArgs, options),
  identity: "name",
  minimal: { networking: { port: 10002 } } satisfies kuma.ZoneEgressArgs,
  full: {
    zone: "zone-1",
    networking: { address: "10.0.0.7", port: 10003, admin: { port: 9901 } },
  } satisfies kuma.ZoneEgressArgs,
  rewritten: {
    networking: { admin: { port: 9901 }, port: 10003, address: "10.0.0.7" },
    zone: "zone-1",
  } satisfies kuma.ZoneEgressArgs,
  byHand: {
    changed: {
      change: inNetworking({ port: 10004 }),
      lines: ["~ port: 10003 => 10004", "~ port: 10004 => 10003"],
    },
    added: {
      change: (object) => ({ ...object, labels: { ...(object.labels as Stored), by: "hand" } }),
      lines: ['+ by: "hand"', '- by: "hand"'],
    },
  },
  ...atKuma("ZoneEgress", undefined, (id) => `/zoneegresses/${id}`),
};

/** Every kind that the package has. */
export const kinds: KindCase[] = [route, upstream, externalService, zoneEgress];

/** The id of one kind's object in a test whose ids begin with `prefix`: `drift-route`. */
export function idOf(prefix: string, kind: KindCase): string {
  return `${prefix}-${(kind.type.split(":")[1] ?? "").toLowerCase()}`;
}

/** A program that declares one resource of each kind, with `args` chosen per kind. */
export function oneOfEach(
  prefix: string,
  args: (kind: KindCase) => object,
  options?: (kind: KindCase) => CustomResourceOptions,
): () => Promise<void> {
  return async () => {
    for (const kind of kinds) kind.declare(idOf(prefix, kind), args(kind), options?.(kind));
  };
}
