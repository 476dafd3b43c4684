import { quote } from "./go/quote.ts";

/** One complaint of a control plane about one field. */
export interface Violation {
  field: string;
  reason: string;
}

/** An error as the control plane answers it: a status and the JSON body that goes with it. */
export class KumaError extends Error {
  readonly status: number;
  readonly body: Record<string, unknown>;

  constructor(status: number, title: string, detail: string, violations: Violation[] = []) {
    super(`${title}: ${detail}`);
    this.status = status;
    const causes = violations.map(({ field, reason }) => ({ field, message: reason }));
    this.body = {
      type: "/std-errors",
      status,
      title,
      detail,
      ...(violations.length > 0 && { invalid_parameters: violations }),
      details: detail,
      ...(violations.length > 0 && { causes }),
    };
  }
}

/** A request at which the control plane breaks down: the connection ends without an answer. */
export class BrokenConnection extends Error {}

/** 404 in the control plane's own words; the title tells what was being done. */
export const notFound = (title: string): KumaError => new KumaError(404, title, "Not found");

/** 400 for a resource that was understood but breaks rules; the title tells what was being done. */
export const notValid = (violations: Violation[], title = "Could not process a resource"): KumaError =>
  new KumaError(400, title, "Resource is not valid", violations);

/** Refuses what breaks rules. */
export function refuse(violations: Violation[], title?: string): void {
  if (violations.length > 0) throw notValid(violations, title);
}

/** 400 for a body that cannot be decoded into the resource's type at all. */
export const malformed = (type: string, message: string): KumaError =>
  new KumaError(400, "Bad Request", `invalid ${type} object: ${quote(message)}`);
