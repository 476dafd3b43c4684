import { hasUnknown, isObject, type Json, type JsonObject } from "../fields.ts";
import type { RuleContext } from "../kind.ts";
import { formatPath } from "../paths.ts";
import { varsProblem } from "./vars.ts";

type Path = readonly (string | number)[];

/** Says what is wrong at a path in a plugin's configuration. */
type ReportAt = (path: Path, reason: string, hint?: string) => void;

/** What a plugin's code asks of a configuration that its schema does not say. */
type Rule = (configuration: JsonObject, report: ReportAt, schema: JsonObject) => void;

/**
 * Where expressions stand in the configurations of plugins that check them when they are written; `*` stands for every
 * element of a list. Those of `workflow` are checked by older versions only, and left to them.
 */
const EXPRESSIONS: Record<string, Path[]> = {
  "chaitin-waf": [["match", "*", "vars"]],
  "fault-injection": [
    ["abort", "vars", "*"],
    ["delay", "vars", "*"],
  ],
  "file-logger": [["match"], ...logged()],
  "http-logger": logged(),
  "kafka-logger": logged(),
  loggly: logged(),
  "loki-logger": logged(),
  "response-rewrite": [["vars"]],
  "rocketmq-logger": logged(),
  "tencent-cloud-cls": logged(),
  "traffic-label": [["rules", "*", "match"]],
  "traffic-split": [["rules", "*", "match", "*", "vars"]],
};

function logged(): Path[] {
  return [["include_req_body_expr"], ["include_resp_body_expr"]];
}

const RULES: Record<string, Rule> = {
  cors(configuration, report, schema) {
    if (configuration.allow_credential !== true) return;
    const properties = isObject(schema.properties) ? schema.properties : {};
    for (const field of CORS_FIELDS) {
      const described = properties[field];
      const standard = isObject(described) ? described.default : undefined;
      const value = configuration[field];
      if (value === "*") report([field], "does not go with allow_credential: true", CORS_HINT);
      else if (value === undefined && standard === "*")
        report([field], 'is missing: "*", its default, does not go with allow_credential: true', CORS_HINT);
    }
  },
};

const CORS_FIELDS = [
  "allow_origins",
  "allow_methods",
  "allow_headers",
  "expose_headers",
  "timing_allow_origins",
];
const CORS_HINT = 'name what is allowed, as in "https://a.example,https://b.example"';

/** Where plugins want an expression that their schemas leave out. */
const MATCHES: Record<string, Path> = {
  "chaitin-waf": ["match", "*"],
  "traffic-split": ["rules", "*", "match", "*"],
};

/** Judges what the code of a plugin checks when its configuration is written, once its schema is fulfilled. */
export function writtenRules(
  name: string,
  configuration: JsonObject,
  schema: JsonObject,
  at: Path,
  context: RuleContext,
): void {
  const report: ReportAt = (path, reason, hint) => context.report(formatPath([...at, ...path]), reason, hint);
  const places = Object.hasOwn(EXPRESSIONS, name) ? (EXPRESSIONS[name] ?? []) : [];
  for (const place of [...places, ["_meta", "filter"]]) {
    for (const { path, value } of valuesAt(configuration, place)) {
      const problem = hasUnknown(value) ? undefined : varsProblem(value);
      if (problem) context.report(formatPath([...at, ...path]) + problem[0], problem[1]);
    }
  }
  const matches = Object.hasOwn(MATCHES, name) ? (MATCHES[name] ?? []) : [];
  for (const { path, value } of matches.length > 0 ? valuesAt(configuration, matches) : []) {
    if (isObject(value) && value.vars === undefined)
      report([...path, "vars"], "is missing", "[] matches everything");
  }
  if (Object.hasOwn(RULES, name)) RULES[name]?.(configuration, report, schema);
}

/** What stands at a place, if something does. */
function valuesAt(value: Json | undefined, place: Path, path: Path = []): { path: Path; value: Json }[] {
  if (value === undefined) return [];
  const [key, ...rest] = place;
  if (key === undefined) return [{ path, value }];
  if (key !== "*") return isObject(value) ? valuesAt(value[key], rest, [...path, key]) : [];
  if (!Array.isArray(value)) return [];
  return value.flatMap((item, index) => valuesAt(item, rest, [...path, index]));
}
