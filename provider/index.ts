import { endWithTheEngine } from "./dynamic/engine-gone.ts";
import { Lifecycle } from "./lifecycle/lifecycle.ts";
import { PatchLifecycle } from "./lifecycle/patch.ts";
import { kindOf } from "./model/kinds.ts";

export { BackendError, type ErrorCode } from "./server/errors.ts";

endWithTheEngine();

/**
 * What the text in a resource's hidden input `__provider` calls, in the process of Pulumi's dynamic provider.
 * It stands in states for ever, so every release keeps it.
 */
export function handler(type: string): Lifecycle {
  const kind = kindOf(type);
  return kind.patch ? new PatchLifecycle(kind) : new Lifecycle(kind);
}
