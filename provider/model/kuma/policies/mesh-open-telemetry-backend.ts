import type { JsonObject } from "../../fields.ts";
import type { Kind } from "../../kind.ts";
import { address, between } from "./checks.ts";
import { inside, textOf } from "./entries.ts";
import { type SpecContext, specifiedKind } from "./kind.ts";

function rules(spec: JsonObject, { report }: SpecContext): void {
  const { protocol = "grpc" } = spec;
  const path = textOf(inside(spec, "endpoint").path);
  if (!path) return;
  const at = "spec.endpoint.path";
  if (protocol === "grpc") report(at, "does not go with the protocol grpc", "use http");
  if (protocol !== "http") return;
  if (!path.startsWith("/")) report(at, 'does not begin with "/"');
  if (/[?#]/.test(path)) report(at, "has a query or fragment");
}

/** A collector of OpenTelemetry, to which policies refer. */
export const meshOpenTelemetryBackend: Kind = specifiedKind({
  type: "MeshOpenTelemetryBackend",
  doc: "A collector of OpenTelemetry, to which policies refer.",
  docs: "policies/meshopentelemetrybackend",
  example: `
new kuma.MeshOpenTelemetryBackend("collector", {
  labels: { collector: "main" },
  spec: { endpoint: { address: "otel.example.org", port: 4317 } },
});
`,
  since: "2.14",
  instead: "openTelemetry.endpoint in the policies",
  refinements: { "endpoint.address": address, "endpoint.port": between(1, 65535) },
  rules,
});
