import { BundleHandler } from "./dynamic/bundle-handler.ts";
import { endWithTheEngine } from "./dynamic/engine-gone.ts";
import { Handler } from "./dynamic/handler.ts";
import { bundleOf } from "./model/bundle/types.ts";
import { kindOf } from "./model/kinds.ts";

export { BackendError, type ErrorCode } from "./server/errors.ts";

endWithTheEngine();

/**
 * Entry point of the provider process. The `__provider` text of every saved resource evaluates to a call of this function,
 * so its name and its argument never change.
 */
export function handler(type: string): Handler | BundleHandler {
  const bundle = bundleOf(type);
  return bundle ? new BundleHandler(bundle) : new Handler(kindOf(type));
}
