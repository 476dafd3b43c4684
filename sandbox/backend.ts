import type { IncomingMessage, ServerResponse } from "node:http";
import type { TLSSocket } from "node:tls";
import { generate } from "selfsigned";
import { listen, readBody, sendJson, sendText } from "./http.ts";

/** A running backend. */
export interface Backend {
  /** The port of its http side. */
  httpPort: number;
  /** The port of its https side. */
  httpsPort: number;
  /** Its certificate (PEM), self-signed, so its authority too. */
  caCert: string;
  /** The name by which its answers tell who gave them. */
  name: string;
  /** Stops both sides. */
  close(): Promise<void>;
}

/** What can be chosen about a backend. */
export interface BackendOptions {
  /** Default `backend`. */
  name?: string;
  /** Default a free one. */
  httpPort?: number;
  /** Default a free one. */
  httpsPort?: number;
  /** The names in its certificate; default `httpbin.org` and `localhost`. */
  hosts?: string[];
}

/**
 * Starts a small httpbin on loopback: `/get`, `/post`, `/headers`, `/anything` and what is below it, `/status/N`.
 * Its answers have httpbin's shape, and also say which backend answered and, over https, the SNI it was asked with.
 */
export async function startBackend(options: BackendOptions = {}): Promise<Backend> {
  const { name = "backend", hosts = ["httpbin.org", "localhost"] } = options;
  const certificate = await generate([{ name: "commonName", value: hosts[0] ?? "localhost" }], {
    keyType: "ec",
    algorithm: "sha256",
    extensions: [
      { name: "basicConstraints", cA: true },
      { name: "subjectAltName", altNames: hosts.map((host) => ({ type: 2 as const, value: host })) },
    ],
  });
  const handler = (request: IncomingMessage, response: ServerResponse) =>
    void handle(name, request, response);
  const plain = await listen(handler, { port: options.httpPort ?? 0 });
  const secure = await listen(handler, {
    port: options.httpsPort ?? 0,
    tls: { key: certificate.private, cert: certificate.cert },
  });
  return {
    httpPort: plain.port,
    httpsPort: secure.port,
    caCert: certificate.cert,
    name,
    close: async () => {
      await Promise.all([plain.close(), secure.close()]);
    },
  };
}

async function handle(name: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const socket = request.socket as Partial<TLSSocket> & { remoteAddress?: string };
  const scheme = socket.encrypted ? "https" : "http";
  const url = new URL(request.url ?? "/", `${scheme}://${request.headers.host ?? "localhost"}`);
  const method = request.method ?? "GET";
  const data = await readBody(request);
  const who = socket.encrypted ? { backend: name, sni: socket.servername || null } : { backend: name };
  const headers = headersOf(request);
  const common = {
    args: argumentsOf(url.searchParams),
    headers,
    origin: request.headers["x-forwarded-for"] ?? socket.remoteAddress,
    url: url.href,
    ...who,
  };
  const status = /^\/status\/(\d{3})$/.exec(url.pathname);
  if (status) sendText(response, Number(status[1]), "");
  else if (url.pathname === "/headers") sendJson(response, 200, { headers, ...who });
  else if (url.pathname === "/anything" || url.pathname.startsWith("/anything/")) {
    sendJson(response, 200, { ...common, method, data, json: jsonOf(data) });
  } else if (url.pathname === "/get" || url.pathname === "/post") {
    const allowed = url.pathname === "/get" ? ["GET", "HEAD"] : ["POST"];
    if (!allowed.includes(method))
      sendText(response, 405, "Method Not Allowed", { allow: allowed.join(", ") });
    else sendJson(response, 200, method === "POST" ? { ...common, data, json: jsonOf(data) } : common);
  } else sendText(response, 404, "Not Found");
}

/** The headers under their usual capitals, as httpbin shows them. */
function headersOf(request: IncomingMessage): Record<string, string> {
  const entries = Object.entries(request.headers).map(([name, value]) => [
    name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase()),
    String(value),
  ]);
  return Object.fromEntries(entries);
}

function argumentsOf(query: URLSearchParams): Record<string, string | string[]> {
  const names = [...new Set(query.keys())];
  return Object.fromEntries(
    names.map((name) => {
      const values = query.getAll(name);
      return [name, values.length === 1 ? (values[0] ?? "") : values];
    }),
  );
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
