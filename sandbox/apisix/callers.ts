import type { IncomingMessage, ServerResponse } from "node:http";
import { sendJson } from "../http.ts";
import type { Outgoing } from "./plugins.ts";
import type { Incoming } from "./routing.ts";
import { isObject, type JsonObject, type Store } from "./store.ts";

/** Applies `key-auth`; returns whether it has answered the request, which is then not passed on. */
export function keyAuth(
  store: Store,
  plugin: JsonObject,
  incoming: Incoming,
  outgoing: Outgoing,
  response: ServerResponse,
): boolean {
  const header = String(plugin.header ?? "apikey").toLowerCase();
  const query = String(plugin.query ?? "apikey");
  const key = outgoing.headers[header] ?? incoming.variables(`arg_${query}`);
  const consumer = key === undefined ? undefined : consumerOf(store, String(key));
  if (consumer === undefined) {
    const message = key === undefined ? "Missing API key in request" : "Invalid API key in request";
    sendJson(response, 401, { message });
    return true;
  }
  if (plugin.hide_credentials === true) delete outgoing.headers[header];
  outgoing.headers["x-consumer-username"] = consumer;
  return false;
}

/** The name of the consumer whose plugins, or one of whose credentials, have the key. */
function consumerOf(store: Store, key: string): string | undefined {
  const has = ({ value }: { value: JsonObject }) => {
    const plugin = isObject(value.plugins) ? value.plugins["key-auth"] : undefined;
    return isObject(plugin) && plugin.key === key;
  };
  return store
    .entries("consumers")
    .find((consumer) => has(consumer) || store.entries(`consumers/${consumer.id}/credentials`).some(has))?.id;
}

/** Applies `cors`; returns whether it has answered the request, as it does with a browser's question in advance. */
export function cors(plugin: JsonObject, request: IncomingMessage, response: ServerResponse): boolean {
  const { origin } = request.headers;
  const allowed = String(plugin.allow_origins ?? "*").split(",");
  if (origin !== undefined && (allowed.includes("*") || allowed.includes(origin))) {
    response.setHeader("access-control-allow-origin", allowed.includes("*") ? "*" : origin);
    response.setHeader("access-control-allow-methods", String(plugin.allow_methods ?? "*"));
    response.setHeader("access-control-allow-headers", String(plugin.allow_headers ?? "*"));
  }
  if (request.method !== "OPTIONS") return false;
  response.writeHead(200).end();
  return true;
}
