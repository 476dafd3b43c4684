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

/** Stands for what a server makes for itself. */
const OWN = "<its own>";

/** Times, and ids that a server makes for itself. */
const OWN_FIELDS = [
  "creationTime",
  "modificationTime",
  "lastTransitionTime",
  "kuma.io/deletion-grace-period-started-at",
  "clusterId",
  "instanceId",
];

/**
 * A body without times, made-up ids, keys and host names, its objects with sorted fields, and complaints as a set:
 * a real control plane gives them in any order.
 */
function steady(value: unknown, key = ""): unknown {
  if (OWN_FIELDS.includes(key) && typeof value === "string") return OWN;
  if (typeof value === "string") return steadyText(value, key);
  if (Array.isArray(value)) {
    const items = value.map((item) => steady(item));
    return key === "invalid_parameters" || key === "causes" ? asSet(items) : items;
  }
  if (!isObject(value)) return value;
  const entries = Object.entries(withoutMade(value)).map(([name, inner]) => [name, steady(inner, name)]);
  return Object.fromEntries(entries.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)));
}

/** An object without what no two servers make alike: keys, certificates, and the name of its own machine. */
function withoutMade(object: Record<string, unknown>): Record<string, unknown> {
  const { type, name, data, spec, status } = object;
  if ("clusterId" in object) return { ...object, hostname: OWN };
  const isCut = data === "<cut>" || /signing-key|ca-builtin|private-key|root-ca/.test(String(name));
  if ((type === "Secret" || type === "GlobalSecret") && isCut) return { ...object, data: OWN };
  const isOfIdentity = type === "MeshTrust" && isObject(status) && status.origin !== undefined;
  return isOfIdentity ? { ...object, spec: { ...(spec as object), caBundles: OWN } } : object;
}

/** Addresses are given one after the other, and how many were given before differs; the network does not. */
function steadyText(text: string, key: string): string {
  if (key === "next") return text.replace(/^http:\/\/[^/]+/, "");
  return key === "ip" ? text.replace(/^(24[123])\.0\.\d+\.\d+$/, "$1.0.<its own>") : text;
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
    const { method, path, body, at } = exchange.request;
    if (at !== undefined || method !== "PUT" || !isObject(body) || exchange.response.status >= 400) continue;
    const object = JSON.stringify([body.type, path.startsWith("/meshes/") && body.mesh, body.name]);
    if (!first.has(object)) first.set(object, exchange);
  }
  return [...first.values()].flatMap(({ request, response }) =>
    response.status === 200 ? [request.body as Record<string, unknown>] : [],
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
