import { RunError } from "@pulumi/pulumi";

/** What is wrong with an `ExternalBackend`. Nothing of it has been declared when its constructor throws this. */
export class ExternalBackendError extends RunError {
  /** Stable, for programs. */
  readonly kind = "INVALID_BACKEND";

  constructor(what: string, refusals: readonly string[]) {
    super(`${what}: ${refusals.join("\n  ")}`);
    this.name = "ExternalBackendError";
    this.stack = this.message;
  }
}
