/** Whether a value is a reference to a secret (`$secret://vault/1/a`) or an environment variable (`$ENV://A`). */
export function isReference(value: unknown): value is string {
  return typeof value === "string" && (value.startsWith("$secret://") || /^\$env:\/\//i.test(value));
}
