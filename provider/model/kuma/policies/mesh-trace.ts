import type { JsonObject } from "../../fields.ts";
import type { Kind, Report } from "../../kind.ts";
import { notEmpty, percentage, url } from "./checks.ts";
import { collectorRules, hasInlineCollector, INLINE_COLLECTOR } from "./collector.ts";
import { entriesOf, inside, judgeAt, textOf, typeRules } from "./entries.ts";
import { type SpecContext, specifiedKind } from "./kind.ts";
import { PROXIES } from "./target-refs.ts";

const BACKENDS = { Datadog: "datadog", Zipkin: "zipkin", OpenTelemetry: "openTelemetry" };

function rules(spec: JsonObject, { report, warn }: SpecContext): void {
  const conf = inside(spec, "default");
  const backends = entriesOf(conf.backends, "spec.default.backends");
  for (const backend of backends) {
    const { object, at } = backend;
    const field = typeRules(backend, BACKENDS, report);
    if (field === undefined || object[field] === undefined) continue;
    const settings = inside(object, field);
    if (field === "datadog") datadogRules(textOf(settings.url), `${at}.datadog.url`, report);
    if (field === "zipkin") judgeAt(settings.url, `${at}.zipkin.url`, url, report);
    if (field === "openTelemetry") collectorRules({ object: settings, at: `${at}.openTelemetry` }, report);
  }
  for (const { object, at } of entriesOf(conf.tags, "spec.default.tags")) {
    const { header, literal } = object;
    if ((header === undefined) === (literal === undefined))
      report(
        `${at}.literal`,
        header === undefined ? "is missing" : "does not go with header",
        "give one of header, literal",
      );
  }
  if (backends.some(({ object }) => hasInlineCollector(object))) warn(INLINE_COLLECTOR);
}

/** Datadog's collector is a host and a port, as in `http://127.0.0.1:8126`. */
function datadogRules(text: string | undefined, at: string, report: Report): void {
  if (text === undefined) return;
  const hint = 'as in "http://127.0.0.1:8126"';
  const parsed = /^[^/:?#]+:\/\/|^\//.test(text) ? URL.parse(text) : null;
  const [, port] = /^[a-z+.-]+:\/\/[^/?#]*?:(\d*)(?:[/?#]|$)/i.exec(text) ?? [];
  if (!parsed) report(at, "is no URL", hint);
  else if (parsed.protocol !== "http:") report(at, "does not begin with http://", hint);
  else if (!port || Number(port) < 1 || Number(port) > 65535) report(at, "has no port in 1 to 65535", hint);
  else if (!/^http:\/\/[^/?#@]*$/i.test(text)) report(at, "has more than host and port", hint);
}

/** Traces of requests. */
export const meshTrace: Kind = specifiedKind({
  type: "MeshTrace",
  doc: "Traces of requests.",
  docs: "policies/meshtrace",
  example: `
new kuma.MeshTrace("zipkin", {
  spec: { default: { backends: [{ type: "Zipkin", zipkin: { url: "http://zipkin.example.org:9411/api/v2/spans" } }] } },
});
`,
  since: "2.0",
  instead: "TrafficTrace",
  top: { kinds: PROXIES, systemOnly: ["MeshGateway"] },
  refinements: {
    default: { required: true },
    "default.backends": { required: true },
    "default.tags[].name": notEmpty,
    "default.sampling.*": percentage,
  },
  rules,
});
