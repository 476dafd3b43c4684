import type { Json, JsonObject } from "../../provider/model/fields.ts";
import { isObject } from "../../provider/model/fields.ts";
import type { ApisixSandbox } from "../../sandbox/apisix/index.ts";
import { compared, difference } from "./compare-apisix-answers.ts";
import { REFERRED } from "./compare-apisix-objects.ts";
import type { AdminRequest } from "./compare-apisix-requests.ts";
import type { Random } from "./compare-random.ts";
import { ask, type RawAnswer } from "./compare-servers.ts";

/** An APISIX and the sandbox that it is compared with. */
export interface Pair {
  server: { url: string; key: string; viewerKey: string };
  sandbox: ApisixSandbox;
  /** The sandbox's schemas, whose properties are looked at in the order in which they stand there. */
  schemas: object;
  /** What the name of everything begins with. */
  run: string;
}

/** One kind of difference, and the first request that showed it. */
export interface Found {
  count: number;
  example: string;
  server: string;
  sandbox: string;
}

/** What came of many requests. */
export interface Outcome {
  sent: number;
  accepted: number;
  refused: number;
  /** Refusals of which the server named another fault first. */
  otherFirst: number;
  known: number;
  found: Map<string, Found>;
}

export function newOutcome(): Outcome {
  return { sent: 0, accepted: 0, refused: 0, otherFirst: 0, known: 0, found: new Map() };
}

const wire = (pair: Pair, value: string) => value.replaceAll("RUN", pair.run);

function bytes(pair: Pair, { body, raw }: AdminRequest): Buffer | undefined {
  if (raw !== undefined) return typeof raw === "string" ? Buffer.from(wire(pair, raw)) : raw;
  return body === undefined ? undefined : Buffer.from(wire(pair, JSON.stringify(body)));
}

function send(pair: Pair, at: "server" | "sandbox", request: AdminRequest): Promise<RawAnswer> {
  const { adminUrl, adminKey, viewerKey } = pair.sandbox;
  const {
    url,
    key,
    viewerKey: viewer,
  } = at === "server" ? pair.server : { url: adminUrl, key: adminKey, viewerKey };
  const keys = { admin: key, viewer, wrong: "wrong", none: undefined };
  const chosen = keys[request.key ?? "admin"];
  const body = bytes(pair, request);
  const headers: Record<string, string> = {
    ...(chosen === undefined ? {} : { "x-api-key": chosen }),
    ...(body !== undefined && request.contentType !== ""
      ? { "content-type": request.contentType ?? "application/json" }
      : {}),
  };
  return ask(url, {
    method: request.method,
    path: `/apisix/admin/${wire(pair, request.path)}`,
    headers,
    ...(body && { body }),
  });
}

async function both(pair: Pair, request: AdminRequest): Promise<[RawAnswer, RawAnswer]> {
  return Promise.all([send(pair, "sandbox", request), send(pair, "server", request)]);
}

