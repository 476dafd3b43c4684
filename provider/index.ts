import { kindOf } from "./kinds.ts";
import { Lifecycle } from "./lifecycle.ts";

export { BackendError, type ErrorCode } from "./errors.ts";

/**
 * What the text in a resource's hidden input `__provider` calls, in the process of Pulumi's dynamic provider.
 * It stands in states for ever, so every release keeps it.
 */
export function handler(type: string): Lifecycle {
  return new Lifecycle(kindOf(type));
}
