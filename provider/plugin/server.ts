import { once } from "node:events";
import {
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
} from "@grpc/grpc-js";
import { openCalls } from "./calls.ts";
import { engineLog } from "./engine-log.ts";
import { list, methods, type Plugin, type Task } from "./methods.ts";
import type { Provider } from "./provider.ts";

/** What a plugin is made of. */
export interface PluginOptions {
  /** The plugin's version, without a `v`. */
  version: string;
  /**
   * Loads the provider, once. What needs no provider is answered without it, so that what takes long to load does not
   * delay the start.
   */
  load(): Promise<Provider>;
}

/** A plugin that listens on this machine. */
export interface PluginServer {
  readonly port: number;
  /** Loads the provider now, and not at the first call that needs it. A failure is reported by the calls that need it. */
  preload(): Promise<void>;
  /** Where the engine listens for log messages, `host:port`, until it says so itself. */
  logTo(engineAddress: string): void;
  /** Gives up all calls and ends all connections. */
  close(): void;
}

/** Serves a provider to an engine on this machine, over Pulumi's gRPC protocol. */
export async function startServer(options: PluginOptions): Promise<PluginServer> {
  const log = engineLog();
  const calls = openCalls(log);
  let loading: Promise<Provider> | undefined;
  const plugin: Plugin = {
    version: options.version,
    log,
    provider() {
      loading ??= options.load();
      return loading;
    },
    async cancel({ signal }) {
      calls.abort(signal);
      const loaded = await loading?.catch(() => undefined);
      await loaded?.cancel?.();
    },
  };

  const server = new Server({
    "grpc.max_receive_message_length": -1,
    "grpc.max_send_message_length": -1,
    "grpc.enable_channelz": 0,
  });
  for (const [name, read] of Object.entries(methods)) {
    const answer = (
      call: ServerUnaryCall<Task<Promise<Buffer>>, Buffer>,
      done: sendUnaryData<Buffer>,
    ): void => {
      const task = call.request;
      calls.run(task, call, (context) => task.work(plugin, context)).then((bytes) => done(null, bytes), done);
    };
    server.register(path(name), answer, asTheyAre, read, "unary");
  }
  const answerAll = (call: ServerWritableStream<Task<AsyncIterable<Buffer>>, Buffer>): void => {
    const task = call.request;
    const all = calls.run(task, call, async (context) => {
      for await (const bytes of task.work(plugin, context)) {
        context.signal.throwIfAborted();
        if (!call.write(bytes)) await once(call, "drain", { signal: context.signal });
      }
    });
    all.then(
      () => call.end(),
      (error) => call.emit("error", error),
    );
  };
  server.register(path("List"), answerAll, asTheyAre, list, "serverStream");

  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return {
    port,
    preload: () =>
      plugin.provider().then(
        () => {},
        () => {},
      ),
    logTo: log.connect,
    close() {
      calls.abort();
      log.close();
      server.forceShutdown();
    },
  };
}

function path(method: string): string {
  return `/pulumirpc.ResourceProvider/${method}`;
}

function asTheyAre(bytes: Buffer): Buffer {
  return bytes;
}
