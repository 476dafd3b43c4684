import type * as pulumi from "@pulumi/pulumi";
import { route } from "../../provider/model/apisix/route.ts";
import { isObject, type JsonObject, UNKNOWN } from "../../provider/model/fields.ts";
import { condition } from "../../provider/model/kubernetes/expressions.ts";
import { itemsOf } from "../../provider/model/kubernetes/object.ts";
import { trafficSplit } from "../../provider/model/kubernetes/translation.ts";
import { formatPath, parsePath } from "../../provider/model/paths.ts";
import { rulePlugins } from "./apisix-plugins.ts";
import type { ManifestObject } from "./objects.ts";
import { type Args, checkArgs, given, idOf, timeouts } from "./translation.ts";

const WEIGHT = 100;

/** The other objects that rules of an ApisixRoute name. */
export interface RouteContext {
  find(
    kind: "ApisixUpstream" | "ApisixPluginConfig",
    namespace: string,
    name: string,
  ): ManifestObject | undefined;
}

/** One rule, before the upstreams that it refers to are resources. */
export interface RuleTranslation {
  id: string;
  /** The arguments of apisix.Route, given the id of each upstream's resource. */
  args(upstreamId: (upstream: ManifestObject) => pulumi.Input<string>): Args;
}

/** The rules of an ApisixRoute, each a route of its own, as the ingress controller would translate them. */
export function rulesOf(object: ManifestObject, context: RouteContext): RuleTranslation[] {
  if (object.spec.stream !== undefined) {
    object.report(
      "spec.stream",
      'is not translated into stream routes of the Admin API; use target "kubernetes"',
    );
  }
  return itemsOf(object.spec.http, "spec.http").map(([rule, path]) => {
    const translation = translateRule(object, rule, path, context);
    const args = translation.args(() => UNKNOWN);
    checkArgs(
      route,
      object,
      args,
      (argument) => pluginOrigin(argument, rule, path) ?? originOf(argument, path),
    );
    return translation;
  });
}

function translateRule(
  object: ManifestObject,
  rule: JsonObject,
  path: string,
  context: RouteContext,
): RuleTranslation {
  const { namespace = "", name, metadata } = object;
  if (rule.backends !== undefined) {
    object.report(
      `${path}.backends`,
      'are Kubernetes Services, which the Admin API does not know; name an ApisixUpstream in upstreams, or use target "kubernetes"',
    );
  }
  const shares = upstreamsOf(object, rule, path, context);
  const { pluginConfigId, pluginConfig } = pluginConfigOf(object, rule, path, context);
  const plugins = rulePlugins(object, rule, path, pluginConfig);
  if (shares.length > 1 && plugins["traffic-split"] !== undefined) {
    object.report(`${path}.plugins`, "has traffic-split, which does not go with several upstreams");
  }
  const match = isObject(rule.match) ? rule.match : {};
  const id = idOf(namespace, name, String(rule.name));
  const plain = {
    routeId: id,
    labels: metadata.labels,
    uris: match.paths,
    hosts: match.hosts,
    methods: match.methods,
    remoteAddrs: match.remoteAddrs,
    vars: itemsOf(match.exprs, "").map(([expression]) => condition(expression)),
    filterFunc: match.filter_func,
    priority: rule.priority,
    timeout: timeouts(rule.timeout),
    enableWebsocket: rule.websocket,
    pluginConfigId,
  };
  return {
    id,
    args(upstreamId) {
      const resolved = shares.map(({ upstream, weight }) => ({ upstreamId: upstreamId(upstream), weight }));
      const split = resolved.length > 1 ? trafficSplit(resolved) : {};
      return given({ ...plain, plugins: { ...plugins, ...split }, upstreamId: resolved[0]?.upstreamId });
    },
  };
}

function upstreamsOf(object: ManifestObject, rule: JsonObject, path: string, context: RouteContext) {
  return itemsOf(rule.upstreams, `${path}.upstreams`).flatMap(([{ name, weight = WEIGHT }, at]) => {
    const upstream = context.find("ApisixUpstream", object.namespace ?? "", String(name));
    if (upstream) return [{ upstream, weight }];
    object.report(
      `${at}.name`,
      `"${name}" is no ApisixUpstream among the files in the namespace "${object.namespace}"`,
    );
    return [];
  });
}

/** The plugin configs among the files that the rules of an ApisixRoute name. */
export function pluginConfigsOf(object: ManifestObject, context: RouteContext): ManifestObject[] {
  return itemsOf(object.spec.http, "").flatMap(([rule]) => {
    const namespace = String(rule.plugin_config_namespace ?? object.namespace);
    return context.find("ApisixPluginConfig", namespace, String(rule.plugin_config_name)) ?? [];
  });
}

/** A plugin config among the files is merged in; another one has to be at the gateway already, under its name. */
function pluginConfigOf(object: ManifestObject, rule: JsonObject, path: string, context: RouteContext) {
  const { plugin_config_name: name, plugin_config_namespace: elsewhere } = rule;
  if (name === undefined) {
    if (elsewhere !== undefined)
      object.report(`${path}.plugin_config_namespace`, "has no effect without plugin_config_name");
    return {};
  }
  const namespace = String(elsewhere ?? object.namespace);
  const pluginConfig = context.find("ApisixPluginConfig", namespace, String(name));
  if (pluginConfig) return { pluginConfig };
  if (elsewhere !== undefined) {
    object.report(
      `${path}.plugin_config_namespace`,
      `"${elsewhere}": no ApisixPluginConfig "${name}" of that namespace is among the files, and APISIX has no namespaces; add its file, or leave the namespace out to use the gateway's plugin config "${name}"`,
    );
  }
  return { pluginConfigId: name };
}

/** Where an argument of the route comes from; the first one that fits. */
const ORIGINS: [RegExp, string][] = [
  [/^routeId/, ".name"],
  [/^labels/, "metadata.labels"],
  [/^uris?\b/, ".match.paths"],
  [/^vars/, ".match.exprs"],
  [/^filterFunc/, ".match.filter_func"],
  [/^(hosts|methods|remoteAddrs)/, ".match.$1"],
  [/^enableWebsocket/, ".websocket"],
  [/^pluginConfigId/, ".plugin_config_name"],
  [/^upstreamId/, ".upstreams"],
  [/^/, "."],
];

function originOf(argument: string, rulePath: string): string {
  const [pattern, origin] = ORIGINS.find(([candidate]) => candidate.test(argument)) ?? [/^/, ""];
  return argument.replace(pattern, origin.startsWith(".") ? rulePath + origin : origin);
}

/** The configuration of a plugin that the rule lists; others come from authentication or a plugin config. */
function pluginOrigin(argument: string, rule: JsonObject, rulePath: string): string | undefined {
  const [field, name, ...rest] = parsePath(argument);
  if (field !== "plugins" || name === undefined) return undefined;
  const index = itemsOf(rule.plugins, "").findIndex(([plugin]) => plugin.name === name);
  if (index >= 0) return `${rulePath}.${formatPath(["plugins", index, "config", ...rest])}`;
  return rule.authentication === undefined ? `${rulePath}.plugin_config_name` : `${rulePath}.authentication`;
}
