import type { Node } from "./balancer.ts";
import type { JsonObject } from "./store.ts";

/** The ports, on loopback, behind external host names. */
export type Hosts = Record<string, { http?: number; https?: number }>;

/** A node with the address that stands for it on this machine, and the host that it is asked as. */
export interface Target {
  address: string;
  port: number;
  /** The `Host` to send; undefined sends what the request has. */
  host: string | undefined;
}

/** Finds a node on this machine; a name that nobody knows is left out, as one that does not resolve. */
export function addressed(node: Node, upstream: JsonObject, hosts: Hosts): Target[] {
  const https = upstream.scheme === "https";
  const address = node.host.replace(/^\[|\]$/g, "");
  const host = hostFor(node, upstream, https);
  const known = hosts[node.host];
  if (known) {
    const port = https ? known.https : known.http;
    return port === undefined ? [] : [{ address: "127.0.0.1", port, host }];
  }
  if (address === "localhost" || address.startsWith("127.") || address === "::1") {
    return [{ address, port: node.port, host }];
  }
  return [];
}

function hostFor(node: Node, upstream: JsonObject, https: boolean): string | undefined {
  if (upstream.pass_host === "rewrite") return String(upstream.upstream_host);
  if (upstream.pass_host !== "node") return undefined;
  return node.port === (https ? 443 : 80) ? node.host : `${node.host}:${node.port}`;
}
