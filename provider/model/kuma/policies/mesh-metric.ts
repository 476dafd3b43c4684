import type { JsonObject } from "../../fields.ts";
import type { Kind } from "../../kind.ts";
import { between } from "./checks.ts";
import { collectorRules, hasInlineCollector, INLINE_COLLECTOR } from "./collector.ts";
import { entriesOf, inside, judgeAt, typeRules } from "./entries.ts";
import { type SpecContext, specifiedKind } from "./kind.ts";
import type { Refinement } from "./spec-schema.ts";
import { PROXIES } from "./target-refs.ts";

const regularExpression: Refinement = {
  check: (value) =>
    typeof value !== "string" || isRegularExpression(value)
      ? undefined
      : { reason: "is no regular expression" },
};

function isRegularExpression(text: string): boolean {
  // What Kuma's library and JavaScript's spell differently is left to the server: flags in front, and POSIX classes.
  const plain = text.replace(/\(\?[imsU-]+[:)]/g, "(?:").replace(/\[\[:\^?\w+:\]\]/g, "x");
  if (plain !== text) return true;
  try {
    return new RegExp(plain) instanceof RegExp;
  } catch {
    return false;
  }
}

function rules(spec: JsonObject, { report, warn }: SpecContext): void {
  const conf = inside(spec, "default");
  const backends = entriesOf(conf.backends, "spec.default.backends");
  for (const backend of backends) {
    const { object, at } = backend;
    const field = typeRules(backend, { Prometheus: "prometheus", OpenTelemetry: "openTelemetry" }, report);
    const settings = field === undefined ? {} : inside(object, field);
    const { port } = settings;
    if (field === "prometheus" && typeof port === "number" && (port < 1 || port > 65535))
      report(`${at}.prometheus.port`, "is not in 1 to 65535");
    if (field === "openTelemetry" && object.openTelemetry !== undefined)
      collectorRules({ object: settings, at: `${at}.openTelemetry` }, report, true);
  }
  const profiles = inside(conf, "sidecar", "profiles");
  for (const list of ["include", "exclude"]) {
    for (const { object, at } of entriesOf(profiles[list], `spec.default.sidecar.profiles.${list}`))
      if (object.type === "Regex") judgeAt(object.match, `${at}.match`, regularExpression, report);
  }
  if (backends.some(({ object }) => hasInlineCollector(object))) warn(INLINE_COLLECTOR);
}

/** Metrics of data planes and of the applications beside them. */
export const meshMetric: Kind = specifiedKind({
  type: "MeshMetric",
  doc: "Metrics of data planes and of the applications beside them.",
  docs: "policies/meshmetric",
  example: `
new kuma.MeshMetric("prometheus", {
  spec: { default: { backends: [{ type: "Prometheus", prometheus: { port: 5670 } }] } },
});
`,
  since: "2.6",
  instead: "the mesh's metrics",
  top: { kinds: PROXIES, systemOnly: ["MeshGateway"], gatewayTags: true },
  refinements: { default: { absentMeans: {} }, "default.applications[].port": between(1, 65535) },
  rules,
});
