import { Client, credentials } from "@grpc/grpc-js";
import { empty, type LogRequest, logRequest } from "./messages.ts";

/** Milliseconds after which nobody waits any more for the engine to take a message. */
const LONGEST_WAIT = 5_000;

/** The engine's log. */
export interface EngineLog {
  /** Where the engine listens, `host:port`. */
  connect(address: string): void;
  /** Sends a message; settled when the engine has it, or when it does not take it. */
  send(message: Partial<LogRequest>): Promise<void>;
  close(): void;
}

/** A log that opens a connection when there is something to say. */
export function engineLog(): EngineLog {
  let address: string | undefined;
  let client: Client | undefined;
  function close() {
    client?.close();
    client = undefined;
  }
  return {
    connect(given) {
      if (given !== address) close();
      address = given;
    },
    send(message) {
      if (address === undefined) return Promise.resolve();
      // A proxy would not find this machine's own address.
      client ??= new Client(address, credentials.createInsecure(), {
        "grpc.enable_http_proxy": 0,
        "grpc.enable_channelz": 0,
        "grpc.max_send_message_length": -1,
      });
      const deadline = Date.now() + LONGEST_WAIT;
      const { encode } = logRequest;
      return new Promise((resolve) => {
        client?.makeUnaryRequest("/pulumirpc.Engine/Log", encode, empty.decode, message, { deadline }, () =>
          resolve(),
        );
      });
    },
    close,
  };
}
