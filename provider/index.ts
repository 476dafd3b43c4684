import { endWithTheEngine } from "./engine-gone.ts";
import { kindOf } from "./kinds.ts";
import { Lifecycle } from "./lifecycle.ts";
import { PatchLifecycle } from "./patch.ts";

export { BackendError, type ErrorCode } from "./errors.ts";

endWithTheEngine();

/**
 * What the text in a resource's hidden input `__provider` calls, in the process of Pulumi's dynamic provider.
 * It stands in states for ever, so every release keeps it.
 */
export function handler(type: string): Lifecycle {
  const kind = kindOf(type);
  return kind.patch ? new PatchLifecycle(kind) : new Lifecycle(kind);
}
