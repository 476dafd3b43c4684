import { createCipheriv, createDecipheriv, createHash } from "node:crypto";
import { kinds } from "./kinds.ts";
import { LuaError, luaType } from "./lua/values.ts";
import type { Plugin, Schemas } from "./schemas.ts";
import { isObject, type JsonObject } from "./store.ts";

const key = createHash("md5").update("pulumi-external-backends-sandbox").digest();

function encrypt(text: string): string {
  const cipher = createCipheriv("aes-128-cbc", key, key);
  return Buffer.concat([cipher.update(text, "utf8"), cipher.final()]).toString("base64");
}

/** A private key in clear, whether or not {@link encryptKeys} has encrypted it; undefined if it is neither. */
export function clearKey(text: string): string | undefined {
  if (text.startsWith("---")) return text;
  try {
    const decipher = createDecipheriv("aes-128-cbc", key, key);
    return decipher.update(text, "base64", "utf8") + decipher.final("utf8");
  } catch {
    return undefined;
  }
}

/** Encrypts the private keys of a certificate or an upstream before they are stored, as APISIX does. */
export function encryptKeys(kind: string, value: JsonObject): JsonObject {
  const copy = structuredClone(value);
  const certificate = kind === "ssls" ? copy : undefined;
  if (certificate) {
    certificate.key = encryptPem(certificate.key);
    if (Array.isArray(certificate.keys)) certificate.keys = certificate.keys.map(encryptPem);
  }
  for (const upstream of kind === "upstreams" ? [copy] : [copy.upstream]) {
    if (isObject(upstream) && isObject(upstream.tls) && upstream.tls.client_key !== undefined) {
      upstream.tls.client_key = encryptPem(upstream.tls.client_key);
    }
  }
  return copy;
}

function encryptPem(value: unknown): unknown {
  return typeof value === "string" && value.startsWith("---") ? encrypt(value) : value;
}

/** The answer to a write, in which the secret fields of plugins stand encrypted; GET gives them in clear. */
export function encryptPlugins(kind: string, id: string, value: JsonObject, schemas: Schemas): JsonObject {
  const copy = structuredClone(value);
  if (kind === "plugin_metadata") {
    const fields = schemas.plugins[id]?.metadata_schema?.encrypt_fields;
    for (const field of Array.isArray(fields) ? fields : []) encryptField(copy, String(field).split("."));
    return copy;
  }
  for (const [name, configuration] of Object.entries(isObject(copy.plugins) ? copy.plugins : {})) {
    const plugin = schemas.plugins[name];
    if (plugin) for (const field of secretFields(kind, plugin)) encryptField(configuration, field.split("."));
  }
  return copy;
}

/** Throws what APISIX's code throws over secret fields that are no texts, where it encrypts them before it checks them. */
export function checkSecrets(kind: string, { plugins }: JsonObject, schemas: Schemas): void {
  if (plugins === undefined || plugins === false) return;
  if (typeof plugins !== "object" || plugins === null) throw new LuaError("table expected");
  for (const [name, configuration] of Object.entries(plugins)) {
    const plugin = schemas.plugins[name];
    for (const field of plugin ? secretFields(kind, plugin) : [])
      checkSecret(configuration, field.split("."));
  }
}

function checkSecret(value: unknown, [name = "", ...rest]: string[]): void {
  if (typeof value === "string") return;
  if (typeof value !== "object" || value === null)
    throw new LuaError(`attempt to index a ${luaType(value)} value`);
  const inner = (value as JsonObject)[name];
  if (inner === undefined || inner === false) return;
  if (rest.length > 0) checkSecret(inner, rest);
  else if (typeof inner !== "string") throw new LuaError("bad argument to 'encrypt'");
}

function secretFields(kind: string, plugin: Plugin): string[] {
  const schema = (kinds[kind]?.credentials && plugin.consumer_schema) || plugin.schema;
  return Array.isArray(schema.encrypt_fields) ? schema.encrypt_fields : [];
}

function encryptField(value: unknown, path: string[]): void {
  const [name, ...rest] = path;
  if (Array.isArray(value)) for (const item of value) encryptField(item, path);
  if (!isObject(value) || name === undefined) return;
  const field = value[name];
  if (rest.length > 0) encryptField(field, rest);
  else if (typeof field === "string") value[name] = encrypt(field);
  else if (isObject(field)) for (const entry of Object.keys(field)) encryptField(field, [entry]);
}
