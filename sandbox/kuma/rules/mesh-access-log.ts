import type { Violation } from "../errors.ts";
import { isFilePath } from "../go/files.ts";
import { isUrl } from "../go/network.ts";
import type { Fields } from "../message.ts";
import { complainIf, complaint, each, fields, isSet, list, text } from "./checks.ts";
import { checkMatches } from "./matches.ts";
import {
  checkLists,
  checkTop,
  DESTINATIONS,
  FROM_WARNING,
  policyWarnings,
  type Rules,
  TOP,
  topKind,
} from "./policy.ts";
import { checkTargetRef } from "./target-ref.ts";
import { checkTelemetry, telemetryWarnings } from "./telemetry.ts";

/** Access logs: each backend has the one part that its type asks for, and formats are whole. */
export const meshAccessLog: Rules = {
  typing: { omittedWhenEmpty: ["backendRef.labels"] },
  check: (spec, circumstances) => [
    ...checkTop(spec, circumstances, TOP),
    ...checkLists(spec),
    ...each(spec.to, "spec.to", (entry, field) => [
      ...checkTargetRef(
        entry.targetRef,
        `${field}.targetRef`,
        topKind(spec) === "MeshGateway" ? ["Mesh"] : [...DESTINATIONS, "MeshHTTPRoute"],
      ),
      ...checkDefault(entry.default, `${field}.default`),
    ]),
    ...each(spec.from, "spec.from", (entry, field) => [
      ...checkTargetRef(entry.targetRef, `${field}.targetRef`, ["Mesh"]),
      ...checkDefault(entry.default, `${field}.default`),
    ]),
    ...each(spec.rules, "spec.rules", (rule, field) => [
      ...checkMatches(rule.matches, `${field}.matches`),
      ...checkDefault(rule.default, `${field}.default`),
    ]),
  ],
  warnings(spec) {
    const entries = [spec.to, spec.from, spec.rules].flatMap(list);
    const [first = [], ...rest] = [
      policyWarnings({ from: spec.from }, FROM_WARNING),
      policyWarnings({ ...spec, from: [] }),
    ];
    return [...first, ...telemetryWarnings(entries.map((entry) => fields(entry).default)), ...rest.flat()];
  },
};

function checkDefault(value: unknown, field: string): Violation[] {
  const { backends } = fields(value);
  if (!isSet(backends)) return complaint(`${field}.backends`, "must be defined");
  return each(backends, `${field}.backends`, checkBackend);
}

function checkBackend(backend: Fields, field: string): Violation[] {
  const name = { File: "file", Tcp: "tcp", OpenTelemetry: "openTelemetry" }[text(backend.type)] ?? "";
  const at = `${field}.${name}`;
  if (!isSet(backend[name])) return complaint(at, "must be defined");
  const { format, path, address, attributes } = fields(backend[name]);
  const checkedFormat = isSet(format) ? checkFormat(fields(format), `${at}.format`) : [];
  if (name === "file") {
    const reason = "file backend requires a valid path";
    return [...checkedFormat, ...complainIf(!isFilePath(text(path)), `${at}.path`, reason)];
  }
  if (name === "tcp") {
    const reason = "tcp backend requires valid address";
    return [...checkedFormat, ...complainIf(!isUrl(text(address)), `${at}.address`, reason)];
  }
  return [
    ...checkTelemetry(backend[name], at),
    ...each(attributes, `${at}.attributes`, ({ key }, place) => checkAttribute(text(key), `${place}.key`)),
  ];
}

function checkAttribute(key: string, field: string): Violation[] {
  if (key === "") return complaint(field, "must be defined");
  if (key.includes("%")) {
    const reason = "must be a static OpenTelemetry attribute name; placeholders are only supported in values";
    return complaint(field, reason);
  }
  return complainIf(key.startsWith("otel."), field, "must not use the reserved OpenTelemetry prefix 'otel.'");
}

function checkFormat({ type, plain, json }: Fields, field: string): Violation[] {
  if (type === "Plain") {
    if (!isSet(plain)) return complaint(`${field}.plain`, "must be defined");
    return complainIf(plain === "", `${field}.plain`, "must not be empty");
  }
  if (!isSet(json)) return complaint(`${field}.json`, "must be defined");
  return [
    ...complainIf(list(json).length === 0, `${field}.json`, "must not be empty"),
    ...each(json, `${field}.json`, ({ key, value }, at) => [
      ...complainIf(key === "", `${at}.key`, "key cannot be empty"),
      ...complainIf(value === "", `${at}.value`, "value cannot be empty"),
      ...complainIf(!isJson(`{"${text(key)}": "${text(value)}"}`), at, "is not a valid JSON object"),
    ]),
  ];
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
