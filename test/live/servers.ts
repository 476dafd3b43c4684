import { type Dispatcher, request } from "undici";
import type { StackConfig } from "../../tools/engine.ts";
import type { Stored } from "../support/kinds.ts";
import type { LiveApisix, LiveKuma } from "./settings.ts";

/** One API as another person would use it, with curl. */
export interface Server {
  dialect: "apisix" | "kuma";
  /** Of the Admin API, without its path, or of a control plane. */
  url: string;
  headers: Record<string, string>;
}

/** An answer; `body` is JSON as far as it is. */
export interface LiveAnswer {
  status: number;
  contentType: string | undefined;
  /** What the header `server` says, as in `APISIX/3.18.0`. */
  product: string | undefined;
  text: string;
  body: unknown;
}

/** An Admin API of APISIX. */
export function apisixServer({ url, key }: LiveApisix): Server {
  const origin = url.replace(/\/+$/, "").replace(/\/apisix\/admin$/, "");
  return { dialect: "apisix", url: origin, headers: { "x-api-key": key } };
}

/** A control plane of Kuma. */
export function kumaServer(url: string, token?: string): Server {
  const headers: Server["headers"] = token ? { authorization: `Bearer ${token}` } : {};
  return { dialect: "kuma", url: url.replace(/\/+$/, ""), headers };
}

/** How a stack's resources reach an Admin API. */
export function apisixConfig({ url, key }: LiveApisix): StackConfig {
  return { "apisix:adminUrl": url, "apisix:adminKey": { value: key, secret: true } };
}

/** How a stack's resources reach a control plane, or both sides of a federation. */
export function kumaConfig({ globalUrl, zoneUrl, token }: LiveKuma): StackConfig {
  const urls = { "kuma:globalUrl": globalUrl, "kuma:zoneUrl": zoneUrl };
  return token ? { ...urls, "kuma:token": { value: token, secret: true } } : urls;
}

/** Sends one request. */
export async function send(
  server: Server,
  method: Dispatcher.HttpMethod,
  path: string,
  content?: unknown,
): Promise<LiveAnswer> {
  const { statusCode, headers, body } = await request(server.url + path, {
    method,
    headers: { ...server.headers, ...(content === undefined ? {} : { "content-type": "application/json" }) },
    ...(content === undefined ? {} : { body: JSON.stringify(content) }),
  });
  const text = await body.text();
  const header = (name: string) => headers[name]?.toString();
  const [contentType, product] = [header("content-type"), header("server")];
  return { status: statusCode, contentType, product, text, body: parsed(text) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The object at the server; undefined when there is none. */
export async function read(server: Server, path: string): Promise<Stored | undefined> {
  const { status, text, body } = await send(server, "GET", path);
  // APISIX 3.11 fails at metadata that is not there.
  if (status === 404 || (status === 500 && path.includes("/plugin_metadata/"))) return undefined;
  if (status !== 200) throw new Error(`GET ${path}: ${status} ${text}`);
  return (server.dialect === "apisix" ? (body as Stored).value : body) as Stored;
}

/** What only the server writes. In APISIX `status` and `snis` are the user's. */
const SERVERS: Record<Server["dialect"], readonly string[]> = {
  apisix: ["create_time", "update_time", "validity_start", "validity_end"],
  kuma: ["creationTime", "modificationTime", "kri", "snis", "status"],
};

/** An object without what only the server writes. */
export function withoutServers({ dialect }: Server, object: Stored): Stored {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !SERVERS[dialect].includes(key)));
}

/** Writes an object as it was read, less what only the server writes. */
export async function write(server: Server, path: string, object: Stored): Promise<void> {
  const { status, text } = await send(server, "PUT", path, withoutServers(server, object));
  if (status > 201) throw new Error(`PUT ${path}: ${status} ${text}`);
}

/** Removes the object, if there is one. An APISIX is asked again while it calls the object in use, which lags behind. */
export async function remove(server: Server, path: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    const { status, text } = await send(server, "DELETE", path);
    if (status <= 204 || status === 404) return;
    if (!text.includes("still using it") || attempt > 20)
      throw new Error(`DELETE ${path}: ${status} ${text}`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** The names of the objects in a collection. */
export async function namesIn(server: Server, collection: string): Promise<string[]> {
  const kuma = server.dialect === "kuma";
  const names: string[] = [];
  for (let offset = 0; ; offset += 1000) {
    const { status, body } = await send(
      server,
      "GET",
      kuma ? `${collection}?size=1000&offset=${offset}` : collection,
    );
    // What a collection is in is gone, or the server does not know it.
    if (status !== 200) return names;
    const { items, list, next } = body as { items?: Stored[]; list?: unknown; next?: unknown };
    const found = (kuma ? items : Array.isArray(list) ? (list as Stored[]) : []) ?? [];
    names.push(
      ...found.map((one) => String(kuma ? one.name : String((one as Stored).key).replace(/^.*\//, ""))),
    );
    if (!next || found.length === 0) return names;
  }
}