/** Sends requests that belong together, until one is answered differently; then both have the same again. */
export async function compareRequests(
  pair: Pair,
  requests: AdminRequest[],
  random: Random,
  outcome: Outcome,
  isKnown: (what: string) => boolean,
): Promise<void> {
  const made = new Set<string>();
  try {
    for (const request of requests) {
      const [ours, theirs] = await both(pair, request);
      outcome.sent++;
      if (theirs.status < 300) outcome.accepted++;
      else outcome.refused++;
      for (const { body } of [ours, theirs]) {
        const key = isObject(body) && request.method !== "GET" ? body.key : undefined;
        if (typeof key === "string") made.add(key.replace(/^\/apisix\d*\//, ""));
      }
      const what = difference(own(pair, compared(ours)), own(pair, compared(theirs)));
      if (what === undefined) continue;
      if (await isOtherFirst(pair, request, theirs, random)) {
        outcome.otherFirst++;
        continue;
      }
      const named = `${request.note}: ${what.replaceAll(pair.run, "RUN")}`;
      if (isKnown(named)) outcome.known++;
      else
        remember(
          outcome,
          named,
          `${request.method} ${request.path} ${request.key ?? ""} ${request.contentType ?? ""} ${bytes(pair, request) ?? ""}`,
          theirs,
          ours,
        );
      return;
    }
  } finally {
    for (const path of made) await both(pair, { note: "", method: "DELETE", path: `${path}?force=true` });
  }
}

function remember(
  { found }: Outcome,
  what: string,
  example: string,
  server: RawAnswer,
  sandbox: RawAnswer,
): void {
  const shown = (answer: RawAnswer) => JSON.stringify(answer).slice(0, 1500);
  const one = found.get(what) ?? {
    count: 0,
    example: example.slice(0, 3000),
    server: shown(server),
    sandbox: shown(sandbox),
  };
  one.count++;
  found.set(what, one);
}

/** A list without what others have at the server; a key without the prefix of the server's own. */
function own({ run }: Pair, answer: Record<string, unknown>): unknown {
  const text = JSON.stringify(answer).replace(/"\/apisix3\d\d\//g, '"/apisix/');
  const given = JSON.parse(text) as Record<string, unknown>;
  const { body } = given;
  if (!isObject(body) || !Array.isArray(body.list)) return given;
  const list = body.list.filter((item) =>
    JSON.stringify(isObject(item) ? (item.key ?? item) : item).includes(run),
  );
  return {
    ...given,
    body: { ...body, list, total: list.length === body.list.length ? body.total : "others" },
  };
}

/** Which of several faults a server names first depends on the order of its tables, which changes from start to start. */
async function isOtherFirst(
  pair: Pair,
  request: AdminRequest,
  theirs: RawAnswer,
  random: Random,
): Promise<boolean> {
  if (theirs.status !== 400) return false;
  for (let attempt = 0; attempt < 40; attempt++) {
    shuffle(pair.schemas, random);
    const body = request.body === undefined ? {} : { body: shuffled(request.body, random) };
    const ours = await send(pair, "sandbox", { ...request, ...body });
    if (ours.status !== 400) return false;
    if (difference(own(pair, compared(ours)), own(pair, compared(theirs))) === undefined) return true;
  }
  return false;
}

/** Puts the properties of a schema, and of all schemas in it, into another order, in place. */
function shuffle(schema: unknown, random: Random): void {
  if (Array.isArray(schema)) for (const item of schema) shuffle(item, random);
  if (!isObject(schema)) return;
  for (const [name, inner] of Object.entries(schema)) {
    shuffle(inner, random);
    if (!["properties", "patternProperties", "dependencies"].includes(name) || !isObject(inner)) continue;
    const entries = mixed(Object.entries(inner), random);
    for (const key of Object.keys(inner)) delete inner[key];
    Object.assign(inner, Object.fromEntries(entries));
  }
}

function shuffled(value: Json, random: Random): Json {
  if (Array.isArray(value)) return value.map((item) => shuffled(item, random));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    mixed(Object.entries(value), random).map(([name, inner]) => [name, shuffled(inner as Json, random)]),
  );
}

function mixed<T>(items: T[], { below }: Random): T[] {
  const result = [...items];
  for (let index = result.length - 1; index > 0; index--) {
    const other = below(index + 1);
    [result[index], result[other]] = [result[other] as T, result[index] as T];
  }
  return result;
}

/** Makes what the objects of a run refer to. */
export async function prepare(pair: Pair): Promise<void> {
  for (const [path, body] of REFERRED) await must(pair, { note: "", method: "PUT", path, body });
}

async function must(pair: Pair, request: AdminRequest & { body: JsonObject }): Promise<void> {
  for (const answer of await both(pair, request)) {
    if (answer.status > 201) throw new Error(`PUT ${request.path}: ${JSON.stringify(answer)}`);
  }
}

/** Removes what {@link prepare} has made. */
export async function tidy(pair: Pair): Promise<void> {
  for (const [path] of [...REFERRED].reverse())
    await both(pair, { note: "", method: "DELETE", path: `${path}?force=true` });
}
