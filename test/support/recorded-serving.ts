import { readFileSync } from "node:fs";
import type { Gateway, Stored } from "../../provider/model/serving/objects.ts";
import type { Request } from "../../provider/model/serving/request.ts";

/** A set of routes and what a real gateway answered with them (test/recordings/apisix-3.18.0-matching.json). */
export interface MatchingSet {
  routes: Stored[];
  exchanges: { request: RecordedRequest; served: string | null; status: number }[];
}

/** A set of objects and what a real gateway answered with them (test/recordings/apisix-3.18.0-serving.json). */
export interface ServingSet {
  objects: { path: string; body: Record<string, unknown> }[];
  exchanges: {
    request: RecordedRequest;
    answer: { status: number; node: number | null; url?: string; marks?: string[]; said?: string };
  }[];
}

/** A request as the recordings write it. */
export interface RecordedRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
}

function read<T>(name: string): T {
  const { sets } = JSON.parse(readFileSync(new URL(`../recordings/${name}`, import.meta.url), "utf8")) as {
    sets: T;
  };
  return sets;
}

/** All sets of the recording of routes alone. */
export const matchingSets: MatchingSet[] = read("apisix-3.18.0-matching.json");

/** All sets of the recording with services, plugin configurations, global rules and consumers. */
export const servingSets: ServingSet[] = read("apisix-3.18.0-serving.json");

/** The request as the model takes it; the recordings were made from the gateway's own machine. */
export function requestOf(request: RecordedRequest): Request {
  return { ...request, address: "127.0.0.1" };
}

/** The objects of a set as a gateway stores them; a number in place of an upstream is the number of its only node. */
export function gatewayOf({ objects }: ServingSet): Gateway {
  const gateway: Record<string, Stored[]> = {};
  for (const { path, body } of objects) {
    const [, collection = "", id = ""] = path.split("/");
    const identity = collection === "consumers" ? {} : { id };
    const upstream =
      typeof body.upstream === "number" ? { upstream: { nodes: { [`node-${body.upstream}:80`]: 1 } } } : {};
    gateway[collection] = [...(gateway[collection] ?? []), { ...identity, ...body, ...upstream }];
  }
  return gateway;
}
