import { isReference } from "../secret-references.ts";
import { isObject, type JsonObject, type Store } from "../store.ts";

/** The field of a consumer's plugin by which a request is told to be the consumer's. */
const keyFields: Record<string, string> = {
  "key-auth": "key",
  "basic-auth": "username",
  "jwt-auth": "key",
  "hmac-auth": "key_id",
  "ldap-auth": "user_dn",
  "ldap-auth-advanced": "user_dn",
};

/** Whose plugins are written: a consumer's, or one of its credentials'. */
export interface KeyOwner {
  consumer: string;
  credential?: string;
}

/** What is wrong with a consumer's keys: that somebody else has one already. */
export function duplicateKeyProblem(plugins: JsonObject, writer: KeyOwner, store: Store): string | undefined {
  for (const [name, configuration] of Object.entries(plugins)) {
    const field = keyFields[name];
    const key = field !== undefined && isObject(configuration) ? configuration[field] : undefined;
    if (typeof key !== "string" || isReference(key)) continue;
    const owner = ownersOf(store).findLast(({ value }) => {
      const plugin = isObject(value.plugins) ? value.plugins[name] : undefined;
      return isObject(plugin) && plugin[field ?? ""] === key;
    });
    if (!owner || isSame(owner, writer)) continue;
    const { consumer, credential } = owner;
    const whose =
      credential === undefined
        ? `consumer: ${consumer}`
        : `credential: ${credential} of consumer: ${consumer}`;
    return `duplicate ${field} of plugin ${name} found with ${whose}`;
  }
  return undefined;
}

/** A consumer's own credentials are no others; a credential is itself only. */
function isSame(owner: KeyOwner, writer: KeyOwner): boolean {
  if (owner.consumer !== writer.consumer) return false;
  return writer.credential === undefined || owner.credential === writer.credential;
}

/** All consumers and credentials, the one made last at the end. */
function ownersOf(store: Store): (KeyOwner & { value: JsonObject; createdIndex: number })[] {
  return store
    .entries("consumers")
    .flatMap(({ id: consumer, value, createdIndex }) => [
      { consumer, value, createdIndex },
      ...store
        .entries(`consumers/${consumer}/credentials`)
        .map((credential) => ({ ...credential, consumer, credential: credential.id })),
    ])
    .sort((left, right) => left.createdIndex - right.createdIndex);
}
