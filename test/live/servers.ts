import { type Dispatcher, request } from "undici";
import type { StackConfig } from "../../tools/engine.ts";
import type { KindCase, Stored } from "../support/kinds.ts";

/** One API as another person would use it, with curl. */
export interface Server {
  /** Of the control plane or the Admin API; may depend on the kind. */
  url(kind: KindCase): string;
  headers: Record<string, string>;
  /** How a stack's resources reach it. */
  config: StackConfig;
}

/** An Admin API of APISIX. */
export function apisixServer(url: string, key: string): Server {
  const origin = url.replace(/\/+$/, "").replace(/\/apisix\/admin$/, "");
  return {
    url: () => origin,
    headers: { "x-api-key": key },
    config: { "apisix:adminUrl": url, "apisix:adminKey": { value: key, secret: true } },
  };
}

/** A control plane of Kuma, or a global one and one of its zones. */
export function kumaServer(globalUrl: string, zoneUrl: string, token?: string): Server {
  const urls = { "kuma:globalUrl": globalUrl, "kuma:zoneUrl": zoneUrl };
  return {
    url: (kind) => (kind.type === "kuma:ZoneEgress" ? zoneUrl : globalUrl).replace(/\/+$/, ""),
    headers: token ? { authorization: `Bearer ${token}` } : {},
    config: token ? { ...urls, "kuma:token": { value: token, secret: true } } : urls,
  };
}

/** The object at the server; undefined when there is none. */
export async function read(server: Server, kind: KindCase, id: string): Promise<Stored | undefined> {
  const { status, body } = await call(server, kind, id, "GET");
  if (status === 404) return undefined;
  if (status !== 200) throw new Error(`GET of ${kind.type} ${id}: ${status} ${body}`);
  const answer = JSON.parse(body) as Stored;
  return kind.type.startsWith("apisix:") ? (answer.value as Stored) : answer;
}

/** Writes an object as it was read, less what only the server writes. */
export async function write(server: Server, kind: KindCase, id: string, object: Stored): Promise<void> {
  const { create_time, update_time, creationTime, modificationTime, kri, labels, ...rest } = object;
  const own = Object.entries((labels ?? {}) as Stored).filter(([name]) => !name.startsWith("kuma.io/"));
  const content = own.length > 0 ? { ...rest, labels: Object.fromEntries(own) } : rest;
  const { status, body } = await call(server, kind, id, "PUT", content);
  if (status > 201) throw new Error(`PUT of ${kind.type} ${id}: ${status} ${body}`);
}

/** Removes the object, if there is one. */
export async function remove(server: Server, kind: KindCase, id: string): Promise<void> {
  const { status, body } = await call(server, kind, id, "DELETE");
  if (status > 204 && status !== 404) throw new Error(`DELETE of ${kind.type} ${id}: ${status} ${body}`);
}

async function call(
  server: Server,
  kind: KindCase,
  id: string,
  method: Dispatcher.HttpMethod,
  content?: Stored,
): Promise<{ status: number; body: string }> {
  const { statusCode, body } = await request(server.url(kind) + kind.path(id), {
    method,
    headers: { ...server.headers, ...(content ? { "content-type": "application/json" } : {}) },
    ...(content ? { body: JSON.stringify(content) } : {}),
  });
  return { status: statusCode, body: await body.text() };
}
