import { spawn } from "node:child_process";
import { once } from "node:events";
import { PluginClient } from "./fake-engine.ts";

/** A plugin's process, started as an engine does. */
export interface PluginProcess {
  client: PluginClient;
  /** What it has printed. */
  printed: { out: string; err: string };
  /** Ends the engine's end of its standard input. */
  leave(): void;
  /** Its exit code and signal. */
  ended: Promise<unknown[]>;
  close(): Promise<void>;
}

/** Starts a plugin and waits for its first line, the port. */
export async function startPlugin(
  command: string,
  args: string[] = [],
  env: NodeJS.ProcessEnv = process.env,
): Promise<PluginProcess> {
  const child = spawn(command, args, { stdio: "pipe", env });
  const printed = { out: "", err: "" };
  child.stderr.on("data", (data) => {
    printed.err += data;
  });
  const ended = once(child, "exit");
  await new Promise<void>((resolve, reject) => {
    child.stdout.on("data", (data) => {
      printed.out += data;
      if (printed.out.includes("\n")) resolve();
    });
    ended.then(() => reject(new Error(printed.err)), reject);
  });
  const client = new PluginClient(Number(printed.out));
  return {
    client,
    printed,
    ended,
    leave: () => child.stdin.destroy(),
    async close() {
      client.close();
      child.kill("SIGKILL");
      await ended;
    },
  };
}
