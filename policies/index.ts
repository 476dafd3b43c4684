import { lints } from "./lints.ts";

export { lints } from "./lints.ts";

/** All policies of this package. */
export function policies() {
  return lints();
}
