const NOT_KNOWN: unique symbol = Symbol("not known");

/** Stands in the place of a value that is not known yet or is hidden because it is secret, at any depth of an object. */
export interface NotKnown {
  readonly [NOT_KNOWN]: "unknown" | "secret";
}

/** A marker for a value that cannot be read, and why. */
export function notKnown(why: "unknown" | "secret"): NotKnown {
  return { [NOT_KNOWN]: why };
}

/** Whether a value is such a marker. */
export function isNotKnown(value: unknown): value is NotKnown {
  return typeof value === "object" && value !== null && NOT_KNOWN in value;
}

/** Why a marker stands where it stands. */
export function whyNotKnown(marker: NotKnown): "unknown" | "secret" {
  return marker[NOT_KNOWN];
}
