import { expressionError } from "../expression.ts";
import { loadLua } from "../lua/code.ts";
import { LuaError, luaNumberText, luaType } from "../lua/values.ts";
import { validate } from "../schema/validator.ts";
import type { Plugin } from "../schemas.ts";
import { isObject, type JsonObject } from "../store.ts";
import { expressionRules } from "./plugin-expressions.ts";
import { endpointProblem, fieldRules, openidProblem, providerProblem } from "./plugin-fields.ts";
import { patternRules } from "./plugin-patterns.ts";
import type { PluginContext, PluginRule } from "./plugin-rule.ts";

/** What else the checks of plugins need. */
export type PluginsContext = Omit<PluginContext, "check" | "credentials">;

/** The plugins that check nothing of their configuration. */
const unchecked = new Set(["ai"]);

const rules: Record<string, PluginRule>[] = [fieldRules, patternRules, expressionRules];

/**
 * Checks the plugins of an object, and fills in the defaults of their schemas. Returns what is wrong.
 * @param use Whether they are a route's or the like, a consumer's, or a stream route's.
 */
export function pluginsProblem(
  plugins: JsonObject,
  use: "http" | "consumer" | "stream",
  context: PluginsContext,
): string | undefined {
  const known = use === "stream" ? context.schemas.streamPlugins : context.schemas.plugins;
  for (const [name, configuration] of Object.entries(plugins)) {
    if (typeof configuration !== "object" || configuration === null)
      return `invalid plugin conf ${encoded(configuration)} for plugin [${name}]`;
    const plugin = Object.hasOwn(known, name) ? known[name] : undefined;
    if (!plugin) return `unknown plugin [${name}]`;
    if (unchecked.has(name)) continue;
    const problem = configurationProblem(name, plugin, configuration, use === "consumer", context);
    // What is switched off never runs, so that later releases take it as it is.
    if (problem !== undefined && (!context.schemas.newest || !isDisabled(configuration))) {
      if (use === "stream") return `failed to check the configuration of stream plugin [${name}]: ${problem}`;
      return `failed to check the configuration of plugin ${name} err: ${problem}`;
    }
    const meta = use === "stream" ? undefined : metaProblem(name, configuration, context.older);
    if (meta !== undefined) return meta;
  }
  return undefined;
}

/** A value as APISIX's JSON writes it in a message. */
function encoded(value: unknown): string {
  if (typeof value === "number") return luaNumberText(value);
  return JSON.stringify(value === null ? "userdata: NULL" : value);
}

function isDisabled(configuration: object): boolean {
  return isObject(configuration) && isObject(configuration._meta) && configuration._meta.disable === true;
}

function configurationProblem(
  name: string,
  plugin: Plugin,
  configuration: object,
  consumer: boolean,
  context: PluginsContext,
): string | undefined {
  const { older, schemas } = context;
  const credentials = consumer && plugin.type === "auth";
  const own = (credentials && plugin.consumer_schema) || plugin.schema;
  // The older ai-proxy keeps several schemas in the place of its own.
  const schema = isObject(own.plugin_schema) ? own.plugin_schema : own;
  const first = beforeSchema(name, configuration, older);
  if (first !== undefined) return first;
  const validation = validate(schema, configuration, schemas.dialect);
  if ("error" in validation) return ambiguity(name, configuration, validation.error) ?? validation.error;
  Object.assign(configuration, validation.value);
  const inner: PluginContext = {
    ...context,
    credentials,
    check: (other, part) => {
      const found = schemas.plugins[other];
      return found
        ? configurationProblem(other, found, part as object, false, context)
        : "invalid plugin conf";
    },
  };
  for (const table of rules) {
    const problem = table[name]?.(configuration as JsonObject, inner);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** What some plugins look at before they look at their schema. */
function beforeSchema(name: string, configuration: object, older: boolean): string | undefined {
  if (!isObject(configuration)) return undefined;
  if (name === "openid-connect") return openidProblem(configuration, older);
  if (name === "ai-request-rewrite") return endpointProblem(configuration);
  if (name === "ai-proxy" && older) return providerProblem(configuration);
  if (name !== "file-logger" || configuration.match === undefined || configuration.match === false)
    return undefined;
  const error = expressionError(configuration.match);
  return error === undefined ? undefined : `failed to validate the 'match' expression: ${error}`;
}

/** `limit-count` has words of its own for a configuration that is of both its forms. */
function ambiguity(name: string, configuration: object, error: string): string | undefined {
  if (
    !["limit-count", "graphql-limit-count"].includes(name) ||
    !error.includes("value should match only one schema")
  )
    return undefined;
  const { rules: own, count, time_window } = configuration as JsonObject;
  if (own === undefined || (count === undefined && time_window === undefined)) return undefined;
  return "count/time_window and rules cannot be specified at the same time";
}

function metaProblem(name: string, configuration: object, older: boolean): string | undefined {
  const { _meta: meta } = configuration as JsonObject;
  if (meta === null || meta === true || typeof meta === "number")
    throw new LuaError(`attempt to index a ${luaType(meta)} value`);
  if (!isObject(meta)) return undefined;
  const error = meta.filter === undefined ? undefined : expressionError(meta.filter);
  if (error !== undefined) return `failed to validate the 'vars' expression: ${error}`;
  if (older || typeof meta.pre_function !== "string") return undefined;
  const loaded = loadLua(meta.pre_function, "meta pre_function");
  if (!("error" in loaded)) return undefined;
  return `failed to load _meta.pre_function in plugin ${name}: ${loaded.error}`;
}
