import { isMap, type Stored } from "../serving/objects.ts";
import type { Request } from "../serving/request.ts";

/** So many requests are made of one route. */
const MOST = 24;

/** Requests that a route is likely to match: its hosts × paths × methods, with what its conditions ask for. */
export function requestsOf(route: Stored, service: Stored | undefined): Request[] {
  const hosts = textsOf(route.hosts ?? route.host ?? service?.hosts).map((host) => host.replace(/^\*/, "x"));
  const paths = textsOf(route.uris ?? route.uri).flatMap(pathsLike);
  const methods = textsOf(route.methods);
  const asked = conditionsOf(route.vars);
  const requests: Request[] = [];
  for (const host of hosts.length > 0 ? hosts : ["any.example"])
    for (const path of paths)
      for (const method of methods.length > 0 ? methods.slice(0, 3) : ["GET"]) {
        const plain = { host, path, method };
        requests.push(plain);
        if (asked.query !== "" || Object.keys(asked.headers).length > 0)
          requests.push({
            ...plain,
            path: asked.query === "" ? path : `${path}?${asked.query}`,
            headers: asked.headers,
          });
      }
  return requests.slice(0, MOST);
}

function textsOf(value: unknown): string[] {
  const list = Array.isArray(value) ? value : [value];
  return list.filter((one): one is string => typeof one === "string");
}

/** Paths that a pattern matches: where it ends, and below. */
function pathsLike(pattern: string): string[] {
  const plain = pattern.replace(/:(\w+)/g, "$1");
  const star = plain.indexOf("*");
  if (star < 0) return [plain];
  const start = plain.slice(0, star);
  return [`${start}x`, ...(start.startsWith("/") ? [start] : [])];
}

/** What simple conditions ask of the query and the headers. */
function conditionsOf(vars: unknown): { query: string; headers: Record<string, string> } {
  const query: string[] = [];
  const headers: Record<string, string> = {};
  const visit = (value: unknown) => {
    if (!Array.isArray(value)) return;
    const [name, operator, wanted] = value as unknown[];
    if (typeof name === "string" && (operator === "==" || operator === "in")) {
      const one = Array.isArray(wanted) ? wanted[0] : wanted;
      if (isMap(one) || one === undefined || typeof one === "object") return;
      if (name.startsWith("arg_")) query.push(`${name.slice(4)}=${encodeURIComponent(String(one))}`);
      else if (name.startsWith("http_")) headers[name.slice(5).replaceAll("_", "-")] = String(one);
    } else for (const inner of value) visit(inner);
  };
  visit(vars);
  return { query: query.join("&"), headers };
}
