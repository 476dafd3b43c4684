import { readFileSync } from "node:fs";

/** One request to a real control plane, and its answer. */
export interface Exchange {
  note?: string;
  request: {
    method: string;
    path: string;
    headers?: Record<string, string>;
    body?: unknown;
    raw?: string;
    /** Another control plane of the same federation than the one that the recording is of. */
    at?: string;
  };
  response: { status: number; contentType?: string; body?: unknown; text?: string };
}

/** Exchanges that belong together. */
export interface Scenario {
  name: string;
  exchanges: Exchange[];
  /** What is answered depends on what the control plane has done by itself in the meantime. */
  racy?: true;
}

/** The recording of a real control plane with this name. */
export function readRecording(name: string): Scenario[] {
  const url = new URL(`../recordings/${name}.json`, import.meta.url);
  return (JSON.parse(readFileSync(url, "utf8")) as { scenarios: Scenario[] }).scenarios;
}

/** What is compared of an answer. */
export interface Comparable {
  status: number;
  contentType: string | undefined;
  body: unknown;
}

/** An answer without what differs between two servers or two runs; see {@link steady}. */
export function comparable(answer: Exchange["response"], note = ""): Comparable {
  const { status, contentType, body, text } = answer;
  return { status, contentType, body: text ?? withoutOthers(steady(body), note) };
}

/** Of the answer to a recorded request that part which the recording has kept. */
export function kept(actual: Comparable, expected: Comparable, note = ""): Comparable {
  if (note.includes("objects of others")) {
    const names = new Set(itemsOf(expected.body).map((item) => JSON.stringify(item)));
    const items = itemsOf(actual.body).filter((item) => names.has(JSON.stringify(item)));
    return { ...actual, body: { ...(actual.body as object), items } };
  }
  if (!note.startsWith("cut: mode")) return actual;
  return { ...actual, body: common(actual.body, expected.body) };
}

/** How many objects the recorded server had beside those of the recorder is its own business. */
function withoutOthers(body: unknown, note: string): unknown {
  return note.includes("objects of others") ? { ...(body as object), total: 0, next: null } : body;
}

const itemsOf = (body: unknown): unknown[] => (body as { items?: unknown[] }).items ?? [];

/** The fields of an object that another one has, too. */
function common(value: unknown, wanted: unknown): unknown {
  if (!isObject(value) || !isObject(wanted)) return value;
  return Object.fromEntries(Object.keys(wanted).map((name) => [name, common(value[name], wanted[name])]));
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Times, and ids that a server makes for itself. */
const OWN = ["creationTime", "modificationTime", "lastTransitionTime", "clusterId", "instanceId"];

/**
 * A body without times, made-up ids, keys and host names, its objects with sorted fields, and complaints as a set:
 * a real control plane gives them in any order.
 */
export function steady(value: unknown, key = ""): unknown {
  if (OWN.includes(key) && typeof value === "string") return "<its own>";
  if (typeof value === "string") return steadyText(value, key);
  if (Array.isArray(value)) {
    const items = value.map((item) => steady(item));
    return key === "invalid_parameters" || key === "causes" ? asSet(items) : items;
  }
  if (!isObject(value)) return value;
  // The name of the machine on which the control plane runs; services have host names, too.
  if ("clusterId" in value && value.hostname !== "<its own>")
    return steady({ ...value, hostname: "<its own>" });
  const isSecret = value.type === "Secret" || value.type === "GlobalSecret";
  const entries = Object.entries(value).map(([name, inner]) => [
    name,
    isSecret && name === "data" && isMade(value) ? "<made by the server>" : steady(inner, name),
  ]);
  return Object.fromEntries(entries.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)));
}

/** Whether the control plane made this secret. */
const isMade = ({ name, data }: Record<string, unknown>): boolean =>
  data === "<cut>" || /signing-key|ca-builtin|private-key|root-ca/.test(String(name));

function steadyText(text: string, key: string): string {
  if (key === "next") return text.replace(/^http:\/\/[^/]+/, "");
  return text;
}

function asSet(items: unknown[]): unknown[] {
  return [...new Set(items.map((item) => JSON.stringify(item)))].sort().map((text) => JSON.parse(text));
}

/**
 * The paths that a recorder removed unseen after each scenario: what the scenario made and did not remove, unless
 * a later one still finds it.
 */
export function removedAfter(scenarios: Scenario[]): string[][] {
  return scenarios.map(({ exchanges }, index) => {
    const made = new Set<string>();
    for (const { request, response } of exchanges) {
      if (request.at !== undefined) continue;
      if (request.method === "PUT" && response.status === 201) made.add(request.path);
      if (request.method === "DELETE" && response.status === 200) made.delete(request.path);
    }
    const later = scenarios.slice(index + 1).flatMap((scenario) => scenario.exchanges);
    return [...made].reverse().filter((path) => !isFound(path, later));
  });
}

/** Objects that were there before the recording began: those which it changes without having made them. */
export function foundBefore(scenarios: Scenario[]): Record<string, unknown>[] {
  const first = new Map<string, Exchange>();
  for (const exchange of scenarios.flatMap(({ exchanges }) => exchanges)) {
    const { method, path, at } = exchange.request;
    if (at === undefined && method !== "GET" && !first.has(path)) first.set(path, exchange);
  }
  return [...first.values()].flatMap(({ request, response }) =>
    request.method === "PUT" && response.status === 200 && isObject(request.body) ? [request.body] : [],
  );
}

function isFound(path: string, later: Exchange[]): boolean {
  const isAMesh = /^\/meshes\/[^/]+$/.test(path);
  for (const { request, response } of later) {
    if (request.at !== undefined) continue;
    if (isAMesh && request.path.startsWith(`${path}/`)) return !isWithoutMesh(response);
    if (request.path !== path) continue;
    return request.method === "PUT" ? response.status !== 201 : response.status !== 404;
  }
  return false;
}

const isWithoutMesh = ({ body }: Exchange["response"]): boolean =>
  isObject(body) && body.title === "Failed to retrieve Mesh";
