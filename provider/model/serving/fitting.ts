import { judge } from "./expression.ts";
import { hostFit, hostHolds, hostLikeness } from "./host-match.ts";
import { bestOf, EXACT, fits, type Level } from "./level.ts";
import { inNetwork } from "./networks.ts";
import { type Field, fieldOf, type Stored, type Unclear } from "./objects.ts";
import { pathFit, pathLikeness } from "./path-match.ts";
import type { Prepared } from "./prepared.ts";
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
export function fitting(prepared: Prepared, question: Question): Fitting {
  const { route, id, index, priority, unclear } = prepared;
  const host = hostLevel(prepared, question);
  const path = pathLevel(prepared, question);
  const result: Fitting = { route, id, index, priority, host, path, reasons: [], unclear: [...unclear] };
  if (prepared.disabled) result.reasons.push({ kind: "disabled", field: fieldOf("routes", route, "status") });
  note(result, "host", host);
  note(result, "path", path);
  addMethods(result, prepared, question.request.method);
  addAddresses(result, prepared, question.request.address);
  addConditions(result, question.variables);
  return result;
}

/** Whether a route is sure not to fit by its path or host, which most routes are not worth a closer look for. */
export function surelyElsewhere(prepared: Prepared, question: Question): boolean {
  const nowhere = (level: Level) => !fits(level) && level.unclear.length === 0;
  return (
    prepared.disabled ||
    nowhere(pathLevel(prepared, question, false)) ||
    nowhere(hostLevel(prepared, question, false))
  );
}

function note(result: Fitting, kind: "host" | "path" | "address", level: Level): void {
  if (fits(level)) return;
  if (level.unclear.length > 0) result.unclear.push(...level.unclear);
  else result.reasons.push({ kind, field: level.field });
}

const ALIKE = () => 0;

/** Any host: the router that looks at hosts first asks such routes last. */
function anyHost(field: Field): Level {
  return { value: -1, length: 0, field, unclear: [] };
}

function hostLevel(
  { hosts: { items, field } }: Prepared,
  { request, router }: Question,
  nearest = true,
): Level {
  const { host, headers } = request;
  if (items === undefined) return anyHost(field);
  const likeness = nearest ? (pattern: string) => hostLikeness(pattern, host) : ALIKE;
  if (router === "radixtree_host_uri")
    return bestOf(items, field, (pattern) => hostFit(pattern, host), likeness);
  if (items.length === 0) return anyHost(field);
  const header = headers.get("host") ?? "";
  const holds = (pattern: string) =>
    hostHolds(pattern, host, header) ? { value: -1, length: 0 } : undefined;
  const level = bestOf(items, field, holds, likeness);
  // Here a host only lets through: no route goes before another by it.
  return fits(level) ? { ...level, unclear: [] } : level;
}

function pathLevel(
  { paths: { items, field } }: Prepared,
  { request, router }: Question,
  nearest = true,
): Level {
  const parameters = router === "radixtree_uri_with_parameter";
  const likeness = nearest ? (pattern: string) => pathLikeness(pattern, request.uri) : ALIKE;
  return bestOf(items, field, (pattern) => pathFit(pattern, request.uri, parameters), likeness);
}

function addMethods(result: Fitting, { methods: { items, field } }: Prepared, method: string): void {
  if (items.length === 0 || items.some(({ text }) => text === method)) return;
  const unclear = items.flatMap((item) => (item.text === undefined ? item.unclear : []));
  if (unclear.length > 0) result.unclear.push(...unclear);
  else result.reasons.push({ kind: "method", field });
}

function addAddresses(
  result: Fitting,
  { addresses: { items, field } }: Prepared,
  address: string | undefined,
): void {
  if (items.length === 0) return;
  if (address === undefined) {
    result.unclear.push({ field, why: "request" });
    return;
  }
  const judgeRange = (range: string) => {
    const within = inNetwork(range, address);
    return within === undefined ? "expression" : within ? { value: EXACT, length: 0 } : undefined;
  };
  note(result, "address", bestOf(items, field, judgeRange, ALIKE));
}

function addConditions(result: Fitting, variables: Variables): void {
  const { route } = result;
  if (route.vars === undefined || route.vars === null) return;
  const truth = judge(route.vars, variables, fieldOf("routes", route, "vars"));
  if (truth.holds === "unclear") result.unclear.push(...truth.because);
  else if (!truth.holds) result.reasons.push({ kind: "condition", field: truth.because });
}
