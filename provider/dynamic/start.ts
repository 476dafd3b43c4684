import { useCompileCache } from "./compile-cache.ts";
import { requireNode } from "./node-version.ts";

type Method = (...given: unknown[]) => Promise<unknown>;

/** What `pulumi-external-backends/provider` exports: `handler`, and more that is passed on as it is. */
export interface Entry {
  handler(type: string): object;
}

/**
 * Loads the provider's code, as every process of Pulumi's dynamic provider does, with what earlier processes have compiled
 * of it.
 *
 * @param version Of this package.
 * @param load Loads the code.
 */
export function start<T extends Entry>(version: string, load: () => T): T {
  try {
    requireNode();
  } catch (error) {
    // Pulumi prints the stack after the message.
    throw Object.assign(error as Error, { stack: "" });
  }
  const write = useCompileCache(version);
  const entry = load();
  return { ...entry, handler: (type: string) => writingAfterAnswers(entry.handler(type), write) };
}

/** By an answer, what it needed has been loaded and run. */
function writingAfterAnswers(handler: object, write: () => void): object {
  const methods = handler as Record<string, Method>;
  for (const name of ["check", "diff", "create", "read", "update", "delete"]) {
    const method = methods[name]?.bind(handler);
    if (method) methods[name] = (...given) => method(...given).finally(write);
  }
  return handler;
}
