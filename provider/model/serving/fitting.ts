import { judge } from "./expression.ts";
import { hostFit, hostHolds, hostLikeness } from "./host-match.ts";
import { bestOf, EXACT, fits, type Level, numberLevel } from "./level.ts";
import { inNetwork } from "./networks.ts";
import {
  type Field,
  fieldOf,
  type Item,
  idOf,
  items,
  type Stored,
  type Unclear,
  unclearValue,
} from "./objects.ts";
import { pathFit, pathLikeness } from "./path-match.ts";
import type { Reason } from "./reason.ts";
import type { Seen } from "./request.ts";
import type { Variables } from "./variables.ts";

/** The routers that APISIX has for requests (`apisix.router.http` in its configuration). */
export type Router = "radixtree_host_uri" | "radixtree_uri" | "radixtree_uri_with_parameter";

/** What is asked of every route. */
export interface Question {
  request: Seen;
  variables: Variables;
  router: Router;
  /** Finds the service of a route. */
  service: (id: string) => Stored | undefined;
}

/** How a route fits a request. */
export interface Fitting {
  route: Stored;
  id: string;
  /** Its place in the list of routes. */
  index: number;
  /** What keeps it from serving for certain. */
  reasons: Reason[];
  /** What keeps it from being judged. */
  unclear: Unclear[];
  host: Level;
  path: Level;
  priority: Level;
}

/** Judges a route by itself, without looking at the others. */
export function fitting(route: Stored, index: number, question: Question): Fitting {
  const { request } = question;
  const field = (path: string) => fieldOf("routes", route, path);
  const result: Fitting = {
    route,
    id: idOf(route),
    index,
    reasons: [],
    unclear: [],
    host: hostLevel(route, question),
    path: pathLevel(route, question),
    priority: numberLevel(route.priority, field("priority")),
  };
  result.unclear.push(...unclearValue(route.status, field("status")));
  if (route.status === 0) result.reasons.push({ kind: "disabled", field: field("status") });
  note(result, "host");
  note(result, "path");
  addMethods(result, items(route.methods, field("methods")), request.method);
  addAddresses(result, request.address);
  if (route.vars !== undefined) {
    const truth = judge(route.vars, question.variables, field("vars"));
    if (truth.holds === "unclear") result.unclear.push(...truth.because);
    else if (!truth.holds) result.reasons.push({ kind: "condition", field: truth.because });
  }
  if (route.filter_func !== undefined) {
    const unclear = unclearValue(route.filter_func, field("filter_func"));
    result.unclear.push(
      ...(unclear.length > 0 ? unclear : [{ field: field("filter_func"), why: "program" } as const]),
    );
  }
  return result;
}

function note(result: Fitting, kind: "host" | "path"): void {
  const level = result[kind];
  if (fits(level)) return;
  if (level.unclear.length > 0) result.unclear.push(...level.unclear);
  else result.reasons.push({ kind, field: level.field });
}

/** The hosts that count for a route: its own, else those of its service. */
function hostsOf(route: Stored, question: Question): { hosts: Item[] | undefined; field: Field } {
  const own = fieldOf("routes", route, "hosts");
  const several = items(route.hosts, own);
  if (several !== undefined) return { hosts: several, field: own };
  const host = fieldOf("routes", route, "host");
  const one = items(route.host, host);
  if (one !== undefined) return { hosts: one, field: host };
  if (route.service_id === undefined || route.service_id === null) return { hosts: undefined, field: own };
  const reference = fieldOf("routes", route, "service_id");
  const unclear = unclearValue(route.service_id, reference);
  if (unclear.length > 0) return { hosts: [{ field: reference, unclear }], field: reference };
  const service = question.service(String(route.service_id));
  if (!service) {
    return {
      hosts: [{ field: reference, unclear: [{ field: reference, why: "not there" }] }],
      field: reference,
    };
  }
  const shared = fieldOf("services", service, "hosts");
  const hosts = items(service.hosts, shared);
  return { hosts, field: hosts === undefined ? own : shared };
}

/** Any host: the router that looks at hosts first asks such routes last. */
function anyHost(field: Field): Level {
  return { value: -1, length: 0, field, unclear: [] };
}

function hostLevel(route: Stored, question: Question): Level {
  const { hosts, field } = hostsOf(route, question);
  const { host, headers } = question.request;
  if (hosts === undefined) return anyHost(field);
  const likeness = (pattern: string) => hostLikeness(pattern, host);
  if (question.router === "radixtree_host_uri") {
    return bestOf(hosts, field, (pattern) => hostFit(pattern, host), likeness);
  }
  if (hosts.length === 0) return anyHost(field);
  const header = headers.get("host") ?? "";
  const level = bestOf(
    hosts,
    field,
    (pattern) => (hostHolds(pattern, host, header) ? { value: -1, length: 0 } : undefined),
    likeness,
  );
  // Here a host only lets through: no route goes before another by it.
  return fits(level) ? { ...level, unclear: [] } : level;
}

function pathLevel(route: Stored, question: Question): Level {
  const name = route.uris === undefined ? "uri" : "uris";
  const field = fieldOf("routes", route, name);
  const parameters = question.router === "radixtree_uri_with_parameter";
  const { uri } = question.request;
  return bestOf(
    items(route[name], field) ?? [],
    field,
    (pattern) => pathFit(pattern, uri, parameters),
    (pattern) => pathLikeness(pattern, uri),
  );
}

function addMethods(result: Fitting, methods: Item[] | undefined, method: string): void {
  if (methods === undefined || methods.length === 0 || methods.some(({ text }) => text === method)) return;
  const unclear = methods.flatMap((item) => (item.text === undefined ? item.unclear : []));
  if (unclear.length > 0) result.unclear.push(...unclear);
  else result.reasons.push({ kind: "method", field: fieldOf("routes", result.route, "methods") });
}

function addAddresses(result: Fitting, address: string | undefined): void {
  const { route } = result;
  const name = route.remote_addrs === undefined ? "remote_addr" : "remote_addrs";
  const field = fieldOf("routes", route, name);
  const ranges = items(route[name], field);
  if (ranges === undefined || ranges.length === 0) return;
  if (address === undefined) {
    result.unclear.push({ field, why: "request" });
    return;
  }
  const level = bestOf(
    ranges,
    field,
    (range) => {
      const within = inNetwork(range, address);
      return within === undefined ? "expression" : within ? { value: EXACT, length: 0 } : undefined;
    },
    () => 0,
  );
  if (fits(level)) return;
  if (level.unclear.length > 0) result.unclear.push(...level.unclear);
  else result.reasons.push({ kind: "address", field: level.field });
}
