import { judge } from "./expression.ts";
import { below, type Field, isMap, type Unclear, unclearValue } from "./objects.ts";
import type { Variables } from "./variables.ts";

/** What a gateway tells about its plugins (`GET /apisix/admin/plugins?all=true`). */
export type Catalogue = Readonly<Record<string, { readonly priority: number; readonly type?: string }>>;

/** A plugin with the configuration that counts. */
export interface Plugin {
  name: string;
  /** Where its configuration stands. */
  field: Field;
  configuration: unknown;
  /** Where others stand that do not count, because this one goes before them. */
  instead: Field[];
  /** Of two, the higher runs first. Undefined where neither the configuration nor the catalogue tells it. */
  priority: number | undefined;
  /**
   * Whether it runs for the request: not if it is disabled, if its condition `_meta.filter` does not hold, or if it is a
   * consumer's and comes too late.
   */
  runs:
    | { state: "yes" }
    | { state: "disabled" | "filter" | "too late"; field: Field }
    | { state: "unclear"; because: Unclear[] };
}

/** Plugins by their names, and what keeps them from being known. */
export interface Plugins {
  byName: ReadonlyMap<string, Pick<Plugin, "name" | "field" | "configuration" | "instead">>;
  unclear: Unclear[];
}

/** Merges plugins by whole plugin. Later ones go before earlier ones. */
export function merge(...sources: readonly { plugins: unknown; field: Field }[]): Plugins {
  const byName = new Map<string, Pick<Plugin, "name" | "field" | "configuration" | "instead">>();
  const unclear: Unclear[] = [];
  for (const { plugins, field } of sources) {
    unclear.push(...unclearValue(plugins, field));
    if (!isMap(plugins)) continue;
    for (const [name, configuration] of Object.entries(plugins)) {
      const other = byName.get(name);
      const instead = other ? [...other.instead, other.field] : [];
      byName.set(name, { name, field: below(field, name), configuration, instead });
    }
  }
  return { byName, unclear };
}

/** The plugins in the order in which they run. Those whose place is not known come last. */
export function inOrder(plugins: Plugins, catalogue: Catalogue, variables: Variables): Plugin[] {
  return [...plugins.byName.values()]
    .map((plugin) => ({
      ...plugin,
      priority: priorityOf(plugin, catalogue),
      runs: runs(plugin, catalogue, variables),
    }))
    .sort((a, b) => (b.priority ?? Number.NEGATIVE_INFINITY) - (a.priority ?? Number.NEGATIVE_INFINITY) || 0);
}

function metaOf({ configuration }: Pick<Plugin, "configuration">): unknown {
  return isMap(configuration) ? configuration._meta : undefined;
}

function priorityOf(
  plugin: Pick<Plugin, "name" | "configuration">,
  catalogue: Catalogue,
): number | undefined {
  const meta = metaOf(plugin);
  const own = isMap(meta) ? meta.priority : undefined;
  if (typeof own === "number") return own;
  return own === undefined || own === null ? catalogue[plugin.name]?.priority : undefined;
}

function runs(
  plugin: Pick<Plugin, "name" | "field" | "configuration">,
  catalogue: Catalogue,
  variables: Variables,
): Plugin["runs"] {
  const { configuration, field } = plugin;
  const meta = metaOf(plugin);
  const place = below(field, "_meta");
  const disabled = isMap(meta) ? meta.disable : undefined;
  const because = [
    ...unclearValue(configuration, field),
    ...unclearValue(meta, place),
    ...unclearValue(disabled, below(place, "disable")),
  ];
  if (because.length > 0) return { state: "unclear", because };
  if (disabled === true) return { state: "disabled", field: below(place, "disable") };
  // A plugin that the gateway does not list may be one of its own or be switched off there.
  if (!catalogue[plugin.name]) return { state: "unclear", because: [{ field, why: "program" }] };
  if (!isMap(meta) || meta.filter === undefined) return { state: "yes" };
  const truth = judge(meta.filter, variables, below(place, "filter"));
  if (truth.holds === "unclear") return { state: "unclear", because: truth.because };
  return truth.holds ? { state: "yes" } : { state: "filter", field: truth.because };
}
