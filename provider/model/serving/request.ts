import { toBytes } from "./bytes.ts";

/** A request as a client sends it. */
export interface Request {
  /** The host that is asked for, a port allowed. Default: the header `host`. */
  host?: string;
  /** The path, as in the request line, a query allowed. */
  path: string;
  /** The query without its question mark, where it does not stand in `path`. */
  query?: string;
  /** Default: GET. */
  method?: string;
  /** By name, in any case. */
  headers?: Readonly<Record<string, string | readonly string[]>>;
  /** The client's address. Without it, what asks for it cannot be judged. */
  address?: string;
  /** Default: http. */
  scheme?: "http" | "https";
  /** The gateway's port. Without it, what asks for it cannot be judged. */
  port?: number;
}

/** A request as nginx hands it to APISIX. Texts are bytes, one character each. */
export interface Seen {
  method: string;
  /** In lower case, without a port. */
  host: string;
  /** Decoded, with doubled slashes and dots resolved; this is what routes are compared with. */
  uri: string;
  /** The path as it was sent. */
  sent: string;
  /** The query; undefined when there is no question mark. */
  query: string | undefined;
  /** By their names in lower case; one that stands twice is joined with a comma. */
  headers: ReadonlyMap<string, string>;
  address: string | undefined;
  scheme: "http" | "https";
  port: number | undefined;
}

/** What nginx makes of a request, or undefined where it refuses the path with 400. */
export function seen(request: Request): Seen | undefined {
  const headers = new Map(
    Object.entries(request.headers ?? {}).map(([name, value]) => [
      name.toLowerCase(),
      toBytes(typeof value === "string" ? value : value.join(", ")),
    ]),
  );
  if (request.host !== undefined) headers.set("host", toBytes(request.host));
  const [sent = "", ...rest] = toBytes(request.path).split("?");
  const query = request.query === undefined ? rest.join("?") : toBytes(request.query);
  const uri = normalPath(sent);
  if (uri === undefined) return undefined;
  return {
    method: request.method ?? "GET",
    host: hostName(headers.get("host") ?? ""),
    uri,
    sent,
    query: rest.length > 0 || request.query !== undefined ? query : undefined,
    headers,
    address: request.address,
    scheme: request.scheme ?? "http",
    port: request.port,
  };
}

function hostName(header: string): string {
  const name = header.startsWith("[") ? header.replace(/\]:\d*$/, "]") : header.replace(/:\d*$/, "");
  return name.replace(/\.$/, "").toLowerCase();
}

/** Stand for `%`, `#` and `?` that were encoded: as such they separate nothing and are decoded once only. */
const LITERAL: Readonly<Record<string, string>> = { "%": "\u0100", "#": "\u0101", "?": "\u0102" };

/** nginx decodes first, so an encoded slash or dot counts as one. */
function normalPath(path: string): string | undefined {
  const [before = ""] = path.split("#");
  if (!before.startsWith("/") || /%(?![0-9a-fA-F]{2})|%00/.test(before)) return undefined;
  const decoded = before.replace(/%(..)/g, (_, digits: string) => {
    const character = String.fromCharCode(Number.parseInt(digits, 16));
    return LITERAL[character] ?? character;
  });
  const parts = decoded.split("/").slice(1);
  const kept: string[] = [];
  for (const [index, part] of parts.entries()) {
    const last = index === parts.length - 1;
    if (part === "..") {
      if (kept.length === 0) return undefined;
      kept.pop();
    }
    const nothing = part === "" || part === "." || part === "..";
    if (!nothing) kept.push(part);
    else if (last) kept.push("");
  }
  return `/${kept.join("/")}`.replace(/[\u0100-\u0102]/g, restored);
}

function restored(mark: string): string {
  return Object.keys(LITERAL).find((character) => LITERAL[character] === mark) ?? mark;
}
