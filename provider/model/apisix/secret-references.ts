/** Whether a value is a reference that the gateway resolves itself: `$env://NAME` or `$secret://MANAGER/ID/KEY`. */
export function isSecretReference(value: unknown): boolean {
  return typeof value === "string" && /^\$(secret|env|ENV):\/\//.test(value);
}
