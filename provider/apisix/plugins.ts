import { isIPv4, isIPv6 } from "node:net";
import type { Ajv, ValidateFunction } from "ajv";
import { withoutNothing } from "../canonical.ts";
import { isObject, type Json, type JsonObject, UNKNOWN } from "../fields.ts";
import type { RuleContext } from "../kind.ts";
import { formatPath, nearest, parsePath } from "../validate.ts";
import { KNOWN_VERSION, type PluginUse, pluginNames, pluginSchema } from "./plugin-catalogue.ts";
import { type Finding, findings, unknownField } from "./plugin-errors.ts";

/** Judges plugins by name with their configurations, which stand at the path `at`, as APISIX would. */
export function pluginRules(
  plugins: Json | undefined,
  at: string,
  context: RuleContext,
  use: PluginUse = "schema",
): void {
  if (!isObject(plugins)) return;
  for (const [name, configuration] of Object.entries(plugins)) {
    const path = [...parsePath(at), name];
    nameRule(name, path, context, use);
    configurationRules(name, configuration, path, context, use);
  }
}

/** Judges the name of a plugin. One that is not built in is let through with a warning, unless it looks misspelt. */
export function nameRule(
  name: string,
  at: readonly (string | number)[],
  context: RuleContext,
  use: PluginUse,
): void {
  const names = pluginNames(use);
  if (names.includes(name) || context.customPlugins.includes(name)) return;
  const near = nearest(name, names, Math.min(2, Math.floor(name.length / 4)));
  const custom = "If it is a plugin of your own, name it in apisix:customPlugins.";
  if (near !== undefined) {
    const hint = `did you mean "${near}"? ${custom}`;
    context.report(formatPath(at), "is no plugin that APISIX has", hint);
  } else {
    context.warn(
      `"${name}" is none of the plugins that APISIX ${KNOWN_VERSION} starts with, so its configuration is not checked before it is sent. ${custom}`,
    );
  }
}

/** Judges the configuration of one plugin, unless it is not built in. */
export function configurationRules(
  name: string,
  configuration: Json,
  at: readonly (string | number)[],
  context: RuleContext,
  use: PluginUse,
): void {
  if (context.customPlugins.includes(name) || !pluginNames(use).includes(name)) return;
  const schema = pluginSchema(name, use);
  const value = withoutNothing(configuration);
  if (!schema || !isObject(value)) return;
  const wrong = problemsOf(schema, value);
  const strange = strangers([schema], value, []);
  for (const { path, reason, hint } of [...wrong, ...strange.filter(({ meant }) => meant)]) {
    context.report(formatPath([...at, ...path]), reason, hint);
  }
  for (const { path, meant } of strange) {
    const where = formatPath([name, ...path]);
    if (!meant)
      context.warn(`${where}: APISIX ${KNOWN_VERSION} knows no such field and takes no notice of it.`);
  }
}

const validators = new WeakMap<JsonObject, ValidateFunction>();
let ajv: Ajv | undefined;

/** What the schema finds wrong once its defaults are filled in, as the server does first. */
function problemsOf(schema: JsonObject, configuration: JsonObject): Finding[] {
  const known = validators.get(schema);
  const validator = known ?? compiler().compile(schema);
  validators.set(schema, validator);
  const filled = structuredClone(configuration);
  // The first pass fills in the defaults, some of them only after conditions have looked at their fields.
  if (validator(filled) || validator(filled)) return [];
  const found = findings(validator.errors ?? [], schema, configuration);
  const texts = found.map(({ path, reason }) => `${formatPath(path)} ${reason}`);
  return found.filter((_, index) => texts.indexOf(texts[index] ?? "") === index);
}

/** Loaded when the first plugin is judged: it takes longer than all the rest of this package. */
function compiler(): Ajv {
  if (ajv) return ajv;
  const { Ajv } = require("ajv") as typeof import("ajv");
  ajv = new Ajv({
    allErrors: true,
    strict: false,
    logger: false,
    validateSchema: false,
    useDefaults: true,
    code: { regExp: regularExpression, optimize: false },
    formats: { ipv4: isIPv4, ipv6: isIPv6 },
  });
  return ajv;
}

/** APISIX's patterns are PCRE. Some are right for JavaScript only without `u`; one that is not right at all matches anything. */
function regularExpression(pattern: string, flags: string): RegExp {
  const portable = pattern.replaceAll("\\A", "^").replaceAll("\\z", "$");
  for (const tried of [flags, flags.replace("u", "")]) {
    try {
      return new RegExp(portable, tried);
    } catch {}
  }
  return /^/;
}
regularExpression.code = "new RegExp";

/** A name that no schema mentions, where the server takes any and means some; `meant`: it looks like one of those. */
interface Stranger extends Finding {
  meant: boolean;
}

const PARTS = ["allOf", "anyOf", "oneOf", "if", "then", "else", "dependencies", "not"];

/** Every such name in a value to which all of these schemas apply. */
function strangers(schemas: Json[], value: Json, path: (string | number)[]): Stranger[] {
  const all = schemas.flatMap(withParts);
  if (Array.isArray(value)) {
    const items = all.flatMap((schema) => (isObject(schema.items) ? [schema.items] : []));
    return value.flatMap((item, index) => strangers(items, item, [...path, index]));
  }
  if (!isObject(value)) return [];
  const properties = all.flatMap((schema) => (isObject(schema.properties) ? [schema.properties] : []));
  const names = [...new Set(properties.flatMap((fields) => Object.keys(fields)))];
  const open =
    names.length === 0 || all.some((schema) => schema.patternProperties ?? schema.additionalProperties);
  const closed = all.some((schema) => schema.additionalProperties === false);
  return Object.entries(value).flatMap(([key, inner]): Stranger[] => {
    const about = properties.flatMap((fields) => (Object.hasOwn(fields, key) ? [fields[key] ?? null] : []));
    if (about.length > 0) return inner === UNKNOWN ? [] : strangers(about, inner, [...path, key]);
    if (open || closed || key === "_meta") return [];
    return [{ ...unknownField([...path, key], key, names), meant: nearest(key, names) !== undefined }];
  });
}

/** A schema and all that it puts together. */
function withParts(schema: Json): JsonObject[] {
  if (!isObject(schema)) return [];
  const parts = PARTS.flatMap((name) => {
    const part = schema[name];
    return name === "dependencies" && isObject(part) ? Object.values(part) : [part ?? null].flat();
  });
  return [schema, ...parts.flatMap(withParts)];
}
