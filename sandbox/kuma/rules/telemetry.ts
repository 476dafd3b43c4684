import type { Violation } from "../errors.ts";
import type { Fields } from "../message.ts";
import { complainIf, complaint, fields, isSet, list, text } from "./checks.ts";

/** Checks where an OpenTelemetry backend is: at an endpoint or at what is referred to, and not both. */
export function checkTelemetry(
  value: unknown,
  field: string,
  checkEndpoint: (endpoint: string, field: string) => Violation[] = () => [],
): Violation[] {
  const { endpoint, backendRef } = fields(value);
  const isGiven = text(endpoint) !== "";
  const both = "openTelemetry must have only one type defined: endpoint, backendRef";
  const none = "openTelemetry must have exactly one defined: endpoint, backendRef";
  if (isGiven && isSet(backendRef)) return complaint(field, both);
  if (!isGiven && !isSet(backendRef)) return complaint(field, none);
  if (isSet(backendRef)) {
    const hasLabels = Object.keys(fields(fields(backendRef).labels)).length > 0;
    return complainIf(!hasLabels, `${field}.backendRef`, "backendRef must have exactly one defined: labels");
  }
  if (/[/?#]/.test(text(endpoint))) {
    return complaint(`${field}.endpoint`, "must be in host:port format, not a URL");
  }
  return checkEndpoint(text(endpoint), `${field}.endpoint`);
}

/** What a PUT answers about backends whose endpoint is in the policy itself. */
export function telemetryWarnings(confs: unknown[]): string[] {
  const backends = confs.flatMap((conf) => list(fields(conf).backends)).map(fields);
  const isInline = ({ openTelemetry }: Fields) => {
    const { endpoint, backendRef } = fields(openTelemetry);
    return text(endpoint) !== "" && !isSet(backendRef);
  };
  if (!backends.some(isInline)) return [];
  return [
    "openTelemetry.endpoint is deprecated, use openTelemetry.backendRef with a MeshOpenTelemetryBackend " +
      "resource instead",
  ];
}
