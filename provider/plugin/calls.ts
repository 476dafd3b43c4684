import type { EngineLog } from "./engine-log.ts";
import type { Call, Severity } from "./provider.ts";
import { failed } from "./status.ts";

/** What a request says about its call. */
interface Request {
  /** The resource that it is about. */
  urn?: string | undefined;
  /** Seconds; 0 for no limit. */
  timeout?: number | undefined;
}

/** The calls of the engine that have no answer yet. */
export interface Calls {
  /**
   * Does the work of a call; what it logs reaches the engine before its answer. When the call is given up, it fails at
   * once, and work that goes on is not waited for. What fails is a `StatusError`.
   */
  run<Answer>(
    request: Request,
    grpcCall: { once(event: "cancelled", listener: () => void): unknown },
    work: (call: Call) => Promise<Answer>,
  ): Promise<Answer>;
  /** Gives up all of them, but not the one with the signal `except`. */
  abort(except?: AbortSignal): void;
}

/** No open calls yet. */
export function openCalls(log: EngineLog): Calls {
  const open = new Set<AbortController>();
  return {
    async run({ urn = "", timeout = 0 }, grpcCall, work) {
      const controller = new AbortController();
      const { signal } = controller;
      open.add(controller);
      grpcCall.once("cancelled", () => controller.abort(new Error("The engine has given up this call.")));
      const timer = timeout > 0 && setTimeout(() => controller.abort(timedOut(timeout)), timeout * 1000);
      const sent: Promise<void>[] = [];
      const send = (severity: Severity, message: string, ephemeral: boolean) => {
        sent.push(log.send({ severity, message: message.toWellFormed(), urn, ephemeral }));
      };
      const call: Call = {
        signal,
        log: (severity, message) => send(severity, message, false),
        progress: (message) => send("info", message, true),
      };
      try {
        return await Promise.race([work(call), givenUp(signal)]);
      } catch (error) {
        throw failed(error, signal);
      } finally {
        if (timer) clearTimeout(timer);
        open.delete(controller);
        await Promise.all(sent);
      }
    },
    abort(except) {
      for (const controller of open)
        if (controller.signal !== except) controller.abort(new Error("The operation was interrupted."));
    },
  };
}

/** Fails soon after the signal is aborted. The work may know more to say, so it goes first. */
function givenUp(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const fail = () => setImmediate(() => reject(signal.reason));
    if (signal.aborted) fail();
    else signal.addEventListener("abort", fail, { once: true });
  });
}

function timedOut(seconds: number): Error {
  const error = new Error(`Not done after ${seconds} s, which is the resource's timeout (customTimeouts).`);
  error.name = "TimeoutError";
  return error;
}
