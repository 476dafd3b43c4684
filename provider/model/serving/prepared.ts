import { type Level, numberLevel } from "./level.ts";
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

/** The patterns of a field, and the field itself. */
export interface Patterns {
  field: Field;
  items: Item[];
}

/** A route with all that does not depend on a request. */
export interface Prepared {
  route: Stored;
  id: string;
  /** Its place in the list of routes. */
  index: number;
  /** The hosts that count, undefined for every host; `field` is where one would be written. */
  hosts: { field: Field; items: Item[] | undefined };
  paths: Patterns;
  /** Empty for every method. */
  methods: Patterns;
  /** Client addresses, empty for every one. */
  addresses: Patterns;
  priority: Level;
  disabled: boolean;
  /** What cannot be judged whatever the request is. */
  unclear: Unclear[];
}

/** Prepares a route for being asked many times. */
export function prepare(route: Stored, index: number, service: (id: string) => Stored | undefined): Prepared {
  const patterns = (name: string): Patterns => {
    const field = fieldOf("routes", route, name);
    return { field, items: items(route[name], field) ?? [] };
  };
  return {
    route,
    id: idOf(route),
    index,
    hosts: hostsOf(route, service),
    paths: patterns(route.uris === undefined ? "uri" : "uris"),
    methods: patterns("methods"),
    addresses: patterns(route.remote_addrs === undefined ? "remote_addr" : "remote_addrs"),
    priority: numberLevel(route.priority, fieldOf("routes", route, "priority")),
    disabled: route.status === 0,
    unclear: [...unclearValue(route.status, fieldOf("routes", route, "status")), ...unclearFunction(route)],
  };
}

/** A Lua function cannot be judged. */
function unclearFunction(route: Stored): Unclear[] {
  if (route.filter_func === undefined || route.filter_func === null) return [];
  const field = fieldOf("routes", route, "filter_func");
  const unclear = unclearValue(route.filter_func, field);
  return unclear.length > 0 ? unclear : [{ field, why: "program" }];
}

/** The hosts that count for a route: its own, else those of its service. */
function hostsOf(route: Stored, find: (id: string) => Stored | undefined): Prepared["hosts"] {
  const own = fieldOf("routes", route, "hosts");
  const several = items(route.hosts, own);
  if (several !== undefined) return { items: several, field: own };
  const host = fieldOf("routes", route, "host");
  const one = items(route.host, host);
  if (one !== undefined) return { items: one, field: host };
  if (route.service_id === undefined || route.service_id === null) return { items: undefined, field: own };
  const reference = fieldOf("routes", route, "service_id");
  const unclear = unclearValue(route.service_id, reference);
  if (unclear.length > 0) return { items: [{ field: reference, unclear }], field: reference };
  const service = find(String(route.service_id));
  if (!service) {
    return {
      items: [{ field: reference, unclear: [{ field: reference, why: "not there" }] }],
      field: reference,
    };
  }
  const shared = fieldOf("services", service, "hosts");
  const hosts = items(service.hosts, shared);
  return { items: hosts, field: hosts === undefined ? own : shared };
}
