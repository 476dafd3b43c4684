import { isObject, type JsonObject } from "../../provider/model/fields.ts";
import { itemsOf } from "../../provider/model/kubernetes/object.ts";
import { AUTHENTICATION } from "../../provider/model/kubernetes/translation.ts";
import type { ManifestObject } from "./objects.ts";
import type { Args } from "./translation.ts";

/** A list of plugins, in use or not, as APISIX's map of those in use; `path` is where it stands. */
export function pluginsOf(object: ManifestObject, list: unknown, path: string): Record<string, unknown> {
  const plugins: Record<string, unknown> = {};
  for (const [{ name, enable, config, secretRef }, at] of itemsOf(list, path)) {
    if (secretRef !== undefined) {
      object.report(
        `${at}.secretRef`,
        'is a Secret of Kubernetes, which the Admin API cannot read; write the values into config, or use target "kubernetes"',
      );
    }
    if (enable === false) continue;
    if (Object.hasOwn(plugins, String(name)))
      object.report(`${at}.name`, `"${name}" stands in the list twice`);
    plugins[String(name)] = isObject(config) ? config : {};
  }
  return plugins;
}

/** The plugins of a rule: those of its plugin config, over them its own, and that of its authentication. */
export function rulePlugins(
  object: ManifestObject,
  rule: JsonObject,
  path: string,
  pluginConfig: ManifestObject | undefined,
): Args {
  const own = pluginsOf(object, rule.plugins, `${path}.plugins`);
  const shared = pluginConfig ? pluginsOf(pluginConfig, pluginConfig.spec.plugins, "spec.plugins") : {};
  const authentication = authenticationOf(object, rule.authentication, `${path}.authentication`);
  for (const name of Object.keys(authentication)) {
    if (!Object.hasOwn(own, name)) continue;
    object.report(`${path}.authentication`, `does not go with the plugin "${name}", which it would replace`);
  }
  return { ...shared, ...own, ...authentication };
}

function authenticationOf(object: ManifestObject, value: unknown, path: string): Args {
  if (!isObject(value)) return {};
  const [plugin, settings] = AUTHENTICATION[String(value.type)] ?? [];
  for (const field of ["keyAuth", "jwtAuth", "ldapAuth"]) {
    if (value[field] !== undefined && field !== settings)
      object.report(`${path}.${field}`, `has no effect with type "${value.type}"`);
  }
  if (value.enable !== true || plugin === undefined) return {};
  return { [plugin]: (settings && value[settings]) ?? {} };
}
