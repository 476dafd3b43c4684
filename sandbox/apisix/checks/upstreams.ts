import { isIPv6 } from "node:net";
import { LuaError, luaType } from "../lua/values.ts";
import { validate } from "../schema/validator.ts";
import type { Schemas } from "../schemas.ts";
import { isReference } from "../secret-references.ts";
import { isObject, type JsonObject, type Store } from "../store.ts";
import { certificateProblem } from "./certificates.ts";

/** What the checks of an upstream look at. */
export interface UpstreamContext {
  older: boolean;
  schemas: Schemas;
  store: Store;
}

/**
 * Checks an upstream, by itself or inside another object, and fills in the defaults of its schema.
 * Returns what is wrong with it.
 */
export function upstreamProblem(upstream: JsonObject, context: UpstreamContext): string | undefined {
  const address = !context.schemas.newest ? undefined : nodesProblem(upstream.nodes);
  if (address !== undefined) return `invalid configuration: ${address}`;
  const validation = validate(context.schemas.main.upstream ?? {}, upstream, context.schemas.dialect);
  if ("error" in validation) return `invalid configuration: ${validation.error}`;
  Object.assign(upstream, validation.value);
  return (
    portProblem(upstream.nodes) ??
    sslProblem(upstream.tls, context.store) ??
    fieldsProblem(upstream) ??
    hashProblem(upstream, context)
  );
}

/** APISIX looks into the nodes before it has looked at their types, and breaks over what is none. */
function nodesProblem(nodes: unknown): string | undefined {
  if (nodes === undefined || nodes === false || isObject(nodes)) return undefined;
  if (!Array.isArray(nodes))
    throw new LuaError(`bad argument #1 to 'ipairs' (table expected, got ${luaType(nodes)})`);
  for (const node of nodes) {
    if (typeof node === "string") continue;
    if (typeof node !== "object" || node === null)
      throw new LuaError(`attempt to index a ${luaType(node)} value`);
    const { host } = node;
    if (host === undefined || host === false) continue;
    if (typeof host !== "string") throw new LuaError(`cannot convert '${luaType(host)}' to 'const char *'`);
    if (isIPv6(host)) return "IPv6 address must be enclosed with '[' and ']'";
  }
  return undefined;
}

function portProblem(nodes: unknown): string | undefined {
  if (!isObject(nodes)) return undefined;
  for (const address of Object.keys(nodes)) {
    const colons = address.startsWith("[") ? 0 : address.split(":").length - 1;
    // What has several colons and no brackets is an IPv6 address without a port.
    const [, port] = colons > 1 && !address.includes(".") ? [] : (/:(\d+)$/.exec(address) ?? []);
    if (port !== undefined && (Number(port) < 1 || Number(port) > 65535))
      return `invalid port ${Number(port)}`;
  }
  return undefined;
}

function sslProblem(tls: unknown, store: Store): string | undefined {
  const id = isObject(tls) ? tls.client_cert_id : undefined;
  if (id === undefined) return undefined;
  const ssl = store.find("ssls", String(id))?.value;
  const problem = `failed to fetch ssl info by ssl id [${id}], `;
  if (!ssl) return `${problem}response code: 404`;
  return ssl.type === "client" ? undefined : `${problem}wrong ssl type`;
}

function fieldsProblem({ pass_host, upstream_host, tls }: JsonObject): string | undefined {
  if (pass_host === "rewrite" && !upstream_host)
    return "`upstream_host` can't be empty when `pass_host` is `rewrite`";
  if (!isObject(tls) || tls.client_cert === undefined) return undefined;
  if (isReference(tls.client_cert) || isReference(tls.client_key)) return undefined;
  return certificateProblem(tls.client_cert, tls.client_key);
}

function hashProblem(upstream: JsonObject, { schemas }: UpstreamContext): string | undefined {
  const { type, hash_on: on, key } = upstream;
  if (type !== "chash") return undefined;
  if (on !== "consumer" && key === undefined) return "missing key";
  const name = on === "vars" ? "upstream_hash_vars_schema" : "upstream_hash_header_schema";
  const schema = ["vars", "header", "cookie"].includes(String(on)) ? schemas.main[name] : undefined;
  if (!schema) return undefined;
  const validation = validate(schema, key, schemas.dialect);
  return "error" in validation ? `invalid configuration: ${validation.error}` : undefined;
}
