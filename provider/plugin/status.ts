import { status as code, Metadata, type StatusObject } from "@grpc/grpc-js";
import type { JsonObject } from "../model/fields.ts";
import { errorResourceInitFailed, status } from "./messages.ts";

/** Bytes of the largest detail that the engine's gRPC takes: in base64, with the message beside it, a trailer of at most 16 MiB. */
const LARGEST_DETAIL = 12_300_000;

/** An error as gRPC sends it. */
export class StatusError extends Error implements StatusObject {
  readonly code: code;
  readonly details: string;
  readonly metadata = new Metadata();

  constructor(status: code, message: string) {
    super(message);
    this.name = "StatusError";
    this.code = status;
    // A header cannot hold halves of characters.
    this.details = message.toWellFormed();
  }
}

/** The gRPC error for what a method of the provider has thrown, or for a call that was given up. */
export function failed(error: unknown, signal: AbortSignal): StatusError {
  if (error instanceof StatusError) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (!signal.aborted) return new StatusError(code.UNKNOWN, message);
  const isTimeout = signal.reason instanceof Error && signal.reason.name === "TimeoutError";
  return new StatusError(isTimeout ? code.DEADLINE_EXCEEDED : code.CANCELLED, message);
}

/** The gRPC error for a method that the provider has not. */
export function unimplemented(method: string): StatusError {
  return new StatusError(code.UNIMPLEMENTED, `This plugin has no ${method}.`);
}

/** What was made although something failed. */
export interface PartialFailure {
  id: string;
  properties: JsonObject;
  inputs?: JsonObject | undefined;
  reasons: string[];
}

/** The gRPC error with which the engine saves what was made in the state, and the reasons why it is not whole. */
export function partlyFailed({ id, properties, inputs, reasons }: PartialFailure): StatusError {
  const message = reasons.join("\n");
  const value = errorResourceInitFailed.encode({ id, properties, inputs, reasons });
  if (value.length > LARGEST_DETAIL)
    return new StatusError(code.UNKNOWN, `${message}\nWhat was made is too large to be saved in the state.`);
  const typeUrl = "type.googleapis.com/pulumirpc.ErrorResourceInitFailed";
  const error = new StatusError(code.UNKNOWN, message);
  error.metadata.set(
    "grpc-status-details-bin",
    status.encode({ code: error.code, message, details: [{ typeUrl, value }] }),
  );
  return error;
}
