import { withoutNothing } from "../canonical.ts";
import { isObject, type Json, type JsonObject, UNKNOWN } from "../fields.ts";
import type { RuleContext } from "../kind.ts";
import { nearest } from "../nearest.ts";
import { formatPath, parsePath } from "../paths.ts";
import { problemsOf } from "./json-schema.ts";
import { KNOWN_VERSION, type PluginUse, pluginNames, pluginSchema } from "./plugin-catalogue.ts";
import { type Finding, unknownField } from "./plugin-errors.ts";
import { writtenRules } from "./plugin-rules.ts";

/** Of plugins in one place, and of unknown fields in one plugin: many more than there are. */
const MOST_JUDGED = 200;

/** Judges plugins by name with their configurations, which stand at the path `at`, as APISIX would. */
export function pluginRules(
  plugins: Json | undefined,
  at: string,
  context: RuleContext,
  use: PluginUse = "schema",
): void {
  if (!isObject(plugins)) return;
  for (const [name, configuration] of Object.entries(plugins).slice(0, MOST_JUDGED)) {
    const path = [...parsePath(at), name];
    nameRule(name, path, context, use);
    configurationRules(name, configuration, path, context, use);
  }
}

/**
 * Judges the name of a plugin. The server's word goes before what is known here; where it says nothing, a plugin that is
 * not built in is let through with a warning, unless it looks misspelt.
 */
export function nameRule(
  name: string,
  at: readonly (string | number)[],
  context: RuleContext,
  use: PluginUse,
): void {
  const names = pluginNames(use);
  const isCustom = context.customPlugins.includes(name);
  // What the server lists is for requests; a plugin for TCP and UDP only is not among it.
  const served = use === "stream" ? undefined : context.served?.get(name);
  if (served) return;
  const near = nearest(name, names, Math.min(2, Math.floor(name.length / 4)));
  if (served === null && use !== "metadata_schema") {
    const hint = near === undefined || near === name ? "" : `did you mean "${near}"? `;
    const absent = "is no plugin of this APISIX";
    const enable = "a plugin has to be in the list plugins of its configuration";
    if (isCustom) context.warn(`${formatPath(at)} ${absent} yet; ${enable}.`);
    else context.report(formatPath(at), absent, `${hint}${enable}`);
    return;
  }
  if (names.includes(name) || isCustom) return;
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

/** Judges the configuration of one plugin by the server's own schema, else by the one known here, if it is built in. */
export function configurationRules(
  name: string,
  configuration: Json,
  at: readonly (string | number)[],
  context: RuleContext,
  use: PluginUse,
): void {
  // Of a plugin's schemas the server gives the one for requests.
  const served = use === "schema" ? context.served?.get(name) : undefined;
  const isKnown = !context.customPlugins.includes(name) && pluginNames(use).includes(name);
  const schema = served ?? (isKnown ? pluginSchema(name, use) : undefined);
  const value = withoutNothing(configuration);
  if (!schema || !isObject(value)) return;
  const wrong = problemsOf(schema, value, context.release);
  const strange = strangers([schema], value, []);
  for (const { path, reason, hint } of [...wrong, ...strange.filter(({ meant }) => meant)]) {
    context.report(formatPath([...at, ...path]), reason, hint);
  }
  if (wrong.length === 0 && isKnown && use !== "stream") writtenRules(name, value, schema, at, context);
  const judge = served ? "this APISIX" : `APISIX ${KNOWN_VERSION}`;
  for (const { path, meant } of strange) {
    const where = formatPath([name, ...path]);
    if (!meant) context.warn(`${where}: ${judge} knows no such field and takes no notice of it.`);
  }
}

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
  let unknown = 0;
  return Object.entries(value).flatMap(([key, inner]): Stranger[] => {
    const about = properties.flatMap((fields) => (Object.hasOwn(fields, key) ? [fields[key] ?? null] : []));
    if (about.length > 0) return inner === UNKNOWN ? [] : strangers(about, inner, [...path, key]);
    if (open || closed || key === "_meta" || unknown++ >= MOST_JUDGED) return [];
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
