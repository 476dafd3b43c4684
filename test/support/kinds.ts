import type { CustomResourceOptions } from "@pulumi/pulumi";
import * as apisix from "pulumi-external-backends/apisix";
import * as kuma from "pulumi-external-backends/kuma";
import { atApisix, atKuma, type KindCase, type Stored } from "./kind-case.ts";
import { moreApisixKinds } from "./kinds-apisix.ts";
import { moreKumaKinds } from "./kinds-kuma.ts";

export type { ChangeByHand, KindCase, Stored } from "./kind-case.ts";

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
export const kinds: KindCase[] = [
  route,
  upstream,
  ...moreApisixKinds,
  externalService,
  zoneEgress,
  ...moreKumaKinds,
];

/** The kinds whose objects say whose they are. */
export const labelled = kinds.filter((kind) => !kind.unlabelled);

/** The id of one kind's object in a test whose ids begin with `prefix`: `drift-route`. */
export function idOf(prefix: string, kind: KindCase): string {
  return kind.id?.(prefix) ?? `${prefix}-${(kind.type.split(":")[1] ?? "").toLowerCase()}`;
}

/** A program that declares one resource of each kind (of `which`), with `args` chosen per kind. */
export function oneOfEach(
  prefix: string,
  args: (kind: KindCase) => object,
  options?: (kind: KindCase) => CustomResourceOptions,
  which: readonly KindCase[] = kinds,
): () => Promise<void> {
  return async () => {
    for (const kind of which) kind.declare(idOf(prefix, kind), args(kind), options?.(kind));
  };
}
