import type { Violation } from "../errors.ts";
import { complainIf, each, isSet } from "./checks.ts";
import { checkTargetRef } from "./target-ref.ts";

/** The name that a route gets for a backend that could not be found; it is no name, and taken. */
const UNRESOLVED = "kuma.io/unresolved-backend";

/** Checks where a route sends to. */
export function checkBackendRefs(value: unknown, field: string, takesUnresolved = false): Violation[] {
  return each(value, field, (ref, at) => [
    ...checkTargetRef(
      ref,
      at,
      ["MeshService", "MeshServiceSubset", "MeshExternalService", "MeshMultiZoneService"],
      takesUnresolved ? { anyName: [UNRESOLVED] } : {},
    ),
    ...complainIf(
      ref.kind === "MeshMultiZoneService" && !isSet(ref.port),
      `${at}.port`,
      "must be defined with kind MeshMultiZoneService",
    ),
  ]);
}
