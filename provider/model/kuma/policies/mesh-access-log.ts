import { isObject, type JsonObject } from "../../fields.ts";
import type { Kind } from "../../kind.ts";
import { filePath, url } from "./checks.ts";
import { collectorRules, hasInlineCollector, INLINE_COLLECTOR } from "./collector.ts";
import {
  type Entry,
  entriesOf,
  inside,
  judgeAt,
  listRules,
  matchRefinements,
  textOf,
  typeRules,
} from "./entries.ts";
import { type SpecContext, specifiedKind } from "./kind.ts";
import type { Refinement } from "./spec-schema.ts";
import { DESTINATIONS, PROXIES, targetRefRules } from "./target-refs.ts";

const LISTS = ["from", "to", "rules"];
const BACKENDS = { File: "file", Tcp: "tcp", OpenTelemetry: "openTelemetry" };

function rules(spec: JsonObject, context: SpecContext): void {
  const { report, warn, topKind } = context;
  listRules(spec, LISTS, report);
  const kinds = topKind === "MeshGateway" ? ["Mesh"] : [...DESTINATIONS, "MeshHTTPRoute"];
  for (const { object, at } of entriesOf(spec.to, "spec.to"))
    targetRefRules(object.targetRef, `${at}.targetRef`, { kinds }, report);
  for (const { object, at } of entriesOf(spec.from, "spec.from"))
    targetRefRules(object.targetRef, `${at}.targetRef`, { kinds: ["Mesh"] }, report);
  const backends = LISTS.flatMap((list) =>
    entriesOf(spec[list], `spec.${list}`).flatMap(({ object, at }) =>
      entriesOf(inside(object, "default").backends, `${at}.default.backends`),
    ),
  );
  for (const backend of backends) backendRules(backend, context);
  if (entriesOf(spec.from, "").length > 0) warn("spec.from is deprecated; use spec.rules.");
  if (backends.some(({ object }) => hasInlineCollector(object))) warn(INLINE_COLLECTOR);
}

function backendRules(backend: Entry, { report }: SpecContext): void {
  const field = typeRules(backend, BACKENDS, report);
  const settings = field === undefined ? undefined : backend.object[field];
  if (!isObject(settings)) return;
  const at = `${backend.at}.${field}`;
  if (field === "file") judgeAt(settings.path, `${at}.path`, filePath, report);
  if (field === "tcp") judgeAt(settings.address, `${at}.address`, url, report);
  if (field === "openTelemetry") {
    collectorRules({ object: settings, at }, report);
    for (const attribute of entriesOf(settings.attributes, `${at}.attributes`))
      judgeAt(attribute.object.key, `${attribute.at}.key`, attributeName, report);
  }
  if (isObject(settings.format)) formatRules({ object: settings.format, at: `${at}.format` }, report);
}

function formatRules(format: Entry, report: SpecContext["report"]): void {
  const field = typeRules(format, { Plain: "plain", Json: "json" }, report);
  const { object, at } = format;
  if (field === "plain" && object.plain === "") report(`${at}.plain`, "is empty");
  if (field !== "json" || !Array.isArray(object.json)) return;
  if (object.json.length === 0) report(`${at}.json`, "is empty");
  for (const entry of entriesOf(object.json, `${at}.json`)) {
    for (const name of ["key", "value"]) {
      const text = textOf(entry.object[name]);
      if (text === "") report(`${entry.at}.${name}`, "is empty");
      else if (text !== undefined && !isInsideJson(text))
        report(`${entry.at}.${name}`, "makes no JSON", "escape quotes and backslashes");
    }
  }
}

/** Kuma writes keys and values between quotes as they are. */
function isInsideJson(text: string): boolean {
  try {
    return typeof JSON.parse(`"${text}"`) === "string";
  } catch {
    return false;
  }
}

const attributeName: Refinement = {
  check: (value) =>
    typeof value === "string" && value.startsWith("otel.")
      ? { reason: 'begins with "otel.", which is reserved' }
      : undefined,
};

/** Logs of connections and requests. */
export const meshAccessLog: Kind = specifiedKind({
  type: "MeshAccessLog",
  doc: "Logs of connections and requests.",
  docs: "policies/meshaccesslog",
  example: `
new kuma.MeshAccessLog("all-requests", {
  spec: {
    to: [{ targetRef: { kind: "Mesh" }, default: { backends: [{ type: "File", file: { path: "/dev/stdout" } }] } }],
  },
});
`,
  since: "2.0",
  instead: "TrafficLog",
  top: { kinds: PROXIES, gatewayTags: true },
  refinements: {
    "to|from|rules[].default.backends": { required: true },
    ...matchRefinements("rules[].matches"),
  },
  rules,
});
