import type { KnownGateway } from "../inventory/gateways.ts";
import { routePlugins } from "../serving/configuration.ts";
import type { Router } from "../serving/fitting.ts";
import { type Matcher, matcher } from "../serving/matcher.ts";
import { fieldOf, type Gateway, idOf, type Stored } from "../serving/objects.ts";
import type { Request } from "../serving/request.ts";
import { nodesOf, ownTarget } from "../serving/targets.ts";
import { changedFields, json, shown } from "./fields.ts";
import type { Line } from "./line.ts";
import { consumerLines, globalOf, pluginLines } from "./plugins.ts";
import { requestsOf } from "./requests.ts";

/** What of a route decides which requests it takes. */
const MATCHING = [
  "uri",
  "uris",
  "host",
  "hosts",
  "methods",
  "priority",
  "vars",
  "status",
  "remote_addr",
  "remote_addrs",
  "filter_func",
];
/** So many examples are told of one route. */
const EXAMPLES = 4;
const NOTHING: Gateway = {};

/** What routes take other requests, send them elsewhere, or run other plugins. */
export function changedRoutes(
  before: KnownGateway | undefined,
  after: KnownGateway | undefined,
  router: Router,
): Line[] {
  const [old, next] = [before?.gateway ?? NOTHING, after?.gateway ?? NOTHING];
  const place = (after ?? before)?.places.join(", ") ?? "";
  const matchers = [matcher(old, { router }), matcher(next, { router })] as const;
  const [oldRoutes, nextRoutes] = [routesById(old), routesById(next)];
  const lines: Line[] = [];
  for (const id of [...new Set([...oldRoutes.keys(), ...nextRoutes.keys()])].sort()) {
    const about = `route ${id}`;
    const [was, is] = [oldRoutes.get(id), nextRoutes.get(id)];
    const fields = changedFields(matchingOf(old, was), matchingOf(next, is));
    const backends = [backendsOf(old, was), backendsOf(next, is)] as const;
    const movesBackend = was !== undefined && is !== undefined && backends[0] !== backends[1];
    if (fields.length > 0 || movesBackend) {
      const requests = [
        ...requestsFrom(old, was),
        ...requestsFrom(next, is),
        ...competing(next, is ?? was),
        ...competing(old, was ?? is),
      ];
      const text = !was
        ? `${about} is new`
        : !is
          ? `${about} is gone`
          : fields.length > 0
            ? `${about} takes other requests: ${fields.join("; ")}`
            : `${about} sends requests elsewhere: ${backends.join(" before, ")} after`;
      const all = examples(requests, matchers, [old, next]);
      const more = all.length > EXAMPLES ? [`and ${all.length - EXAMPLES} more`] : [];
      lines.push({ effect: "answer", about, place, text, examples: [...all.slice(0, EXAMPLES), ...more] });
    }
    if (was && is)
      lines.push(
        ...pluginLines(
          about,
          place,
          routePlugins(old, was).plugins.byName,
          routePlugins(next, is).plugins.byName,
        ),
      );
  }
  lines.push(...pluginLines("all routes", place, globalOf(old), globalOf(next)));
  lines.push(...consumerLines(old, next, place));
  return lines;
}

function routesById({ routes = [] }: Gateway): Map<string, Stored> {
  return new Map(routes.map((route) => [idOf(route), route]));
}

function serviceOf({ services = [] }: Gateway, route: Stored): Stored | undefined {
  return services.find((one) => idOf(one) === String(route.service_id));
}

/** What decides which requests a route takes; a service gives its hosts. */
function matchingOf(gateway: Gateway, route: Stored | undefined): Stored | undefined {
  if (!route) return undefined;
  const own = Object.fromEntries(
    MATCHING.flatMap((name) => (route[name] === undefined ? [] : [[name, route[name]]])),
  );
  const hosts =
    own.host === undefined && own.hosts === undefined ? serviceOf(gateway, route)?.hosts : undefined;
  return hosts === undefined ? own : { ...own, hosts };
}

/** Where a route sends requests by itself. */
function backendsOf(gateway: Gateway, route: Stored | undefined): string {
  if (!route) return "nowhere";
  const service = serviceOf(gateway, route);
  const holders = [
    { holder: route, field: fieldOf("routes", route, "") },
    ...(service ? [{ holder: service, field: fieldOf("services", service, "") }] : []),
  ];
  const target = ownTarget(holders, (id) => gateway.upstreams?.find((one) => idOf(one) === id));
  if (!target.known) return "not known";
  if (!target.value) return "nowhere";
  const { upstream } = target.value;
  const nodes = nodesOf(target.value);
  const scheme = json(upstream.scheme ?? "http").replaceAll('"', "");
  const host =
    upstream.pass_host === undefined
      ? ""
      : ` (Host: ${[upstream.pass_host, upstream.upstream_host]
          .filter((one) => one !== undefined)
          .map(shown)
          .join(" ")})`;
  if (!nodes.known) return `${scheme}://${shown(upstream.service_name ?? upstream.nodes)}${host}`;
  const list = nodes.value
    .map(
      (one) => `${scheme}://${one.host}${one.port === undefined ? "" : `:${one.port}`} weight ${one.weight}`,
    )
    .sort();
  return `${list.join(", ") || "nowhere"}${host}`;
}

function requestsFrom(gateway: Gateway, route: Stored | undefined): Request[] {
  return route ? requestsOf(route, serviceOf(gateway, route)) : [];
}

/** So many routes that take requests of a changed one are looked at. */
const COMPETITORS = 8;

/** Requests of routes whose paths overlap with those of a route. */
function competing(gateway: Gateway, route: Stored | undefined): Request[] {
  if (!route) return [];
  const starts = pathsOf(route);
  const near = (gateway.routes ?? []).filter(
    (other) =>
      idOf(other) !== idOf(route) &&
      pathsOf(other).some((path) => starts.some((one) => path.startsWith(one) || one.startsWith(path))),
  );
  return near.slice(0, COMPETITORS).flatMap((other) => requestsFrom(gateway, other).slice(0, 6));
}

function pathsOf(route: Stored): string[] {
  const value = route.uris ?? route.uri;
  return (Array.isArray(value) ? value : [value])
    .filter((one): one is string => typeof one === "string")
    .map((one) => one.replace(/\*.*$/, ""));
}

function examples(
  requests: readonly Request[],
  [old, next]: readonly [Matcher, Matcher],
  gateways: readonly [Gateway, Gateway],
): string[] {
  const found = new Map<string, string>();
  for (const request of requests) {
    const text = `${request.method ?? "GET"} ${request.host}${request.path}${headersText(request)}`;
    const [was, is] = [answerText(old, request, gateways[0]), answerText(next, request, gateways[1])];
    if (was !== is) found.set(text, `${text}: ${was} before, ${is} after`);
  }
  return [...found.values()];
}

function headersText({ headers = {} }: Request): string {
  const names = Object.keys(headers);
  return names.length > 0 ? ` with ${names.join(", ")}` : "";
}

function answerText(one: Matcher, request: Request, gateway: Gateway): string {
  const choice = one.choose(request);
  if (choice.outcome === "no route") return "404";
  if (choice.outcome === "refused") return "400";
  if (choice.outcome === "unclear") return "cannot be said";
  const route = gateway.routes?.find((other) => idOf(other) === choice.route);
  return `route ${choice.route} (${backendsOf(gateway, route)})`;
}
