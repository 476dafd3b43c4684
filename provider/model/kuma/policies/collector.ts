import { isObject, type JsonObject } from "../../fields.ts";
import type { Report } from "../../kind.ts";
import { type Entry, textOf } from "./entries.ts";
import { isGiven, mayBeGiven } from "./target-refs.ts";
import { isHostAndPort } from "./texts.ts";

/**
 * Judges the OpenTelemetry collector of a backend: its address, or a reference to an object that says it.
 *
 * @param needsPort The address has to have a port.
 */
export function collectorRules(entry: Entry | undefined, report: Report, needsPort = false): void {
  if (!entry) return;
  const { object, at } = entry;
  const { endpoint, backendRef } = object;
  if (isGiven(endpoint) && backendRef !== undefined)
    report(`${at}.endpoint`, "does not go with backendRef", "keep backendRef");
  if (!mayBeGiven(endpoint) && backendRef === undefined)
    report(`${at}.backendRef`, "is missing", "give backendRef, or the older endpoint");
  if (isObject(backendRef) && !mayBeGiven(backendRef.labels))
    report(
      `${at}.backendRef.labels`,
      "is missing",
      "the labels tell which MeshOpenTelemetryBackend is meant",
    );
  const address = textOf(endpoint) ?? "";
  if (backendRef !== undefined || address === "") return;
  if (/[/?#]/.test(address)) report(`${at}.endpoint`, 'is a URL; it has to be "host:port"');
  else if (needsPort && !isHostAndPort(address)) report(`${at}.endpoint`, 'is no "host:port"');
}

/** What is told of a collector whose address stands in the policy. */
export const INLINE_COLLECTOR =
  "openTelemetry.endpoint is deprecated; use openTelemetry.backendRef with a MeshOpenTelemetryBackend.";

/** Whether a backend has a collector whose address stands in the policy. */
export function hasInlineCollector({ openTelemetry }: JsonObject): boolean {
  return (
    isObject(openTelemetry) && mayBeGiven(openTelemetry.endpoint) && openTelemetry.backendRef === undefined
  );
}
