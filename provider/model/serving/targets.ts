import { judge } from "./expression.ts";
import { below, type Field, isMap, type Judged, type Stored, type Unclear, unclearValue } from "./objects.ts";
import type { Plugin } from "./plugins.ts";
import type { Variables } from "./variables.ts";

/** An upstream that may get a request. */
export interface Target {
  /** Where it stands: an object of `upstreams`, or a field that holds it. */
  field: Field;
  upstream: Stored;
  /** Its share among all targets, by weight. */
  weight: number;
}

/** Finds an upstream by its id. */
export type FindUpstream = (id: string) => Stored | undefined;

/** An object that may name or hold an upstream: a route, a service, or a rule of traffic-split. */
interface Holder {
  holder: Stored;
  field: Field;
}

/**
 * The upstream of a route, else of its service. `upstream_id` goes before `upstream` in one object.
 *
 * @returns undefined where neither has one
 */
export function ownTarget(holders: readonly Holder[], find: FindUpstream): Judged<Target | undefined> {
  for (const { holder, field } of holders) {
    const found = targetOf(holder, field, 1, find);
    if (!found.known || found.value) return found;
  }
  return { known: true, value: undefined };
}

function targetOf(
  holder: Stored,
  field: Field,
  weight: number,
  find: FindUpstream,
): Judged<Target | undefined> {
  const { upstream, upstream_id: id } = holder;
  if (id !== undefined && id !== null) {
    const reference = below(field, "upstream_id");
    const because = unclearValue(id, reference);
    if (because.length > 0) return { known: false, because };
    const found = find(String(id));
    if (!found) return { known: false, because: [{ field: reference, why: "not there" }] };
    return {
      known: true,
      value: { field: { collection: "upstreams", id: String(id), path: "" }, upstream: found, weight },
    };
  }
  const place = below(field, "upstream");
  const because = unclearValue(upstream, place);
  if (because.length > 0) return { known: false, because };
  return { known: true, value: isMap(upstream) ? { field: place, upstream, weight } : undefined };
}

/** Where traffic-split sends a request. An entry without an upstream stands for the route's own. */
export function splitTargets(
  plugin: Plugin,
  own: Target | undefined,
  variables: Variables,
  find: FindUpstream,
): Judged<Target[]> {
  const { configuration, field } = plugin;
  const place = below(field, "rules");
  const rules = isMap(configuration) ? configuration.rules : configuration;
  const because = unclearValue(rules, place);
  if (because.length > 0) return { known: false, because };
  const rest: Target[] = own ? [own] : [];
  if (!Array.isArray(rules)) return { known: true, value: rest };
  let passed: boolean | Unclear[] = true;
  for (const [index, rule] of rules.entries()) {
    const at = below(place, `[${index}]`);
    const unclear = unclearValue(rule, at);
    if (unclear.length > 0) return { known: false, because: unclear };
    if (!isMap(rule)) continue;
    passed = matches(rule.match, below(at, "match"), variables, passed);
    if (Array.isArray(passed)) return { known: false, because: passed };
    if (passed) return weighted(rule.weighted_upstreams, below(at, "weighted_upstreams"), own, find);
  }
  return { known: true, value: rest };
}

/** An empty list of conditions leaves the result of the rule before. */
function matches(match: unknown, field: Field, variables: Variables, before: boolean): boolean | Unclear[] {
  const because = unclearValue(match, field);
  if (because.length > 0) return because;
  if (match === undefined || match === null) return true;
  if (!Array.isArray(match)) return before;
  let result = before;
  const unclear: Unclear[] = [];
  for (const [index, condition] of match.entries()) {
    const at = below(field, `[${index}]`);
    unclear.push(...unclearValue(condition, at));
    const vars = isMap(condition) ? (condition.vars ?? []) : [];
    const truth = judge(vars, variables, below(at, "vars"));
    if (truth.holds === true) return true;
    if (truth.holds === "unclear") unclear.push(...truth.because);
    else result = false;
  }
  return unclear.length > 0 ? unclear : result;
}

function weighted(
  list: unknown,
  field: Field,
  own: Target | undefined,
  find: FindUpstream,
): Judged<Target[]> {
  const because = unclearValue(list, field);
  if (because.length > 0) return { known: false, because };
  const targets: Target[] = [];
  for (const [index, entry] of (Array.isArray(list) ? list : [{}]).entries()) {
    const at = below(field, `[${index}]`);
    const unclear = [
      ...unclearValue(entry, at),
      ...(isMap(entry) ? unclearValue(entry.weight, below(at, "weight")) : []),
    ];
    if (unclear.length > 0) return { known: false, because: unclear };
    if (!isMap(entry)) continue;
    const weight = Number(entry.weight ?? 1);
    const found = targetOf(entry, at, weight, find);
    if (!found.known) return found;
    const target = found.value ?? (own && { ...own, weight });
    if (target && weight > 0) targets.push(target);
  }
  return { known: true, value: targets };
}

/** A node of an upstream. */
export interface Node {
  host: string;
  /** Undefined where the scheme's own port is meant. */
  port: number | undefined;
  weight: number;
}

/** The nodes of an upstream, which may be a list or a map from address to weight. */
export function nodesOf({ upstream, field }: Pick<Target, "upstream" | "field">): Judged<Node[]> {
  const { nodes, service_name: service } = upstream;
  const place = below(field, "nodes");
  const because = unclearDeep(nodes, place);
  if (because.length > 0) return { known: false, because };
  if (Array.isArray(nodes)) {
    return {
      known: true,
      value: nodes.filter(isMap).map((node) => ({
        host: String(node.host),
        port: node.port === undefined ? undefined : Number(node.port),
        weight: Number(node.weight ?? 1),
      })),
    };
  }
  if (isMap(nodes)) {
    return {
      known: true,
      value: Object.entries(nodes).map(([address, weight]) => ({
        ...split(address),
        weight: Number(weight),
      })),
    };
  }
  // Discovery finds them while it runs.
  if (service !== undefined)
    return { known: false, because: [{ field: below(field, "service_name"), why: "program" }] };
  return { known: true, value: [] };
}

function unclearDeep(value: unknown, field: Field): Unclear[] {
  if (Array.isArray(value))
    return value.flatMap((item, index) => unclearDeep(item, below(field, `[${index}]`)));
  if (isMap(value))
    return Object.entries(value).flatMap(([key, item]) => unclearDeep(item, below(field, key)));
  return unclearValue(value, field);
}

function split(address: string): { host: string; port: number | undefined } {
  const [, host = address, port] = /^(\[.*\]|[^:]*)(?::(\d+))?$/.exec(address) ?? [];
  return { host, port: port === undefined ? undefined : Number(port) };
}
