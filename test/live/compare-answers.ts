import { comparable } from "../support/kuma-recordings.ts";
import type { RawAnswer } from "./compare-servers.ts";

/** Fields of an object that the control plane writes some time later, and each in its own time. */
const LATER = ["status", "snis"];

/** An answer as it is compared. */
export interface ComparedAnswer {
  status: number;
  contentType: string | undefined;
  body: unknown;
}

/** An answer without what differs between any two servers: times, ids, addresses, the order of complaints. */
export function compared(answer: RawAnswer): ComparedAnswer {
  const { status, contentType, body } = comparable(answer);
  return { status, contentType: contentType?.replace(/;\s*charset=utf-8$/i, ""), body: withoutLater(body) };
}

function withoutLater(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutLater);
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).filter(([key, inner]) => !(LATER.includes(key) && isObject(inner)));
  return Object.fromEntries(
    entries.map(([key, inner]) => [key, key === "items" ? withoutLater(inner) : inner]),
  );
}

const isObject = (value: unknown): boolean => typeof value === "object" && value !== null;

/** What two answers differ in, as short as possible and without what belongs to the one request: one fault, one text. */
export function difference(sandbox: ComparedAnswer, server: ComparedAnswer): string | undefined {
  const parts = [
    ...differing("status", sandbox.status, server.status),
    ...differing("content type", sandbox.contentType, server.contentType),
    ...inside("body", sandbox.body, server.body),
  ];
  return parts.length > 0 ? parts.slice(0, 4).join("; ") : undefined;
}

function differing(what: string, sandbox: unknown, server: unknown): string[] {
  return sandbox === server ? [] : [`${what}: ${shown(sandbox)} instead of ${shown(server)}`];
}

function inside(place: string, sandbox: unknown, server: unknown): string[] {
  if (JSON.stringify(sandbox) === JSON.stringify(server)) return [];
  if (Array.isArray(sandbox) && Array.isArray(server)) {
    if (/invalid_parameters$/.test(place)) return complaints(sandbox, server);
    if (sandbox.length === server.length)
      return sandbox.flatMap((item, index) => inside(`${place}[]`, item, server[index]));
    return [`${place}: ${sandbox.length} items instead of ${server.length}`];
  }
  if (isObject(sandbox) && isObject(server) && !Array.isArray(sandbox) && !Array.isArray(server)) {
    const [ours, theirs] = [sandbox as Record<string, unknown>, server as Record<string, unknown>];
    const differs = (name: string) => JSON.stringify(ours[name]) !== JSON.stringify(theirs[name]);
    // An error says everything twice.
    const said = [
      ...(differs("detail") ? ["details"] : []),
      ...(differs("invalid_parameters") ? ["causes"] : []),
    ];
    const all = [...new Set([...Object.keys(ours), ...Object.keys(theirs)])];
    const names = all.filter((name) => !said.includes(name) && !(name === "status" && place === "body"));
    return names.flatMap((name) => inside(`${place}.${name}`, ours[name], theirs[name]));
  }
  return differing(place, sandbox, server);
}

/** Complaints are compared as sets of field and reason. */
function complaints(sandbox: unknown[], server: unknown[]): string[] {
  const [ours, theirs] = [sandbox, server].map((list) => new Set(list.map((one) => JSON.stringify(one))));
  const only = (some: Set<string> = new Set(), others: Set<string> = new Set()) =>
    [...some].filter((one) => !others.has(one)).sort();
  return [
    ...only(ours, theirs).map((one) => `only in the sandbox: ${one}`),
    ...only(theirs, ours).map((one) => `only at the server: ${one}`),
  ];
}

const shown = (value: unknown): string =>
  value === undefined ? "nothing" : JSON.stringify(value).slice(0, 300);
