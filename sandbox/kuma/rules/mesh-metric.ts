import type { Violation } from "../errors.ts";
import { splitHostPort } from "../go/network.ts";
import { isGoPattern } from "../go/pattern.ts";
import type { Fields } from "../message.ts";
import { complainIf, complaint, each, fields, isSet, port, text } from "./checks.ts";
import { checkTop, policyWarnings, type Rules, TOP } from "./policy.ts";
import { checkTelemetry, telemetryWarnings } from "./telemetry.ts";

/** Metrics: patterns that Go compiles, and backends that are where they say. */
export const meshMetric: Rules = {
  typing: {
    durations: ["openTelemetry.refreshInterval"],
    unsigned: { "applications.port": "Application", "prometheus.port": "PrometheusBackend" },
    omittedWhenEmpty: ["backendRef.labels"],
    alwaysWritten: ["spec.default"],
  },
  check(spec, circumstances) {
    const { sidecar, applications, backends } = fields(spec.default);
    const profiles = fields(fields(sidecar).profiles);
    const field = "spec.default";
    return [
      ...checkTop(spec, circumstances, TOP, { byRole: true, noInbound: true }),
      ...(["exclude", "include"] as const).flatMap((name) =>
        each(profiles[name], `${field}.sidecar.profiles.${name}`, ({ type, match }, at) =>
          complainIf(type === "Regex" && !isGoPattern(text(match)), `${at}.match`, "invalid regex"),
        ),
      ),
      // The control plane names these two in the singular below the plural.
      ...each(applications, `${field}.applications.application`, (application, at) =>
        port(application.port, at),
      ),
      ...each(backends, `${field}.backends.backend`, checkBackend),
    ];
  },
  warnings: (spec) => [...telemetryWarnings([spec.default]), ...policyWarnings(spec)],
};

function checkBackend({ type, prometheus, openTelemetry }: Fields, field: string): Violation[] {
  if (type === "Prometheus") {
    if (!isSet(prometheus)) return complaint(`${field}.prometheus`, "must be defined");
    return port(fields(prometheus).port, `${field}.port`);
  }
  if (!isSet(openTelemetry)) return complaint(`${field}.openTelemetry`, "must be defined");
  return checkTelemetry(openTelemetry, `${field}.openTelemetry`, (endpoint, at) =>
    complainIf(!splitHostPort(endpoint), at, "must be in host:port format"),
  );
}
