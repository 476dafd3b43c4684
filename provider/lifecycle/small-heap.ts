import { setFlagsFromString } from "node:v8";

/**
 * Room for new values stays as large as it is at the start, and what has been kept may grow by a fifth before it is looked
 * through again.
 */
export const SMALL_HEAP_FLAGS = ["--semi-space-growth-factor=1", "--heap-growing-percent=20"] as const;

/** Has Node.js give back sooner what is not needed any more. */
export function keepHeapSmall(): void {
  for (const flag of SMALL_HEAP_FLAGS) setFlagsFromString(flag);
}
