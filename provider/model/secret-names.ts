/** What a secret manager or the environment of the gateway holds is no secret itself. */
const BY_REFERENCE = /^\$(env|secret):\/\//i;

/** Names of fields that hold a secret by what they are called. */
const SOUNDS_SECRET = /^(authorization|.*(secret|password|passwd|token|api[-_]?key|private[-_]?key))$/i;

/** Whether a value refers to a secret that somebody else keeps, as in `$env://KEY` or `$secret://vault/1/key`. */
export function isSecretReference(value: unknown): boolean {
  return typeof value === "string" && BY_REFERENCE.test(value);
}

/**
 * Whether a field that no schema calls secret sounds like one: `Authorization` among the headers that a plugin sets, or
 * `my_token` of a plugin of the gateway's own.
 */
export function soundsSecret(name: string): boolean {
  return SOUNDS_SECRET.test(name);
}
