import { readFileSync } from "node:fs";
import type { World } from "../../provider/model/reach/world.ts";
import type { Stored } from "../../provider/model/serving/objects.ts";

/** TLS of a cluster to an endpoint outside of the mesh. */
export interface RecordedTls {
  name: string;
  sni?: string;
  ca: string;
  subject?: string[];
  client_cert?: string;
  renegotiation?: boolean;
  versions?: string;
  match?: unknown;
}

/** A cluster of Envoy, reduced. */
export interface RecordedCluster {
  type: string;
  upstream: string;
  endpoints?: { to: string; weight: number; priority?: number; locality?: string; socket_match?: unknown }[];
  tls?: unknown;
  tls_matches?: RecordedTls[];
}

/** A chain of filters of Envoy, reduced. */
export interface RecordedChain {
  match?: { sni?: string[] };
  tcp?: string;
  http?: { routes: { cluster?: string; host_rewrite?: string }[] }[];
  http_filters?: string[];
  filters?: string[];
  rbac?: unknown;
  tls?: unknown;
  name?: string;
}

/** What the control plane configures for one data plane. */
export interface RecordedSide {
  status?: number;
  reachable: Record<string, string[]>;
  listeners: { at: string[]; chains: RecordedChain[] }[];
  clusters: Record<string, RecordedCluster>;
  dns: Record<string, string>;
  passthrough: { clusters: string[]; mesh_passthrough_clusters: string[] };
}

/** One mesh of the recording. */
export interface RecordedCase {
  name: string;
  mesh: string;
  zone_egress: string;
  resources: { put: string; body: Record<string, unknown>; refused?: unknown }[];
  outbounds?: RecordedSide;
  transparent?: RecordedSide;
  egress?: { chains?: RecordedChain[]; clusters: Record<string, RecordedCluster> };
}

/** All meshes of test/recordings/kuma-2.14.3-reach.json. */
export const reachCases: RecordedCase[] = (
  JSON.parse(readFileSync(new URL("../recordings/kuma-2.14.3-reach.json", import.meta.url), "utf8")) as {
    cases: RecordedCase[];
  }
).cases;

/** The objects of a case as a control plane holds them, with the egress that the recording says there is. */
export function worldOf({ resources, zone_egress }: RecordedCase): World {
  const [, address, port] = /at ([\d.]+):(\d+)/.exec(zone_egress) ?? [];
  const egress = { type: "ZoneEgress", name: "egress", networking: { address, port: Number(port) } };
  const written = resources.filter(({ refused }) => refused === undefined).map(({ body }) => body as Stored);
  return {
    resources: [...written, ...(address === undefined ? [] : [egress])],
    zone: "default",
    secrets: written.filter(({ type }) => type === "Secret").map(({ name }) => `${name}`),
  };
}

/** The data plane of a case with this name. */
export function dataplaneOf({ resources }: RecordedCase, name: string): Stored {
  const found = resources.find(({ body }) => body.type === "Dataplane" && body.name === name);
  if (!found) throw new Error(`there is no data plane ${name}`);
  return found.body;
}
