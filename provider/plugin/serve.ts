import { fstatSync } from "node:fs";
import { flushCompileCache } from "node:module";
import { keepHeapSmall } from "../lifecycle/small-heap.ts";
import { type PluginOptions, startServer } from "./server.ts";

export type { PluginOptions } from "./server.ts";

/**
 * What a plugin's executable does: it serves the provider, prints the port on standard output and nothing else there, and
 * ends with the engine that has started it.
 */
export async function serve(options: PluginOptions): Promise<void> {
  keepHeapSmall();
  const server = await startServer(options);
  process.stdout.write(`${server.port}\n`);
  // The engine gives the address of its log as the last argument, and says it again in its first call.
  const address = process.argv.at(-1);
  if (address && /^[\w.-]+:\d+$/.test(address)) server.logTo(address);
  endWithTheEngine();
  // The engine connects meanwhile.
  setImmediate(async () => {
    await server.preload();
    // What Node.js has compiled, it would keep at its end; but the engine kills its plugins.
    flushCompileCache();
  });
}

/** Ends the process when the other end of its standard input is gone, if that is a pipe, as an engine's is. */
function endWithTheEngine(): void {
  const input = fstatSync(0);
  if (!input.isFIFO() && !input.isSocket()) return;
  const end = () => process.exit();
  process.stdin.once("end", end).once("error", end).resume();
}
