import { createHash } from "node:crypto";
import type { Variables } from "./expression.ts";
import { isObject, type JsonObject } from "./store.ts";

/** One place that an upstream's requests may go to. */
export interface Node {
  host: string;
  port: number;
  weight: number;
  priority: number;
}

/** The balancers that APISIX has; any other text in `type` is stored, and then answers 500. */
export const balancers = new Set(["roundrobin", "chash", "ewma", "least_conn"]);

/** An upstream's nodes as a list, whichever of its forms it is written in; a weight of 0 gets nothing. */
export function nodesOf(upstream: JsonObject): Node[] {
  const port = upstream.scheme === "https" || upstream.scheme === "grpcs" ? 443 : 80;
  const nodes = isObject(upstream.nodes)
    ? Object.entries(upstream.nodes).map(([address, weight]) => ({ ...addressOf(address), weight }))
    : Array.isArray(upstream.nodes)
      ? upstream.nodes.filter(isObject)
      : [];
  return nodes
    .map((node: JsonObject) => ({
      host: String(node.host),
      port: Number(node.port ?? port),
      weight: Number(node.weight),
      priority: Number(node.priority ?? 0),
    }))
    .filter((node) => node.weight > 0);
}

function addressOf(address: string): JsonObject {
  const [, host = address, port] = /^(.*?)(?::(\d+))?$/.exec(address) ?? [];
  return port === undefined || host === "" ? { host: address } : { host, port: Number(port) };
}

/** Spreads requests by weight, smoothly: with weights 2 and 1 the order is first, second, first. */
export class Balancer {
  readonly #current = new Map<string, number[]>();

  /** Chooses one of the weights' positions; undefined when all are 0. What has the same key shares its turns. */
  choose = (key: string, weights: number[]): number | undefined => {
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    if (total === 0) return undefined;
    const current = (this.#current.get(key) ?? weights.map(() => 0)).map(
      (value, i) => value + (weights[i] ?? 0),
    );
    const chosen = current.indexOf(Math.max(...current.filter((_, index) => (weights[index] ?? 0) > 0)));
    current[chosen] = (current[chosen] ?? 0) - total;
    this.#current.set(key, current);
    return chosen;
  };

  /** The nodes in the order in which a request tries them: by priority, then by turn or by hash. */
  order(upstream: JsonObject, variables: Variables): Node[] {
    const ordered: Node[] = [];
    let rest = nodesOf(upstream);
    while (rest.length > 0) {
      const priority = Math.max(...rest.map((node) => node.priority));
      const group = rest.filter((node) => node.priority === priority);
      const weights = group.map((node) => node.weight);
      const chosen =
        upstream.type === "chash"
          ? hashed(hashKey(upstream, variables), weights)
          : // Only a request's first choice takes a turn; what follows are its retries.
            ordered.length === 0
            ? (this.choose(`${JSON.stringify(upstream)}`, weights) ?? 0)
            : 0;
      const node = group[chosen] ?? group[0];
      if (!node) break;
      ordered.push(node);
      rest = rest.filter((other) => other !== node);
    }
    return ordered;
  }
}

function hashKey(upstream: JsonObject, variables: Variables): string {
  const key = String(upstream.key ?? "remote_addr");
  const value = (name: string) => String(variables(name) ?? "");
  if (upstream.hash_on === "header") return value(key.startsWith("http_") ? key : `http_${key}`);
  if (upstream.hash_on === "cookie") return value(key.startsWith("cookie_") ? key : `cookie_${key}`);
  if (upstream.hash_on === "consumer") return value("consumer_name");
  if (upstream.hash_on === "vars_combinations") return key.replace(/\$(\w+)/g, (_, name) => value(name));
  return value(key) || value("remote_addr");
}

function hashed(key: string, weights: number[]): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let point = createHash("md5").update(key).digest().readUInt32BE(0) % total;
  return weights.findIndex((weight) => {
    point -= weight;
    return point < 0;
  });
}
