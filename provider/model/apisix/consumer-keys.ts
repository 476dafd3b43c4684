import { isObject, type JsonObject, UNKNOWN } from "../fields.ts";
import { isSecretReference } from "./secret-references.ts";

/** The field of each plugin by which a request is told to be the consumer's. */
const KEYS: Record<string, string> = {
  "key-auth": "key",
  "basic-auth": "username",
  "jwt-auth": "key",
  "hmac-auth": "key_id",
  "ldap-auth": "user_dn",
  "ldap-auth-advanced": "user_dn",
};

/**
 * Whether two consumers or credentials have a key in common. APISIX takes no two of them, so that the old one has to go
 * before the new one comes. A key that is not known is taken for another one.
 */
export function shareKey(one: JsonObject, other: JsonObject): boolean {
  return Object.entries(KEYS).some(([plugin, field]) => {
    const key = keyOf(one, plugin, field);
    return key !== undefined && key === keyOf(other, plugin, field);
  });
}

function keyOf({ plugins }: JsonObject, plugin: string, field: string): string | undefined {
  const configuration = isObject(plugins) ? plugins[plugin] : undefined;
  const key = isObject(configuration) ? configuration[field] : undefined;
  return typeof key === "string" && key !== UNKNOWN && !isSecretReference(key) ? key : undefined;
}
