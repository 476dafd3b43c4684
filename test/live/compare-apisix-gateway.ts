import { request } from "node:http";
import type { Json, JsonObject } from "../../provider/model/fields.ts";
import type { Random } from "./compare-random.ts";

/** One request to a gateway. */
export interface GatewayRequest {
  method: string;
  path: string;
  host: string;
  headers: Record<string, string>;
}

const URIS = [
  "/*",
  "/a*",
  "/a/*",
  "/a",
  "/a/",
  "/a/*",
  "/*",
  "/a/b",
  "/a*",
  "/:x",
  "/a/:x",
  "/a/:x/c",
  "/:x/*rest",
  "/a/*/c",
  "/A",
  "/a//b",
  "/a/b/*",
  "/a%20b",
  "/a b",
  "/ä",
  "/a.b",
  "/a+b",
  "/a/:x/*",
  "/*x",
  "/a/b*",
  "/",
  "/a?b",
  "a",
  "/(a)",
  "/a/:x-y",
];
const PATHS = [
  "/a",
  "/a/",
  "/a/b",
  "/a/b/",
  "/a/b/c",
  "/",
  "/b",
  "/A",
  "//a",
  "/a//b",
  "/a/../a",
  "/a/./b",
  "/%61",
  "/a%20b",
  "/a%2Fb",
  "/a/b/c?arg=1",
  "/a?x=1&x=2",
  "/a.b",
  "/a+b",
  "/a/x/c",
  "/a/c",
  "/ab",
  "/a/b?x",
  "/a/b%3Fc",
  "/%C3%A4",
  "/(a)",
  "/a/x-y",
  "/a/b/c/d/e",
  "/a/%2e%2e/a",
  "/a;b",
  "/a/*",
];
const HOSTS = [
  "DOMAIN",
  "*.DOMAIN",
  "*.DOMAIN",
  "DOMAIN",
  "a.DOMAIN",
  "*.a.DOMAIN",
  "A.DOMAIN",
  "b.a.DOMAIN",
];
const ASKED = [
  "DOMAIN",
  "a.DOMAIN",
  "A.Domain",
  "b.a.DOMAIN",
  "c.b.a.DOMAIN",
  "x.DOMAIN",
  "DOMAIN.",
  "DOMAIN:80",
  "a.DOMAIN:1234",
  ".DOMAIN",
];
const ADDRESSES = [
  "127.0.0.1",
  "127.0.0.0/8",
  "10.0.0.1",
  "::1",
  "0.0.0.0/0",
  "127.0.0.2/31",
  "127.0.0.1/32",
];
const METHODS = ["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"];
const VARS: Json[] = [
  [["arg_x", "==", "1"]],
  [["arg_x", "~=", "1"]],
  [["http_x_a", "~~", "^a"]],
  [["http_x_a", "~*", "A$"]],
  [["arg_x", ">", 1]],
  [["arg_x", "<=", "1"]],
  [["arg_x", "in", ["1", "2"]]],
  [["arg_x", "!", "in", ["1", "2"]]],
  [["http_x_a", "has", "a"]],
  [["remote_addr", "ipmatch", ["127.0.0.0/8"]]],
  [["cookie_c", "==", "1"]],
  ["OR", ["arg_x", "==", "1"], ["http_x_a", "==", "b"]],
  ["!AND", ["arg_x", "==", "1"], ["http_x_a", "==", "b"]],
  ["!OR", ["arg_x", "==", "1"], ["http_x_a", "==", "b"]],
  [
    ["uri", "~~", "b$"],
    ["request_method", "==", "GET"],
  ],
  [["arg_none", "==", null]],
  [["host", "~~", "^a"]],
  [],
  [["arg_x", "==", 1]],
  [["query_string", "==", "x=1&x=2"]],
  [
    ["scheme", "==", "http"],
    ["server_protocol", "==", "HTTP/1.1"],
  ],
];

/** Routes of a domain, in the order in which they are written. */
export function drawnRoutes(domain: string, { pick, chance, below }: Random): JsonObject[] {
  const hosts = () => pick(HOSTS).replace("DOMAIN", domain);
  const some = <T>(draw: () => T) => [...new Set(Array.from({ length: 1 + below(3) }, draw))];
  return Array.from({ length: 8 + below(13) }, () => ({
    ...(chance(0.7) ? { uri: pick(URIS) } : { uris: some(() => pick(URIS)) }),
    ...(chance(0.6) ? { host: hosts() } : { hosts: some(hosts) }),
    ...(chance(0.4) ? { priority: below(5) - 2 } : {}),
    ...(chance(0.25) ? { methods: some(() => pick(METHODS)) } : {}),
    ...(chance(0.25) ? { vars: pick(VARS) } : {}),
    ...(chance(0.15)
      ? { remote_addr: pick(ADDRESSES) }
      : chance(0.1)
        ? { remote_addrs: some(() => pick(ADDRESSES)) }
        : {}),
    ...(chance(0.05) ? { status: 0 } : {}),
  }));
}

/** Requests about a domain. */
export function drawnRequest(domain: string, { pick, chance }: Random): GatewayRequest {
  return {
    method: chance(0.6) ? "GET" : pick(METHODS),
    path: chance(0.8)
      ? pick(PATHS)
      : `${pick(PATHS).split("?")[0]}?x=${pick(["1", "2", "0", "a", "1.0", "%31", ""])}`,
    host: pick(ASKED).replace("DOMAIN", domain).replace("Domain", domain.toUpperCase()),
    headers: {
      ...(chance(0.4) ? { "x-a": pick(["a", "b", "ba", "A", "a, b"]) } : {}),
      ...(chance(0.2) ? { cookie: pick(["c=1", "c=2", "d=1; c=1", "c=1; c=2"]) } : {}),
    },
  };
}

/** Sends a request; gives the status, and the route that has served it, as the node below was told. */
export function served(
  url: string,
  { method, path, host, headers }: GatewayRequest,
): Promise<{ status: number; route: string }> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const sent = request(
      { hostname, port, method, path, headers: { ...headers, host }, setHost: false },
      (response) => {
        response.resume();
        response.on("end", () => {
          const route = response.headers["x-served-by"]?.toString() ?? "none";
          resolve({ status: response.statusCode ?? 0, route });
        });
      },
    );
    sent.on("error", reject);
    sent.end();
  });
}
