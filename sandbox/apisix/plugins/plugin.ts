import type { ServerResponse } from "node:http";
import type { GatewayRequest } from "../request.ts";
import type { JsonObject, Store } from "../store.ts";

/** An answer that a plugin gives in place of the upstream. */
export interface Reply {
  status: number;
  body?: unknown;
}

/** A request on its way through the plugins. */
export interface Passage {
  request: GatewayRequest;
  /** For headers that the answer will have, whoever gives it. */
  response: ServerResponse;
  store: Store;
  /** Chooses one of the weights' positions; what has the same key shares its turns. */
  choose(key: string, weights: number[]): number | undefined;
  /** The consumer who has been recognised. */
  consumer: JsonObject | undefined;
  /** What takes the place of the route's upstream, with `upstream` or `upstream_id`. */
  upstream: JsonObject | undefined;
}

/** What a plugin does in the phases of a request. All plugins `rewrite` before the first one has `access`. */
export interface GatewayPlugin {
  rewrite?(configuration: JsonObject, passage: Passage): Reply | undefined;
  access?(configuration: JsonObject, passage: Passage): Reply | undefined;
}
