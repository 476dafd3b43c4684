import {
  type Collection,
  distinct,
  type Field,
  fieldOf,
  type Gateway,
  idOf,
  isMap,
  type Judged,
  type Stored,
  type Unclear,
  unclearValue,
} from "./objects.ts";
import { PREFER_ROUTE } from "./plugin-roles.ts";
import { merge, type Plugins } from "./plugins.ts";

/** A source of plugins, the object itself being undefined where it is not given. */
export interface Source {
  plugins: unknown;
  field: Field;
}

/** Finds the object that a field of another one refers to; undefined where the field is not set. */
export function referred(
  gateway: Gateway,
  collection: Exclude<Collection, "credentials">,
  holder: Stored | undefined,
  field: Field,
): Judged<Stored | undefined> {
  const id = holder?.[field.path];
  if (id === undefined || id === null) return { known: true, value: undefined };
  const because = unclearValue(id, field);
  if (because.length > 0) return { known: false, because };
  const found = gateway[collection]?.find((object) => idOf(object) === String(id));
  return found ? { known: true, value: found } : { known: false, because: [{ field, why: "not there" }] };
}

/** The plugins of an object as a source. */
export function sourceOf(collection: Collection, object: Stored): Source {
  return { plugins: object.plugins, field: fieldOf(collection, object, "plugins") };
}

/** The plugins of all global rules, and those that do not run because two rules have them. */
export function globalPlugins(gateway: Gateway): { plugins: Plugins; twice: Field[] } {
  const plugins = merge(...(gateway.global_rules ?? []).map((rule) => sourceOf("global_rules", rule)));
  const twice = [...plugins.byName.values()].filter(({ instead }) => instead.length > 0);
  return {
    plugins: {
      ...plugins,
      byName: new Map([...plugins.byName].filter(([, { instead }]) => instead.length === 0)),
    },
    twice: twice.flatMap(({ field, instead }) => [...instead, field]),
  };
}

/** The plugins of global rules that run beside those of a route. */
export function besideRoute(global: Plugins, route: Plugins): Plugins {
  const byName = [...global.byName].filter(
    ([name]) => !PREFER_ROUTE.has(name) || !enabled(route.byName.get(name)),
  );
  return { ...global, byName: new Map(byName) };
}

function enabled(plugin: { configuration: unknown } | undefined): boolean {
  if (!plugin) return false;
  const meta = isMap(plugin.configuration) ? plugin.configuration._meta : undefined;
  return !(isMap(meta) && meta.disable === true);
}

/** The plugins of a route with those of its service and plugin configuration, and what keeps them from being known. */
export function routePlugins(
  gateway: Gateway,
  route: Stored | undefined,
): { plugins: Plugins; service: Judged<Stored | undefined> } {
  if (!route) return { plugins: merge(), service: { known: true, value: undefined } };
  const service = referred(gateway, "services", route, fieldOf("routes", route, "service_id"));
  const shared = referred(gateway, "plugin_configs", route, fieldOf("routes", route, "plugin_config_id"));
  const plugins = merge(
    ...(service.known && service.value ? [sourceOf("services", service.value)] : []),
    ...(shared.known && shared.value ? [sourceOf("plugin_configs", shared.value)] : []),
    sourceOf("routes", route),
  );
  const unclear = [...becauseOf(service, shared), ...plugins.unclear];
  return { plugins: { ...plugins, unclear }, service };
}

/** The fields because of which judgements are not known. */
export function becauseOf(...judged: readonly Judged<unknown>[]): Unclear[] {
  return distinct(judged.flatMap((one) => (one.known ? [] : one.because)));
}
