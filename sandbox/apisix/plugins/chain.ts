import { evaluate, readExpression } from "../expression.ts";
import type { Schemas } from "../schemas.ts";
import { isObject, type JsonObject } from "../store.ts";
import { cors } from "./cors.ts";
import { keyAuth } from "./key-auth.ts";
import type { GatewayPlugin, Passage, Reply } from "./plugin.ts";
import { proxyRewrite } from "./proxy-rewrite.ts";
import { trafficSplit } from "./traffic-split.ts";

/** The plugins that the sandbox's gateway runs. */
export const runnable: Record<string, GatewayPlugin> = {
  cors,
  "key-auth": keyAuth,
  "proxy-rewrite": proxyRewrite,
  "traffic-split": trafficSplit,
};

/** A plugin with its configuration. */
export interface Link {
  name: string;
  configuration: JsonObject;
}

/** The plugins that are switched on, the one with the highest priority first. */
export function chainOf(plugins: JsonObject, schemas: Schemas): Link[] {
  return Object.entries(plugins)
    .flatMap(([name, configuration]) => (isObject(configuration) ? [{ name, configuration }] : []))
    .filter(({ configuration }) => metaOf(configuration).disable !== true)
    .map((link) => ({ link, priority: priorityOf(link, schemas) }))
    .sort((left, right) => right.priority - left.priority)
    .map(({ link }) => link);
}

function priorityOf({ name, configuration }: Link, schemas: Schemas): number {
  return Number(metaOf(configuration).priority ?? schemas.plugins[name]?.priority ?? 0);
}

function metaOf(configuration: JsonObject): JsonObject {
  return isObject(configuration._meta) ? configuration._meta : {};
}

/** Runs one phase of the plugins in their order, until one of them answers. */
export function run(phase: keyof GatewayPlugin, chain: Link[], passage: Passage): Reply | undefined {
  for (const { name, configuration } of chain) {
    const { filter, error_response } = metaOf(configuration);
    if (filter !== undefined && !evaluate(readExpression(filter), passage.request.variables)) continue;
    const reply = runnable[name]?.[phase]?.(configuration, passage);
    if (!reply) continue;
    const replaced = reply.status >= 400 && error_response !== undefined;
    return replaced ? { ...reply, body: error_response } : reply;
  }
  return undefined;
}
