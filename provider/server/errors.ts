import { printable, shortened } from "../model/text.ts";

/** Of a message; what is longer repeats what somebody else has written. */
const MOST_CHARACTERS = 5000;

/** Stable codes of the errors that this package reports. */
export type ErrorCode =
  | "INVALID_CONFIGURATION"
  | "UNREACHABLE"
  | "TIMEOUT"
  | "UNAUTHORIZED"
  | "NOT_THE_API"
  | "REFUSED_BY_SERVER"
  | "SERVER_ERROR"
  | "NOT_FOUND"
  | "ALREADY_EXISTS"
  | "OWNED_BY_ANOTHER"
  | "STILL_IN_USE"
  | "PARTLY_DONE"
  | "WRONG_SERVER";

/**
 * An error for the person at the terminal: what was being done, what the server said, what to do next.
 * It carries no stack, since Pulumi would print it, and nothing that a terminal would obey, whatever a server said.
 */
export class BackendError extends Error {
  /** Stable, for programs. Not named `code`: gRPC would take that for a status of its own. */
  readonly errorCode: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(`${printable(shortened(message, MOST_CHARACTERS))} [${code}]`, options);
    this.name = "BackendError";
    this.errorCode = code;
    this.stack = "";
  }

  /** Pulumi prints the text of an error twice for some methods; this keeps the first of them short. */
  override toString(): string {
    return this.errorCode;
  }
}

/** The server could not be asked at all. */
export function isUnreachable(error: unknown): error is BackendError {
  return (
    error instanceof BackendError && (error.errorCode === "UNREACHABLE" || error.errorCode === "TIMEOUT")
  );
}

/** The call may have been carried out although it failed. */
export function isLost(error: unknown): boolean {
  const lost = ["UNREACHABLE", "TIMEOUT", "SERVER_ERROR", "NOT_THE_API"];
  return error instanceof BackendError && lost.includes(error.errorCode);
}
