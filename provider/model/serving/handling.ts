import { fromBytes } from "./bytes.ts";
import { besideRoute, globalPlugins, routePlugins } from "./configuration.ts";
import { consumerPlugins, consumersMatter, type FirstRoutes, firstRouteOf } from "./consumer-plugins.ts";
import { type Field, fieldOf, type Gateway, idOf, type Judged, type Stored } from "./objects.ts";
import { type Answering, begin, type Passage, pass } from "./passage.ts";
import { type Catalogue, inOrder, type Plugin, type Plugins } from "./plugins.ts";
import type { Seen } from "./request.ts";
import type { HeaderChange } from "./rewriting.ts";
import { ownTarget, splitTargets, type Target } from "./targets.ts";
import { variablesOf } from "./variables.ts";

/** What becomes of a request once its route is known. */
export interface Handling {
  /** In the order in which they run: those of global rules, those of the route and its service, those of the consumer. */
  plugins: Plugin[];
  /** Plugins that stand in two global rules, which keeps them from running. */
  twice: Field[];
  /** Who the request comes from; undefined where nothing asks for it or nobody is known. */
  consumer: Judged<string | undefined>;
  /**
   * Plugins of the consumer of which the route of its first request decides, which is not known here. They are taken as
   * not running.
   */
  undecided: Plugin[];
  /** The plugin that answers in place of the upstream; undefined where the upstream is asked. */
  answers: Judged<Answering | undefined>;
  /** What the upstream gets. `host` is undefined where no plugin sets it and the upstream's `pass_host` decides. */
  sent: {
    method: Judged<string>;
    /** Path and query. */
    uri: Judged<string>;
    host: Judged<string | undefined>;
    headers: HeaderChange[];
  };
  /** The upstreams that may get it. Empty where the route has none. */
  targets: Judged<Target[]>;
}

/** What a request is run through. */
export interface Circumstances {
  gateway: Gateway;
  catalogue: Catalogue;
  first: FirstRoutes | undefined;
}

/** Runs a request through the plugins of global rules and, if there is one, of its route. */
export function handle(circumstances: Circumstances, request: Seen, route: Stored | undefined): Handling {
  const { gateway, catalogue } = circumstances;
  const { plugins: own, service } = routePlugins(gateway, route);
  const { plugins: all, twice } = globalPlugins(gateway);
  const global = besideRoute(all, own);
  const known = {
    route_id: route && idOf(route),
    route_name: route?.name === undefined ? undefined : String(route.name),
    service_id: service.known && service.value ? idOf(service.value) : undefined,
  };
  const passage = begin(request, variablesOf(request, known));
  passage.because.push(...global.unclear, ...own.unclear);
  if (route?.script !== undefined)
    passage.because.push({ field: fieldOf("routes", route, "script"), why: "program" });
  const order = (plugins: Plugins) => inOrder(plugins, catalogue, passage.variables);
  const run = (plugins: readonly Plugin[]) => {
    for (const plugin of plugins) pass(plugin, passage, gateway, catalogue);
  };
  const first = order(global);
  run([...first, ...order(own)]);
  const added = additions(circumstances, passage, route, own);
  const second = order(added.merged);
  const third = order(added.after);
  run([...second.filter(({ name }) => !own.byName.has(name)), ...third]);
  const late = order(added.late).map(tooLate);
  const plugins = [...first, ...second, ...third, ...late];
  return {
    plugins,
    twice,
    undecided: late.filter(({ name }) => added.undecided.includes(name)),
    ...told(passage),
    targets: targetsOf(gateway, route, service, plugins, passage),
  };
}

function tooLate(plugin: Plugin): Plugin {
  return plugin.runs.state === "disabled"
    ? plugin
    : { ...plugin, runs: { state: "too late", field: plugin.field } };
}

interface Additions {
  merged: Plugins;
  after: Plugins;
  late: Plugins;
  undecided: string[];
}

/** What the consumer changes, once it is known. */
function additions(
  { gateway, catalogue, first }: Circumstances,
  passage: Passage,
  route: Stored | undefined,
  own: Plugins,
): Additions {
  const none: Plugins = { byName: new Map(), unclear: [] };
  const nothing = { merged: own, after: none, late: none, undecided: [] };
  const { consumer } = passage;
  if (!consumer.known) {
    if (consumersMatter(gateway, catalogue)) passage.because.push(...consumer.because);
    return nothing;
  }
  if (!consumer.value) return nothing;
  const firstRoute = firstRouteOf(gateway, consumer.value, route, first);
  const added = consumerPlugins(gateway, catalogue, consumer.value, firstRoute);
  passage.because.push(...added.unclear);
  const byName = new Map(own.byName);
  for (const [name, plugin] of added.instead.byName) {
    const other = byName.get(name);
    byName.set(name, {
      ...plugin,
      instead: [...(other ? [...other.instead, other.field] : []), ...plugin.instead],
    });
  }
  return { ...added, merged: { byName, unclear: [] } };
}

function targetsOf(
  gateway: Gateway,
  route: Stored | undefined,
  service: Judged<Stored | undefined>,
  plugins: readonly Plugin[],
  passage: Passage,
): Judged<Target[]> {
  if (!route) return { known: true, value: [] };
  if (passage.because.length > 0) return { known: false, because: passage.because };
  const find = (id: string) => gateway.upstreams?.find((upstream) => idOf(upstream) === id);
  const holders = [{ holder: route, field: fieldOf("routes", route, "") }];
  if (service.known && service.value) {
    holders.push({ holder: service.value, field: fieldOf("services", service.value, "") });
  }
  const own = ownTarget(holders, find);
  if (!own.known) return own;
  const split = plugins.find(({ name, runs }) => name === "traffic-split" && runs.state === "yes");
  if (split) return splitTargets(split, own.value, passage.variables, find);
  return { known: true, value: own.value ? [own.value] : [] };
}

function told({
  because,
  consumer,
  answers,
  method,
  uri,
  host,
  headers,
}: Passage): Pick<Handling, "consumer" | "answers" | "sent"> {
  const unlessUnclear = <T>(judged: Judged<T>): Judged<T> =>
    because.length > 0 && judged.known ? { known: false, because } : judged;
  return {
    consumer: consumer.known ? { known: true, value: consumer.value && idOf(consumer.value) } : consumer,
    answers: answers.known && answers.value ? answers : unlessUnclear(answers),
    sent: {
      method: unlessUnclear(method),
      uri: unlessUnclear(uri.known ? { known: true, value: fromBytes(uri.value) } : uri),
      host: unlessUnclear(host),
      headers,
    },
  };
}
